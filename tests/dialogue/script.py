"""Dialogue tests as scripts (test_*.yml beside this file): what the customer says, and what they must or must not hear.

- name: tops_up_own_number_in_one_sentence
  language: zh
  customer: {}                 # a fresh customer, signed in; {need: [...]} wishes; leave out for a stranger; `known` = fresh but not signed in
  turns:
  - say: 给我充五十块话费          # {number}, {pin}, {code}, {order} and what `remember` kept stand for values
    hear: [支付]                # every one of these patterns is found in the answer (regular expressions)
  - click: 微信支付             # a button whose title contains this
    hear: [50.00, 确认]
    never: [成功]               # none of these is found
    remember: {reference: 'TU\\w+'}
  after: {balance_change: 5000}  # what became of the operator's ledger, in fen
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.dialogue.talk import Talk
from tests.stack import Stack


@dataclass
class Script:
    """One named talk."""

    name: str
    turns: list[dict[str, Any]]
    customer: Any = None
    after: dict[str, Any] = field(default_factory=dict)
    language: str = "zh"

    def run(self, stack: Stack) -> None:
        wanted = self.customer if isinstance(self.customer, dict) else {}
        person = stack.fresh_customer(language=self.language, **wanted) if self.customer is not None else None
        talk = Talk(stack, person if isinstance(self.customer, dict) else None)
        values: dict[str, str] = (
            {"number": person["msisdn"], "bare": person["msisdn"][3:], "pin": person["pin"]} if person else {}
        )
        before = balance(stack, person) if person else 0
        for turn in self.turns:
            self._turn(talk, turn, values)
        if person and "balance_change" in self.after:
            assert balance(stack, person) - before == self.after["balance_change"], f"{self.name}: ledger"

    def _turn(self, talk: Talk, turn: dict[str, Any], values: dict[str, str]) -> None:
        if "{code}" in str(turn.get("say", "")):
            values["code"] = talk.code(values["number"])
        heard = talk.click(turn["click"]) if "click" in turn else talk.say(filled(turn["say"], values))
        said = turn.get("say") or turn.get("click")
        for pattern in turn.get("hear", ()):
            assert re.search(filled(pattern, values), heard, re.I), (
                f"{self.name}: after {said!r} expected {pattern!r}, heard: {heard}"
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


def balance(stack: Stack, person: dict[str, Any]) -> int:
    """Money of a fresh customer's line, in fen, from the operator's own ledger."""
    rows = stack.ledger(person["msisdn"])
    money = next(row["bucket_id"] for row in rows if "money" in row["bucket_id"].lower())
    return sum(row["amount"] for row in rows if row["bucket_id"] == money)


def scripts(folder: Path) -> list[Script]:
    return [Script(**raw) for path in sorted(folder.glob("test_*.yml")) for raw in yaml.safe_load(path.read_text()) or ()]
