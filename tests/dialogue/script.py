"""Dialogue tests as scripts (test_*.yml beside this file): what the customer says, and what they must or must not hear.

- name: tops_up_own_number_in_one_sentence
  language: zh
  customer: {}                 # a fresh customer, signed in; {need: [...], plans: [plan-59]} wishes; none: a stranger; `known`: fresh, not signed in
  other: {}                    # somebody else, fresh: {other} is their number, {other_masked}, {other_name}, {other_pin}
  turns:
  - say: 给我充五十块话费          # {number}, {masked}, {pin}, {wrong_pin}, {pin_words}, {code}, {wrong_code}, {order}, and what was remembered
    faults: [{match: POST topupBalance, kind: hang}]  # set for this customer's number before it is said
    hear: [支付]                # every one of these patterns is found in the answer (regular expressions)
  - click: 微信支付             # a button whose title contains this
    hear: [50.00, 确认]
    never: [成功]               # none of these is found
    buttons: [确认]             # each is found in the title of a button
    remember: {reference: 'TU\\w+'}
  after: {balance_change: 5000, other_change: 0, texts: 1}  # fen topped up by the operator's ledger; texts sent to the customer

In no answer may a sentence come twice, nor the same sentence in two answers on end.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.dialogue.talk import Talk
from tests.stack import Stack

TAKEN_AT_MOST = 30  # fresh customers looked at for one on a certain plan
# How digits are spoken, 0 to 9, and what stands between them.
DIGITS = {
    "zh": (*"零幺二三四五六七八九", ""),
    "en": ("oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", " "),
}


@dataclass
class Script:
    """One named talk."""

    name: str
    turns: list[dict[str, Any]]
    customer: Any = None
    other: dict[str, Any] | None = None
    after: dict[str, Any] = field(default_factory=dict)
    language: str = "zh"

    def run(self, stack: Stack) -> None:
        wanted = self.customer if isinstance(self.customer, dict) else {}
        person = fresh(stack, language=self.language, **wanted) if self.customer is not None else None
        talk = Talk(stack, person if isinstance(self.customer, dict) else None)
        other = stack.fresh_customer(language=self.language, **self.other) if self.other is not None else None
        values = {**known("", person, self.language), **known("other_", other, self.language)}
        before, before_other = credited(stack, person), credited(stack, other)
        for turn in self.turns:
            self._turn(talk, turn, values)
        became = {
            "balance_change": credited(stack, person) - before,
            "other_change": credited(stack, other) - before_other,
            "texts": len(stack.texts(person["msisdn"])) if person else 0,
        }
        assert {name: became[name] for name in self.after} == self.after, f"{self.name}: {became}"

    def _turn(self, talk: Talk, turn: dict[str, Any], values: dict[str, str]) -> None:
        for fault in turn.get("faults", ()):
            talk.stack.admin("POST", "/admin/faults", {"msisdn": values["number"], "count": 1, **fault})
        before = {message.get("text") for message in talk.heard}
        if "code}" in str(turn.get("say", "")):
            values["code"] = talk.code(values["number"])
            values["wrong_code"] = another(values["code"])
        heard = talk.click(turn["click"]) if "click" in turn else talk.say(filled(turn["say"], values))
        said = turn.get("say") or turn.get("click")
        texts = [message["text"] for message in talk.heard if message.get("text")]
        assert len(set(texts)) == len(texts), f"{self.name}: after {said!r} a sentence came twice: {heard}"
        assert "click" in turn or not before & set(texts), f"{self.name}: after {said!r} the same sentence again: {heard}"
        for pattern in turn.get("hear", ()):
            assert re.search(filled(pattern, values), heard, re.I), (
                f"{self.name}: after {said!r} expected {pattern!r}, heard: {heard}"
            )
        titles = [button["title"] for message in talk.heard for button in message.get("buttons", ())]
        for pattern in turn.get("buttons", ()):
            assert any(re.search(pattern, title, re.I) for title in titles), (
                f"{self.name}: after {said!r} no {pattern!r} in {titles}"
            )
        for pattern in turn.get("never", ()):
            assert not re.search(filled(pattern, values), heard, re.I), (
                f"{self.name}: after {said!r} never {pattern!r}, heard: {heard}"
            )
        for name, pattern in turn.get("remember", {}).items():
            found = re.search(pattern, heard)
            assert found, f"{self.name}: nothing to remember for {name} in: {heard}"
            values[name] = found[0]


def filled(text: str, values: dict[str, str]) -> str:
    """Values in braces; other braces (of patterns) stay."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)


def fresh(stack: Stack, *, plans: tuple[str, ...] = (), **wanted: Any) -> dict[str, Any]:
    """A fresh customer; `plans`: who is on one of these."""
    for _ in range(TAKEN_AT_MOST):
        person = stack.fresh_customer(**wanted)
        products = stack.admin("GET", f"/tmf-api/productInventory/v4/product?relatedParty.id={person['id']}") if plans else []
        if not plans or any(product["productOffering"]["id"] in plans for product in products):
            return person
    raise AssertionError(f"no fresh customer on {plans}")


def known(prefix: str, person: dict[str, Any] | None, language: str) -> dict[str, str]:
    """What a script may say of a person: {number}, {bare}, {masked}, ...; of another: {other}, {other_masked}, ..."""
    if person is None:
        return {}
    bare = person["msisdn"][3:]
    words = DIGITS[language]
    open_orders = [order for order in person["orders"] if order["id"] in person["openOrders"]]
    return {
        f"{prefix}number": person["msisdn"],
        f"{prefix}bare": bare,
        prefix.rstrip("_"): bare,
        f"{prefix}masked": re.escape(f"{bare[:3]}****{bare[-4:]}"),
        f"{prefix}name": person["name"],
        f"{prefix}order": next((one["id"] for one in open_orders if parcel(one) == "packed"), "none"),
        f"{prefix}shipped": next((one["id"] for one in open_orders if parcel(one) == "transit"), "none"),
        f"{prefix}pin": person["pin"],
        f"{prefix}wrong_pin": another(person["pin"]),
        f"{prefix}pin_words": words[10].join(words[int(digit)] for digit in person["pin"]),
    }


def parcel(order: dict[str, Any]) -> str:
    """How far an order's parcel is; one that has none lies in the warehouse."""
    return str((order.get("shipment") or {}).get("stage", "packed"))


def another(digits: str) -> str:
    """As many digits, and none of them right."""
    return "".join(str((int(digit) + 1) % 10) for digit in digits)


def credited(stack: Stack, person: dict[str, Any] | None) -> int:
    """Fen ever topped up on a fresh customer's line, from the operator's own ledger; nothing for nobody."""
    rows = stack.ledger(person["msisdn"]) if person else []
    return sum(row["amount"] for row in rows if row["kind"] == "topup")


def scripts(folder: Path) -> list[Script]:
    return [Script(**raw) for path in sorted(folder.glob("test_*.yml")) for raw in yaml.safe_load(path.read_text()) or ()]
