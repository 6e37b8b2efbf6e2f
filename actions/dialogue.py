"""Steering the talk: yes, no, back, repeat, never mind, the other language, and what to do with words that were not understood."""

import re
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import CarelineAction, Events
from actions.forms import TaskForm
from actions.orders import just_told
from actions.parking import leave_all, leave_this
from actions.say import Say, button
from actions.turn import REQUESTED_SLOT, Turn

# What a clarifying question may offer, as the customer would say it: (zh, en).
TOPICS = {
    "query_balance": ("查话费余额", "Check my balance"),
    "query_usage": ("查流量和通话", "Check data and minutes"),
    "query_bill": ("查账单", "See a bill"),
    "explain_bill": ("问扣费原因", "Why was I charged"),
    "query_plan": ("查我的套餐", "My current plan"),
    "change_plan": ("更换套餐", "Change my plan"),
    "recommend_plan": ("推荐套餐", "Recommend a plan"),
    "top_up": ("充话费", "Top up"),
    "buy_data_pack": ("买流量包", "Buy a data pack"),
    "apply_broadband": ("办宽带", "Home broadband"),
    "browse_products": ("看商品", "Browse products"),
    "place_order": ("买东西", "Buy something"),
    "track_order": ("查订单", "Track an order"),
    "change_order": ("改订单", "Change an order"),
    "cancel_order": ("取消订单", "Cancel an order"),
    "request_refund": ("退款退货", "Refund or return"),
    "reset_service_password": ("服务密码", "Service password"),
    "suspend_service": ("停机挂失", "Suspend my line"),
    "restore_service": ("复机", "Restore my line"),
    "set_reminder": ("余额提醒", "Reminders"),
    "report_fault": ("报故障", "Report a fault"),
    "file_complaint": ("投诉", "Make a complaint"),
    "human_agent": ("转人工", "Talk to a person"),
}
VALUES_OF = {"track_order": ("order_id",), "cancel_order": ("order_id",), "top_up": ("amount", "phone_number")}
MENU = ("query_balance", "query_usage", "query_bill", "top_up", "track_order", "human_agent")
STEERING = ("repeat", "slow_down")  # their answers are not what a customer wants to hear again
ANSWERED_AT_ONCE = ("query_balance", "query_usage", "query_bill", "explain_bill", "query_plan", "track_order")
SURE_OF_A_TASK = 0.5  # confidence
NOT_UNDERSTOOD = "nlu_fallback"
NEITHER = "out_of_scope"  # understood, but nothing we do: no miss, and no way on either
MOVED_ON = ("utter_better_a_person", "utter_no_number_no_call")  # after these words misses are counted from one again
# A no that means "leave it" and not "that is wrong".
LEAVE_IT = re.compile(
    r"不要了|不用|不需要|不想|不办|不弄|不买|不充|不换|算了|取消|\b(no thanks?|no thank you|no need|never ?mind|forget it|cancel)\b",
    re.I,
)


def choice(turn: Turn, intent: str, **entities: Any) -> dict[str, str]:
    """A button for a topic, with the values that go along."""
    zh, en = TOPICS[intent]
    return button(en if turn.language == "en" else zh, intent, **entities)


def values_for(turn: Turn, intent: str) -> dict[str, Any]:
    """What this message said that a choice of `intent` can use."""
    usable = [name for name in VALUES_OF.get(intent, ()) if turn.said(name) is not None]
    return {name: turn.said(name) for name in usable}


class Goodbye(CarelineAction):
    """Whoever says goodbye leaves what is open; that nothing was done is said."""

    def name(self) -> str:
        return "action_goodbye"

    def act(self, turn: Turn, say: Say) -> Events:
        say("utter_goodbye_undone" if turn.loop else "utter_goodbye")
        return leave_all(turn)


class Clarify(CarelineAction):
    """First a question with the two likeliest meanings, then the main choices, then a person; never a loop.

    Inside a task its question stands: put another way, then the ways out are named, then a person.
    """

    def name(self) -> str:
        return "action_clarify"

    def act(self, turn: Turn, say: Say) -> Events:
        misses = self._misses_in_a_row(turn)
        likely = self._likely(turn)
        if misses == 1 and (turn.loop or len(likely) < 2):
            say("utter_not_understood")
        elif misses == 1:
            say("utter_did_you_mean", buttons=[choice(turn, intent, **values_for(turn, intent)) for intent in likely])
        elif turn.loop == "call_back_form":
            say("utter_no_number_no_call", buttons=[choice(turn, intent) for intent in MENU])
            return leave_all(turn)
        elif misses == 2 and turn.loop:
            say("utter_ways_out")
        elif misses == 2:
            say("utter_menu_after_misses", buttons=[choice(turn, intent) for intent in MENU])
        else:
            say("utter_better_a_person")
            return [*leave_all(turn), FollowupAction("action_human_agent")]
        return []

    @staticmethod
    def _misses_in_a_row(turn: Turn) -> int:
        """Misses up to now, this one included, since something was understood or the talk moved on."""
        count = 0
        for event in reversed(turn.tracker.events):
            if event["event"] == "user":
                intent = event.get("parse_data", {}).get("intent", {}).get("name")
                if intent not in (NOT_UNDERSTOOD, NEITHER):
                    break
                count += intent == NOT_UNDERSTOOD
            elif event["event"] == "bot" and (event.get("metadata") or {}).get("utter_action") in MOVED_ON:
                break
        return max(count, 1)

    @staticmethod
    def _likely(turn: Turn) -> list[str]:
        ranking = turn.tracker.latest_message.get("intent_ranking") or []
        return [entry["name"] for entry in ranking if entry["name"] in TOPICS][:2]


class OutOfScope(CarelineAction):
    def name(self) -> str:
        return "action_out_of_scope"

    def act(self, turn: Turn, say: Say) -> Events:
        say("utter_out_of_scope", buttons=[choice(turn, intent) for intent in (*MENU[:3], "human_agent")])
        return []


class Affirm(CarelineAction):
    """A yes that no question waited for."""

    def name(self) -> str:
        return "action_affirm"

    def act(self, turn: Turn, say: Say) -> Events:
        if not turn.loop:
            say("utter_yes_to_what")
        return []


class Deny(CarelineAction):
    """A no: to a read-back it drops the task, and so does a "leave it" to any question; else it is answered and the question stands."""

    def name(self) -> str:
        return "action_deny"

    def act(self, turn: Turn, say: Say) -> Events:
        if turn.asked == "confirmed":
            say("utter_not_done_as_wished")
            return leave_this(turn)
        if turn.loop and LEAVE_IT.search(turn.text):
            say("utter_task_dropped")
            return leave_this(turn)
        say("utter_say_what_to_change" if turn.loop else "utter_anything_else")
        return []


class CancelTask(CarelineAction):
    """Never mind: the task in hand is dropped. With none in hand a bare "cancel" may mean an order."""

    def name(self) -> str:
        return "action_cancel_task"

    def act(self, turn: Turn, say: Say) -> Events:
        if not turn.loop and just_told(turn):
            return [FollowupAction("cancel_order_form")]
        if not turn.loop:
            say("utter_nothing_open", buttons=[choice(turn, "cancel_order"), choice(turn, "human_agent")])
            return []
        say("utter_task_dropped")
        return leave_this(turn)


class GoBack(CarelineAction):
    """One step back: the last value given in this task is asked again."""

    def name(self) -> str:
        return "action_go_back"

    def act(self, turn: Turn, say: Say) -> Events:
        form = TaskForm.registry.get(turn.loop or "")
        if form is None:
            say("utter_main_menu", buttons=[choice(turn, intent) for intent in MENU])
            return []
        given = [name for name in self._steps(turn, form) if turn.slot(name) is not None and name != turn.asked]
        if not given:
            say("utter_first_step_already")
            return []
        say("utter_one_step_back")
        undone = [SlotSet(name, None) for name in (given[-1], *form.sure, "operation")]
        return [*undone, SlotSet(REQUESTED_SLOT, None)]

    @staticmethod
    def _steps(turn: Turn, form: TaskForm) -> tuple[str, ...]:
        """What was asked before the question that stands; who is calling is asked first."""
        return ("caller_number",) if turn.asked == "identity" else form.slots


class MainMenu(CarelineAction):
    def name(self) -> str:
        return "action_main_menu"

    def act(self, turn: Turn, say: Say) -> Events:
        say("utter_main_menu", buttons=[choice(turn, intent) for intent in MENU])
        return leave_all(turn)


class Repeat(CarelineAction):
    """The words before, once more; inside a form its question is asked again by itself."""

    def name(self) -> str:
        return "action_repeat"

    def act(self, turn: Turn, say: Say) -> Events:
        if turn.loop:
            return []
        said = self._said_before(turn)
        words = [event["text"] for event in said if event.get("text")]
        if not words:
            say("utter_nothing_to_repeat")
            return []
        buttons = [one for event in said for one in (event.get("data") or {}).get("buttons") or ()]
        elements = [one for event in said for one in (event.get("data") or {}).get("elements") or ()]
        say("utter_repeat", words="\n".join(words), buttons=buttons, elements=elements)
        return []

    @staticmethod
    def _said_before(turn: Turn) -> list[dict[str, Any]]:
        """What the bot said to the last message that asked for something, oldest first."""
        said: list[dict[str, Any]] = []
        for event in reversed(turn.tracker.events):
            if event["event"] == "bot":
                said.insert(0, event)
            elif event["event"] == "user":
                if said and event.get("parse_data", {}).get("intent", {}).get("name") not in STEERING:
                    return said
                said = []
        return said


class SlowDown(CarelineAction):
    """On the phone the door slows its voice down; in writing the words come in shorter pieces."""

    def name(self) -> str:
        return "action_slow_down"

    def act(self, turn: Turn, say: Say) -> Events:
        say("utter_slower")
        say.signal(slower=True)
        return []


class SwitchLanguage(CarelineAction):
    def name(self) -> str:
        return "action_switch_language"

    def act(self, turn: Turn, say: Say) -> Events:
        wanted = turn.said("language") or ("zh" if turn.language == "en" else "en")
        say.signal(language=wanted)
        if turn.loop:
            response = "utter_language_en_in_task" if wanted == "en" else "utter_language_zh_in_task"
        else:
            response = "utter_language_en" if wanted == "en" else "utter_language_zh"
        say(response)
        return [SlotSet("language", wanted)]


def task_named(turn: Turn) -> str | None:
    """The form or answer that the words around a value name ("充五十块"): mostly a value, and yet a request. None where that is not certain."""
    forms = {form.intent: name for name, form in TaskForm.registry.items() if form.intent}
    for entry in turn.tracker.latest_message.get("intent_ranking") or []:
        if entry["confidence"] >= SURE_OF_A_TASK and entry["name"] in (*forms, *ANSWERED_AT_ONCE):
            return forms.get(entry["name"], f"action_{entry['name']}")
    return None


class Inform(CarelineAction):
    """A value that nobody asked for, or a correction of nothing: what it is for is asked back, and the value goes with the answer."""

    def name(self) -> str:
        return "action_inform"

    def act(self, turn: Turn, say: Say) -> Events:
        has_value = any(entity.get("value") is not None for entity in turn.entities)
        if turn.loop:
            say("utter_value_not_asked" if has_value else "utter_say_what_to_change")
        elif task := task_named(turn):
            return [FollowupAction(task)]
        elif (amount := turn.said("amount")) is not None:
            choices = [choice(turn, "top_up", amount=amount), choice(turn, "change_plan"), choice(turn, "query_bill")]
            say("utter_what_about_amount", buttons=choices)
        elif (order_id := turn.said("order_id")) is not None:
            if turn.recent_intents()[1:2] == ["track_order"]:  # one of the orders just listed
                return [FollowupAction("action_track_order")]
            choices = [choice(turn, intent, order_id=order_id) for intent in ("track_order", "cancel_order")]
            say("utter_what_about_order", buttons=choices)
        elif (month := turn.said("billing_month")) is not None and month <= f"{self.services.clock.now():%Y-%m}":
            explained = turn.recent_intents()[1:2] == ["explain_bill"]
            return [FollowupAction("action_explain_bill" if explained else "action_query_bill")]
        else:
            say(
                "utter_what_about_value" if has_value else "utter_yes_to_what",
                buttons=[choice(turn, intent) for intent in MENU[:4]],
            )
        return []
