"""Balance and usage: what is left on the account, in money and in data, minutes and messages."""

import re
from collections.abc import Iterable

from actions.asking import CustomerQuestion
from actions.base import Events
from actions.dialogue import choice
from actions.say import Say
from actions.turn import Turn
from carrier.models import Aged, Balance, Bucket
from customers.identity import Identity

TOLD_AS_OLD_SECONDS = 2.0  # a cached value older than this is told with its age
USED = re.compile(r"(用|使用)了?多少|how much (have i used|did i use|i used|i've used)", re.I)
OF_WHAT = re.compile(
    r"流量|通话|语音|电话|分钟|短信|[gG兆]|钱|话费|费用|块|元|账单|data|minute|call|text|sms|message|gig|money|yuan|bill", re.I
)


class QueryBalance(CustomerQuestion):
    def name(self) -> str:
        return "action_query_balance"

    def answer(self, turn: Turn, say: Say, identity: Identity) -> None:
        read = self.services.operator.balance.read(identity.number)
        say("utter_balance", amount=say.money(read.value.money_fen), number=say.number(identity.number))
        tell_age(say, read)


class QueryUsage(CustomerQuestion):
    def name(self) -> str:
        return "action_query_usage"

    def act(self, turn: Turn, say: Say) -> Events:
        return ask_used_what(turn, say) if is_used_what(turn.text) else super().act(turn, say)

    def answer(self, turn: Turn, say: Say, identity: Identity) -> None:
        read = self.services.operator.balance.read(identity.number)
        left = [bucket for bucket in read.value.buckets if bucket.kind != "money" and bucket.status == "active"]
        if not left:
            say("utter_usage_none")
            return
        say("utter_usage", left=list_left(turn, say, left))
        tell_age(say, read)


def is_used_what(text: str) -> bool:
    """ "这个月用了多少": of data or of money?"""
    return bool(USED.search(text)) and not OF_WHAT.search(text)


def ask_used_what(turn: Turn, say: Say) -> Events:
    month = turn.said("billing_month")
    of_money = choice(turn, "query_bill", billing_month=month) if month else choice(turn, "query_bill")
    say("utter_used_what", buttons=[choice(turn, "query_usage"), of_money])
    return []


def list_left(turn: Turn, say: Say, buckets: Iterable[Bucket]) -> str:
    """One line a bucket in writing; on the phone the sums by kind, in one breath."""
    if turn.is_spoken:
        return say.choose("，", ", ").join(_sum_of(say, kind, [b for b in buckets if b.kind == kind]) for kind in _kinds(buckets))
    return "\n".join(f"• {_written(turn, say, bucket)}" for bucket in buckets)


def _kinds(buckets: Iterable[Bucket]) -> list[str]:
    present = {bucket.kind for bucket in buckets}
    return [kind for kind in ("data", "voice", "sms") if kind in present]


def _sum_of(say: Say, kind: str, buckets: list[Bucket]) -> str:
    return _amount(say, kind, sum(bucket.remaining for bucket in buckets))


def _written(turn: Turn, say: Say, bucket: Bucket) -> str:
    left = _short(say, bucket.kind, bucket.remaining)
    until = (
        say.choose("，有效期至 {}", ", valid until {}").format(say.date(bucket.valid_until.date())) if bucket.valid_until else ""
    )
    return say.choose("{}：剩余 {}{}", "{}: {} left{}").format(bucket.names.in_(turn.language), left, until)


def _amount(say: Say, kind: str, amount: int) -> str:
    if kind == "data":
        return say.volume(amount)
    if kind == "voice":
        return say.choose(f"{amount} 分钟通话", "1 minute" if amount == 1 else f"{amount} minutes")
    return say.choose(f"{amount} 条短信", "1 text message" if amount == 1 else f"{amount} text messages")


def _short(say: Say, kind: str, amount: int) -> str:
    """Beside the pot's own name, which says what it holds."""
    if kind == "data":
        return say.volume(amount)
    if kind == "voice":
        return say.choose(f"{amount} 分钟", "1 minute" if amount == 1 else f"{amount} minutes")
    return say.choose(f"{amount} 条", str(amount))


def tell_age(say: Say, read: Aged[Balance]) -> None:
    if read.age_seconds > TOLD_AS_OLD_SECONDS:
        say("utter_as_of", seconds=round(read.age_seconds))
