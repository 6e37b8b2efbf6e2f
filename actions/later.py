"""Tasks that are not served by the bot yet: said honestly, with a person offered."""

from actions.base import CarelineAction, Events
from actions.dialogue import choice
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
    "report_fault": ("报障", "fault reports"),
    "file_complaint": ("受理投诉", "complaints"),
    "ask_knowledge": ("业务规则咨询", "questions about rules and how things work"),
    "rate_service": ("评价打分", "ratings"),
}


class NotYet(CarelineAction):
    """Every intent whose task comes later."""

    def name(self) -> str:
        return "action_not_yet"

    def act(self, turn: Turn, say: Say) -> Events:
        zh, en = NOT_YET.get(turn.intent, ("这项业务", "that"))
        say("utter_not_yet", what=say.choose(zh, en), buttons=[choice(turn, "human_agent")])
        return []


class SuspendService(CarelineAction):
    """A lost phone is urgent: no detour, a person."""

    def name(self) -> str:
        return "action_suspend_service"

    def act(self, turn: Turn, say: Say) -> Events:
        say("utter_suspend_urgent", buttons=[choice(turn, "human_agent")])
        return []
