"""Steering the talk: yes, no, back, repeat, never mind, the other language, and what to do with words that were not understood."""

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import CarelineAction, Events
from actions.forms import TaskForm
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
MENU = ("query_balance", "query_usage", "query_bill", "top_up", "track_order", "human_agent")
NOT_UNDERSTOOD = ("nlu_fallback", "out_of_scope")


def choice(turn: Turn, intent: str) -> dict[str, str]:
    zh, en = TOPICS[intent]
    return button(en if turn.language == "en" else zh, intent)


class Clarify(CarelineAction):
    """First a question with the two likeliest meanings, then the main choices, then a person; never a loop."""

    def name(self) -> str:
        return "action_clarify"

    def act(self, turn: Turn, say: Say) -> Events:
        misses = self._misses_in_a_row(turn)
        if misses == 1:
            likely = self._likely(turn)
            if turn.loop or len(likely) < 2:
                say("utter_not_understood")
            else:
                say("utter_did_you_mean", buttons=[choice(turn, intent) for intent in likely])
        elif misses == 2:
            say("utter_menu_after_misses", buttons=[choice(turn, intent) for intent in MENU])
        else:
            say("utter_better_a_person")
            return [*leave_all(turn), FollowupAction("action_human_agent")]
        return []

    @staticmethod
    def _misses_in_a_row(turn: Turn) -> int:
        count = 0
        for intent in turn.recent_intents():
            if intent not in NOT_UNDERSTOOD:
                break
            count += 1
        return max(count, 1)

    @staticmethod
    def _likely(turn: Turn) -> list[str]:
        ranking = turn.tracker.latest_message.get("intent_ranking") or []
        return [entry["name"] for entry in ranking if entry["name"] in TOPICS][:2]


class OutOfScope(CarelineAction):
    def name(self) -> str:
        return "action_out_of_scope"

    def act(self, turn: Turn, say: Say) -> Events:
        say("utter_out_of_scope", buttons=[choice(turn, intent) for intent in MENU[:3]])
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
    """A no: to a read-back it drops the task, elsewhere it is answered and the question stands."""

    def name(self) -> str:
        return "action_deny"

    def act(self, turn: Turn, say: Say) -> Events:
        if turn.asked == "confirmed":
            say("utter_not_done_as_wished")
            return leave_this(turn)
        say("utter_say_what_to_change" if turn.loop else "utter_anything_else")
        return []


class CancelTask(CarelineAction):
    def name(self) -> str:
        return "action_cancel_task"

    def act(self, turn: Turn, say: Say) -> Events:
        if not turn.loop:
            say("utter_nothing_open")
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
        given = [name for name in form.slots if turn.slot(name) is not None and name != turn.asked]
        if not given:
            say("utter_first_step_already")
            return []
        say("utter_one_step_back")
        undone = [SlotSet(name, None) for name in (given[-1], *form.sure, "operation")]
        return [*undone, SlotSet(REQUESTED_SLOT, None)]


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
        words = self._said_before(turn)
        if not words:
            say("utter_nothing_to_repeat")
            return []
        say("utter_repeat", words="\n".join(words))
        return []

    @staticmethod
    def _said_before(turn: Turn) -> list[str]:
        words: list[str] = []
        users = 0
        for event in reversed(turn.tracker.events):
            users += event["event"] == "user"
            if users == 2:
                break
            if users == 1 and event["event"] == "bot" and event.get("text"):
                words.insert(0, event["text"])
        return words


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
        response = "utter_language_en" if wanted == "en" else "utter_language_zh"
        say(response)
        return [SlotSet("language", wanted)]


class Inform(CarelineAction):
    """A value that nobody asked for."""

    def name(self) -> str:
        return "action_inform"

    def act(self, turn: Turn, say: Say) -> Events:
        if turn.loop:
            say("utter_value_not_asked")
        elif turn.said("amount") is not None:
            say("utter_what_about_amount", buttons=[choice(turn, intent) for intent in ("top_up", "change_plan", "query_bill")])
        elif turn.said("order_id") is not None:
            say(
                "utter_what_about_order",
                buttons=[button(title, intent, order_id=turn.said("order_id")) for title, intent in self._order_choices(turn)],
            )
        else:
            say("utter_what_about_value", buttons=[choice(turn, intent) for intent in MENU[:4]])
        return []

    @staticmethod
    def _order_choices(turn: Turn) -> list[tuple[str, str]]:
        return [(choice(turn, intent)["title"], intent) for intent in ("track_order", "cancel_order")]
