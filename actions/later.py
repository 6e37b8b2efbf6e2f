"""Tasks that are not served by the bot yet: said honestly, with a person offered."""

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import CarelineAction, Events
from actions.dialogue import choice
from actions.parking import leave_all
from actions.say import Say
from actions.turn import Turn

# intent -> what the customer wants, in words that fit "<...> is not something I can do here yet"
NOT_YET = {
    "recommend_plan": ("推荐套餐", "plan recommendations"),
    "apply_broadband": ("办理宽带", "broadband applications"),
    "browse_products": ("浏览商品", "browsing products"),
    "place_order": ("下单购买商品", "ordering products"),
    "change_order": ("修改订单", "changing an order"),
    "request_refund": ("退款退货", "refunds and returns"),
    "reset_service_password": ("重置服务密码", "resetting the service password"),
    "restore_service": ("复机", "restoring a line"),
    "set_reminder": ("设置提醒", "reminders"),
}


class NotYet(CarelineAction):
    """Every intent whose task comes later."""

    def name(self) -> str:
        return "action_not_yet"

    def act(self, turn: Turn, say: Say) -> Events:
        words = {  # words of its own, where "not here yet" alone would sound heartless or odd
            "report_fault": "utter_fault_not_yet",
            "file_complaint": "utter_complaint_not_yet",
            "ask_knowledge": "utter_knowledge_not_yet",
            "rate_service": "utter_rating_not_yet",
        }.get(turn.intent, "utter_not_yet")
        zh, en = NOT_YET.get(turn.intent, ("这项业务", "that"))
        say(words, what=say.choose(zh, en), buttons=[choice(turn, "human_agent")])
        return []


class SuspendService(CarelineAction):
    """A lost phone is urgent: no detour, a person, on a number that is not the lost one."""

    def name(self) -> str:
        return "action_suspend_service"

    def act(self, turn: Turn, say: Say) -> Events:
        say("utter_suspend_urgent")
        return [*leave_all(turn), SlotSet("call_back_urgent", True), FollowupAction("call_back_form")]
