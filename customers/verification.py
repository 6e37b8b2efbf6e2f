"""Proof of who is talking: service PINs and SMS codes. Secrets come in here and go nowhere else.

Counting precedes checking (codes.py, pin_lock.py, windows.py), over all channels, so that many attempts at once win nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from carrier.errors import CarrierError, NotFound
from carrier.models import Customer
from carrier.operator import Customers, Pins
from core.clock import Clock, from_millis
from core.errors import SealBroken, StoreDown
from core.events import CodeSent, Events, ProofGiven
from core.keys import Keys
from core.outbox import TextNotSent, Texts
from core.seal import Sealer
from core.store import Store
from core.vault import Vault
from customers import codes as challenges
from customers.caps import Caps, SourceOf
from customers.codes import Answer, Codes
from customers.conversation import Awaiting
from customers.identity import Identities
from customers.operations import IDENTIFY, operation_hash
from customers.outcomes import Outcome, Proof, Sending, SendOutcome
from customers.pin_lock import PinLock
from customers.windows import Window, WindowFull

WRONG_CODES_AN_HOUR = 10  # per customer, over all channels
SENDS_A_DAY = 5  # texts to one number
PIN_AWAITED_SECONDS = 300
PIN_PLACE = "pin"


class ProofSource(Protocol):
    """What we ask of the operator: who holds a number, and whether a PIN is right. carrier.operator.Operator fits."""

    @property
    def customers(self) -> Customers: ...
    @property
    def pins(self) -> Pins: ...


@dataclass(frozen=True)
class Bound:
    """To whom a challenge belongs. `customer` None: nobody's number, told to nobody."""

    customer: Customer | None
    number: str
    identifies: bool

    def dump(self) -> bytes:
        customer = self.customer.model_dump(mode="json") if self.customer else None
        return json.dumps({"customer": customer, "number": self.number, "identifies": self.identifies}).encode()

    @classmethod
    def read(cls, plain: bytes) -> Bound:
        raw = json.loads(plain)
        customer = Customer.model_validate(raw["customer"]) if raw["customer"] else None
        return cls(customer, raw["number"], raw["identifies"])


class Verification:
    """Asks for, sends and checks proofs. No method raises StoreDown or a carrier error except where it says so."""

    def __init__(
        self,
        store: Store,
        sealer: Sealer,
        clock: Clock,
        operator: ProofSource,
        texts: Texts,
        pepper: str,
        identities: Identities,
        events: Events | None = None,
        source_of: SourceOf = lambda _: None,
    ) -> None:
        self._sealer = sealer
        self._clock = clock
        self._operator = operator
        self._texts = texts
        self._identities = identities
        self._events = events
        self._store = store
        self._vault = Vault(store, sealer)
        self._codes = Codes(store, clock, pepper)
        self._pin_lock = PinLock(store, clock)
        self._wrong_codes = Window(store, clock, most=WRONG_CODES_AN_HOUR, span=timedelta(hours=1))
        self._sends = Window(store, clock, most=SENDS_A_DAY, span=timedelta(days=1))
        self._caps = Caps(store, sealer, clock, source_of)

    # -- service PIN --------------------------------------------------------------------------------------------------

    def begin_pin(self, conversation_id: str, number: str, operation: str) -> Outcome:
        """Get ready for the PIN of `number`: ASKED, LOCKED(until) or BUSY. An unknown number is asked for like any other."""
        try:
            bound = Bound(self._holder_of(number), e164(number), identifies=True)
            until = self._pin_lock.locked_until(self._account(bound))
            if until is not None:
                return Outcome(Proof.LOCKED, until=until)
            place = f"{PIN_PLACE}|{_short(operation)}"
            self._vault.put(Keys.pin(conversation_id), conversation_id, place, bound.dump(), seconds=PIN_AWAITED_SECONDS)
        except (CarrierError, StoreDown):
            return Outcome(Proof.BUSY)
        return Outcome(Proof.ASKED)

    # -- SMS code -----------------------------------------------------------------------------------------------------

    def send_code(
        self,
        conversation_id: str,
        who: Customer | str,
        operation: str,
        summary_zh: str,
        summary_en: str,
        language: str,
        *,
        to: str | None = None,
        again: bool = False,
    ) -> SendOutcome:
        """Text a code for `operation` to a customer (or to who holds the number `who`).

        `to` picks one of the customer's own or registered contact numbers (ValueError for any other); by default the number
        given, or the first line. `again`: the customer asks for another text although a code is still good.
        """
        try:
            customer = who if isinstance(who, Customer) else self._operator.customers.by_number(who)
            number = e164(to or (who if isinstance(who, str) else customer.numbers[0]))
            if number not in {e164(known) for known in (*customer.numbers, *customer.contact_numbers)}:
                raise ValueError("a code goes only to a number of the customer")
            bound = Bound(customer, number, identifies=operation.startswith(IDENTIFY))
            summary = summary_en if language == "en" else summary_zh
            return self._send(conversation_id, bound, _short(operation), _wording(summary, language), again=again)
        except NotFound:
            return SendOutcome(Sending.UNKNOWN_NUMBER)
        except (CarrierError, StoreDown, TextNotSent):
            return SendOutcome(Sending.BUSY)

    def _send(self, conversation_id: str, bound: Bound, operation: str, wording: str, *, again: bool) -> SendOutcome:
        masked = masked_number(bound.number)
        if not again and self._codes.is_live(conversation_id, operation):
            return SendOutcome(Sending.ALREADY_SENT, masked)
        key = Keys.sends(self._sealer.digest("number", bound.number))
        try:
            room = self._caps.send(conversation_id)
        except WindowFull as full:
            return SendOutcome(Sending.LIMITED, masked, full.until)
        try:
            place, _ = self._sends.take(key)
        except WindowFull as full:
            room.give_back()
            return SendOutcome(Sending.LIMITED, masked, full.until)
        meta = self._vault.seal(conversation_id, f"code|{operation}", bound.dump())
        word, code, until = self._codes.issue(conversation_id, operation, meta, again=again)
        if word != "issued":
            self._sends.give_back(key, place)
            room.give_back()
            return SendOutcome(Sending.LIMITED if word == "limited" else Sending.ALREADY_SENT, masked, until)
        try:
            self._texts.send(bound.number, wording.format(code=code))
        except TextNotSent:
            self._codes.withdraw(conversation_id, operation, code)
            self._sends.give_back(key, place)
            room.give_back()
            raise
        if self._events:
            self._events.emit(CodeSent(conversation_id, operation))
        return SendOutcome(Sending.SENT, masked)

    # -- attempts -----------------------------------------------------------------------------------------------------

    def submit(self, conversation_id: str, awaiting: Awaiting, digits: str) -> Outcome:
        """One attempt at the awaited secret. Counted before it is checked; BUSY when nobody could check, which does not count."""
        operation = _short(awaiting.operation)
        try:
            if awaiting.until <= self._clock.now():
                outcome = Outcome(Proof.EXPIRED)
            elif awaiting.kind == "service_pin":
                outcome = self._submit_pin(conversation_id, operation, digits)
            else:
                outcome = self._submit_code(conversation_id, operation, digits)
        except SealBroken:
            outcome = Outcome(Proof.EXPIRED)
        except StoreDown:
            outcome = Outcome(Proof.BUSY)
        if self._events:
            self._events.emit(ProofGiven(conversation_id, awaiting.kind, outcome.kind.value))
        return outcome

    def _submit_pin(self, conversation_id: str, operation: str, pin: str) -> Outcome:
        plain = self._vault.get(Keys.pin(conversation_id), conversation_id, f"{PIN_PLACE}|{operation}")
        if plain is None:
            return Outcome(Proof.EXPIRED)
        bound = Bound.read(plain)
        account = self._account(bound)
        try:
            room = self._caps.wrong_pin(conversation_id)
        except WindowFull as full:
            return Outcome(Proof.LOCKED, until=full.until)
        tried = self._pin_lock.begin_try(account)
        if not tried.allowed:
            return Outcome(Proof.LOCKED, until=tried.locked_until)
        try:
            verdict = self._operator.pins.check(bound.number, pin)
        except CarrierError:
            room.give_back()
            self._pin_lock.undo(account, tried)
            return Outcome(Proof.BUSY)
        if verdict == "ok" and bound.customer is not None:
            room.give_back()
            self._identities.grant(conversation_id, bound.customer, "service_pin", number=bound.number)
            self._pin_lock.lift(account)
            self._forget_pin(conversation_id)
            return Outcome(Proof.ACCEPTED)
        if tried.locked_until is not None:
            return Outcome(Proof.LOCKED, left=0, until=tried.locked_until)
        return Outcome(Proof.WRONG, left=tried.left)

    def _submit_code(self, conversation_id: str, operation: str, digits: str) -> Outcome:
        meta = self._codes.meta(conversation_id, operation)
        if meta is None:
            return Outcome(Proof.EXPIRED)
        bound = Bound.read(self._vault.open(conversation_id, f"code|{operation}", meta))
        account = self._account(bound)
        hour = Keys.wrong_codes(account)
        try:
            place, taken = self._wrong_codes.take(hour)
        except WindowFull as full:
            return Outcome(Proof.LOCKED, until=full.until)
        answer, number = self._codes.answer(conversation_id, operation, digits)
        if answer is Answer.WRONG:
            return Outcome(Proof.WRONG, left=max(0, min(challenges.WRONG_MOST - number, WRONG_CODES_AN_HOUR - taken)))
        self._wrong_codes.give_back(hour, place)
        if answer is Answer.RIGHT:
            if bound.identifies and bound.customer is not None:
                self._identities.grant(conversation_id, bound.customer, "sms_code", number=bound.number)
            self._pin_lock.lift(account)
            return Outcome(Proof.ACCEPTED)
        if answer is Answer.LIMITED:
            return Outcome(Proof.LOCKED, until=from_millis(number))
        return Outcome(Proof.USED if answer is Answer.USED else Proof.EXPIRED)

    def code_is_awaited(self, conversation_id: str, operation: str) -> bool:
        """Was a code for this operation sent that is still good and not used? Raises StoreDown."""
        return self._codes.is_live(conversation_id, _short(operation))

    def code_accepted(self, conversation_id: str, operation: str) -> bool:
        """Was the right code for exactly this operation entered less than five minutes ago and not acted on? Raises StoreDown."""
        return self._codes.accepted(conversation_id, _short(operation), consume=False)

    def consume_code(self, conversation_id: str, operation: str) -> bool:
        """Act on the code: true once, for one caller. Raises StoreDown."""
        return self._codes.accepted(conversation_id, _short(operation), consume=True)

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _holder_of(self, number: str) -> Customer | None:
        try:
            return self._operator.customers.by_number(number)
        except NotFound:
            return None

    def _account(self, bound: Bound) -> str:
        """One count for all lines and channels of a customer; a stranger's number has its own."""
        return self._sealer.digest("account", bound.customer.id if bound.customer else bound.number)

    def _forget_pin(self, conversation_id: str) -> None:
        with self._store.guard() as client:
            client.delete(Keys.pin(conversation_id))


def e164(number: str) -> str:
    """+8613800138000 for a bare mainland number; anything else as it is."""
    bare = number.strip()
    return f"+86{bare}" if len(bare) == 11 and bare.isdigit() else bare


def masked_number(number: str) -> str:
    """138****8000."""
    bare = number.removeprefix("+86").removeprefix("+")
    return f"{bare[:3]}****{bare[-4:]}" if len(bare) > 7 else "****"


def _short(operation: str) -> str:
    """The 16 hex digits of an operation; anything else, such as `identify:<number>`, is digested: no number stands in a key."""
    if operation.startswith(IDENTIFY):
        return operation_hash("identify", {"number": e164(operation.removeprefix(IDENTIFY))})
    return operation if re.fullmatch(r"[0-9a-f]{16}", operation) else operation_hash("other", {"operation": operation})


def _wording(summary: str, language: str) -> str:
    safe = summary.replace("{", "(").replace("}", ")")
    if language == "en":
        return f"[Careline] {{code}} is your code for: {safe}. Good once, for 5 minutes. Share it with nobody, not even us."
    return f"【Careline】验证码 {{code}}，用于：{safe}。5分钟内有效，仅限一次。请勿告诉任何人，工作人员也不会向您索要。"
