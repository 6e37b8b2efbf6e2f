"""Orders: where one is, and cancelling one that has not been shipped."""

import re
from typing import Any

from rasa_sdk.events import SlotSet

from actions.asking import CustomerQuestion
from actions.base import Events
from actions.carry_out import Operation
from actions.forms import TaskForm, Values
from actions.outcomes import of_cancellation
from actions.proving import FormQuestion
from actions.receipts import ABOUT_A_TOP_UP, numbered, say_what_became
from actions.say import Say, button
from actions.tasks import TaskEnd
from actions.turn import Turn
from carrier.errors import NotFound
from carrier.models import Order, OrderState
from customers.identity import Identity

SHOWN_AT_MOST = 3
LATEST = ("刚才", "刚刚", "最近", "最新", "last", "latest", "just", "recent", "newest")
REASON = "customerRequest"  # from the operator's closed list

STATE_WORDS = {
    OrderState.ACKNOWLEDGED: ("已受理", "received"),
    OrderState.REJECTED: ("未通过", "rejected"),
    OrderState.PENDING: ("待处理", "waiting to be processed"),
    OrderState.HELD: ("暂缓处理", "on hold"),
    OrderState.IN_PROGRESS: ("处理中", "in progress"),
    OrderState.CANCELLED: ("已取消", "cancelled"),
    OrderState.COMPLETED: ("已完成", "completed"),
    OrderState.FAILED: ("办理失败", "failed"),
    OrderState.PARTIAL: ("部分完成", "partly completed"),
    OrderState.ASSESSING_CANCELLATION: ("取消审核中", "being checked for cancellation"),
    OrderState.PENDING_CANCELLATION: ("取消中", "being cancelled"),
}
ON_ITS_WAY = ("已发货", "shipped")
BEING_CANCELLED = (OrderState.ASSESSING_CANCELLATION, OrderState.PENDING_CANCELLATION)
THIS_ONE = re.compile(r"这个|这单|这笔|那个|那单|把它|\b(it|this|that)\b", re.I)


class TrackOrder(CustomerQuestion):
    """Where an order is; and what became of a top-up, which customers ask in the same words."""

    def name(self) -> str:
        return "action_track_order"

    def remember(self, turn: Turn) -> dict[str, Any]:
        latest = any(word in turn.text.lower() for word in LATEST)
        return {"receipt": numbered(turn.text), "top_up": bool(ABOUT_A_TOP_UP.search(turn.text)), "latest": latest}

    def answer(self, turn: Turn, say: Say, identity: Identity) -> Events:
        orders = self.services.operator.orders
        if order_id := self.about(turn, "order_id"):
            try:
                return say_order(turn, say, orders.get(order_id, identity.customer_id))
            except NotFound:
                say("utter_order_not_found", order=order_id)
                return [SlotSet("told_order", None)]
        asked = self.remembered(turn)
        if asked["receipt"] or asked["top_up"]:
            say_what_became(self.services, say, identity, asked["receipt"])
            return [SlotSet("told_order", None)]
        recent = orders.recent(identity.customer_id, SHOWN_AT_MOST)
        if len(recent) == 1 or (recent and asked["latest"]):
            return say_order(turn, say, recent[0])
        if recent:
            buttons = [button(label(turn, order), "track_order", order_id=order.id) for order in recent]
            say("utter_orders", orders=listed(turn, say, recent), buttons=buttons)
        else:
            say("utter_no_orders")
        return [SlotSet("told_order", None)]


class CancelOrderForm(TaskForm):
    task = "cancel_order"
    intent = "cancel_order"
    slots = ("cancel_order_id",)
    notes = ("shown_offerings",)

    def hear(self, turn: Turn, say: Say, values: Values, identity: Identity | None) -> Values:
        if order_id := turn.said("order_id"):
            return {"cancel_order_id": order_id}
        position, shown = turn.said("position"), values["shown_offerings"] or []
        if (
            turn.asked == "cancel_order_id"
            and isinstance(position, int)
            and shown
            and -len(shown) <= position <= len(shown)
            and position
        ):
            return {"cancel_order_id": shown[position - 1 if position > 0 else position]}
        if (told := just_told(turn)) and (turn.intent == "cancel_task" or THIS_ONE.search(turn.text)):
            return {"cancel_order_id": told}
        if identity and turn.intent == self.intent and any(word in turn.text.lower() for word in LATEST):
            open_orders = cancellable(self, identity)
            return {"cancel_order_id": open_orders[0].id} if open_orders else {}
        return {}

    def review(self, turn: Turn, say: Say, values: Values, identity: Identity) -> Values | None:
        try:
            order = self.services.operator.orders.get(values["cancel_order_id"], identity.customer_id)
        except NotFound:
            say("utter_order_not_found", order=values["cancel_order_id"])
            return {"cancel_order_id": None}
        if order.state is OrderState.CANCELLED:
            say("utter_order_cancelled_already", order=order.id)
            return None
        if order.state in BEING_CANCELLED:
            say("utter_order_being_cancelled", order=order.id)
            return None
        if not order.is_cancellable:
            say("utter_refused_notCancellable")
            return None
        return {}

    def needs_code(self, values: Values, identity: Identity) -> bool:
        return True

    def summary(self, turn: Turn, say: Say, values: Values) -> str:
        return say.choose(f"取消订单 {values['cancel_order_id']}", f"cancel order {values['cancel_order_id']}")

    def read_back(self, turn: Turn, say: Say, values: Values, identity: Identity) -> None:
        order = self.services.operator.orders.get(values["cancel_order_id"], identity.customer_id)
        say("utter_confirm_cancel_order", order=order.id, what=items(turn, order), total=say.money(order.total_fen))


class AskCancelOrderId(FormQuestion):
    """Shows the orders that can still be cancelled; ends the task when there is none."""

    def name(self) -> str:
        return "action_ask_cancel_order_id"

    def act(self, turn: Turn, say: Say) -> Events:
        _, _, identity = self.known(turn)
        orders = cancellable(self, identity)[:SHOWN_AT_MOST] if identity else []
        if not orders:
            say("utter_nothing_to_cancel")
            return [SlotSet("requested_slot", None)]
        buttons = [button(label(turn, order), "inform", order_id=order.id) for order in orders]
        say("utter_ask_cancel_order_id", orders=listed(turn, say, orders), buttons=buttons)
        return [SlotSet("shown_offerings", [order.id for order in orders])]


class DoCancelOrder(TaskEnd):
    task = "cancel_order"

    def operation(self, turn: Turn, values: Values, identity: Identity, key: str) -> Operation:
        orders = self.services.operator.orders

        def send() -> dict[str, Any] | None:
            return of_cancellation(orders.cancel(values["cancel_order_id"], identity.customer_id, reason=REASON, key=key))

        return Operation(self.task, key, {"order": values["cancel_order_id"]}, send)

    def tell(self, turn: Turn, say: Say, values: Values, receipt: dict[str, Any]) -> None:
        say("utter_order_cancelled", order=values["cancel_order_id"], reference=receipt["id"])


def cancellable(action: Any, identity: Identity) -> list[Order]:
    recent = action.services.operator.orders.recent(identity.customer_id, 20)
    return [order for order in recent if order.is_cancellable]


def just_told(turn: Turn) -> str | None:
    """The order that the message before this one was answered with: what "cancel it" means."""
    before = turn.recent_intents()[1:2]
    return turn.slot("told_order") if before and before[0] in ("track_order", "inform") else None


def state_of(say: Say, order: Order) -> str:
    on_its_way = order.shipment is not None and order.shipment.has_left and not order.is_final
    return say.choose(*(ON_ITS_WAY if on_its_way else STATE_WORDS[order.state]))


def say_order(turn: Turn, say: Say, order: Order) -> Events:
    """Tell how it stands; the events note that this order was told."""
    _say_order(turn, say, order)
    return [SlotSet("told_order", order.id)]


def _say_order(turn: Turn, say: Say, order: Order) -> None:
    state = state_of(say, order)
    shipped = order.shipment
    if shipped is None or not shipped.last_event:
        say("utter_order", order=order.id, what=items(turn, order), state=state)
        return
    expected = (
        say.choose("，预计{}送达", ", expected on {}").format(say.date(shipped.expected.date()))
        if shipped.expected and not order.is_final
        else ""
    )
    say(
        "utter_order_shipped",
        order=order.id,
        what=items(turn, order),
        state=state,
        carrier=shipped.carrier,
        tracking=shipped.tracking_number,
        event=say.choose(shipped.last_event, shipped.last_event_en or shipped.last_event),
        expected=expected,
    )


def label(turn: Turn, order: Order) -> str:
    """An order on a button."""
    return f"{order.id} {items(turn, order)}"


def listed(turn: Turn, say: Say, orders: "tuple[Order, ...] | list[Order]") -> str:
    lines = [f"{order.id} {items(turn, order)} {state_of(say, order)}" for order in orders]
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def items(turn: Turn, order: Order) -> str:
    names = [item.names.in_(turn.language) + (f"×{item.quantity}" if item.quantity > 1 else "") for item in order.items]
    return ("、" if turn.language == "zh" else ", ").join(names)
