"""Top-up: money on one's own or another number, paid with WeChat Pay, Alipay or a bank card."""

import re
from typing import Any, ClassVar

from actions.carry_out import Operation
from actions.forms import TaskForm, Values
from actions.outcomes import of_top_up
from actions.say import Say
from actions.tasks import TaskEnd
from actions.turn import Turn
from carrier.errors import NotFound
from customers.identity import Identity

LEAST_FEN, MOST_FEN = 100, 300_000  # what the operator takes in one top-up
FREE_OF_CODE_FEN_A_DAY = 50_000  # above it a fresh SMS code is asked for (docs: who may do what)
METHODS = ("wechat_pay", "alipay", "bank_card")
SOMEBODY_ELSE = re.compile(
    r"(给|帮|替|为)(?!我充|我交|我冲|我的|我自己|本机|自己)\S{0,4}?(妈|爸|老婆|老公|媳妇|爷|奶|儿|女|孩|朋友|同学|同事|别人|他|她|家人|哥|姐|弟|妹)"
    r"|别的号|另一个号|其他号|\b(mom|mum|mother|dad|father|wife|husband|son|daughter|friend|brother|sister|someone|somebody|another|other)('s)?\b",
    re.I,
)
MYSELF = re.compile(r"本机|我自己|自己的|我的号|这个号|\b(my own|myself|this number|my number|my phone|mine)\b", re.I)


class TopUpForm(TaskForm):
    task = "top_up"
    intent = "top_up"
    slots = ("top_up_number", "top_up_amount", "top_up_method")
    notes = ("top_up_for",)

    def hear(self, turn: Turn, say: Say, values: Values, identity: Identity | None) -> Values:
        heard: Values = {}
        if method := turn.said("payment_method"):
            heard["top_up_method"] = method if method in METHODS else None
            if method not in METHODS:
                say("utter_top_up_method_not_taken")
        heard.update(self._number(turn, say, values, identity))
        heard.update(self._amount(turn, say))
        return heard

    def _number(self, turn: Turn, say: Say, values: Values, identity: Identity | None) -> Values:
        if number := turn.said("phone_number"):
            return {"top_up_number": number}
        if turn.asked == "top_up_number" and turn.said_uncertainly("phone_number"):
            say("utter_number_unclear")
        whose = values["top_up_for"]
        if MYSELF.search(turn.text):
            whose = "own"
        elif SOMEBODY_ELSE.search(turn.text) and turn.intent == self.intent:
            whose = "other"
        own = identity.number if identity and whose != "other" and (values["top_up_number"] is None or whose == "own") else None
        return {"top_up_for": whose, **({"top_up_number": own} if own else {})}

    def _amount(self, turn: Turn, say: Say) -> Values:
        amount = turn.said("amount")
        if amount is None:
            if turn.said_uncertainly("amount"):
                say("utter_amount_unclear")
                return {"top_up_amount": None}
            return {}
        if not isinstance(amount, int) or not LEAST_FEN <= amount <= MOST_FEN:
            say("utter_amount_out_of_range", least=say.money(LEAST_FEN), most=say.money(MOST_FEN))
            return {"top_up_amount": None}
        return {"top_up_amount": amount}

    def review(self, turn: Turn, say: Say, values: Values, identity: Identity) -> Values | None:
        if values["top_up_number"] == identity.number:
            return {}
        try:
            self.services.operator.customers.by_number(values["top_up_number"])
        except NotFound:
            say("utter_top_up_number_unknown", number=say.number(values["top_up_number"]))
            return {"top_up_number": None}
        return {}

    def needs_code(self, values: Values, identity: Identity) -> bool:
        spent = self.services.journal.spent_today(identity.customer_id, self.task)
        return bool(spent + values["top_up_amount"] > FREE_OF_CODE_FEN_A_DAY)

    def summary(self, turn: Turn, say: Say, values: Values) -> str:
        amount, number = say.money(values["top_up_amount"]), say.number(values["top_up_number"])
        return say.choose(f"给 {number} 充值 {amount}", f"top up {number} with {amount}")

    def read_back(self, turn: Turn, say: Say, values: Values, identity: Identity) -> None:
        method = say.choose(*METHOD_NAMES[values["top_up_method"]])
        amount, number = say.money(values["top_up_amount"]), say.number(values["top_up_number"])
        if values["top_up_number"] == identity.number:
            say("utter_confirm_top_up_own", amount=amount, number=number, method=method)
        else:
            owner = self.services.operator.customers.by_number(values["top_up_number"])
            say("utter_confirm_top_up_other", amount=amount, number=number, method=method, owner=owner.masked_surname)


METHOD_NAMES = {
    "wechat_pay": ("微信支付", "WeChat Pay"),
    "alipay": ("支付宝", "Alipay"),
    "bank_card": ("银行卡", "your bank card"),
}


class DoTopUp(TaskEnd):
    task = "top_up"
    ask_again: ClassVar = {
        "paymentDeclined": "top_up_method",
        "amountOutOfRange": "top_up_amount",
        "dailyLimitReached": "top_up_amount",
    }

    def operation(self, turn: Turn, values: Values, identity: Identity, key: str) -> Operation:
        number, amount = values["top_up_number"], values["top_up_amount"]
        balance = self.services.operator.balance

        def send() -> dict[str, Any] | None:
            method, payer = values["top_up_method"], identity.customer_id
            return of_top_up(balance.top_up(number, amount, method=method, payer_id=payer, channel=turn.channel, key=key))

        record = {"number": number, "amount_fen": amount, "method": values["top_up_method"]}
        proved = self.services.verification.code_accepted(turn.conversation, DoTopUp.digest_of(values, identity))
        limit = None if proved else FREE_OF_CODE_FEN_A_DAY
        return Operation(self.task, key, record, send, amount_fen=amount, day_limit_fen=limit)

    @staticmethod
    def digest_of(values: Values, identity: Identity) -> str:
        return TaskForm.registry["top_up_form"].digest(values, identity)

    def tell(self, turn: Turn, say: Say, values: Values, receipt: dict[str, Any]) -> None:
        amount, number = say.money(values["top_up_amount"]), say.number(values["top_up_number"])
        left = receipt.get("balance_after_fen")
        identity = self.services.identities.of(turn.conversation)
        own = identity is not None and identity.number == values["top_up_number"]
        if own and left is not None:
            say("utter_topped_up_own", amount=amount, number=number, reference=receipt["id"], balance=say.money(left))
        else:
            say("utter_topped_up", amount=amount, number=number, reference=receipt["id"])
