"""One webhook of a call, as a story: what was heard -> what it means here -> one turn of the bot -> what is said and listened for next."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.clock import Clock
from core.errors import RecordsDown, StoreDown
from core.logs import get_logger
from core.seal import Sealer
from core.settings import Settings
from customers.conversation import Conversation, Conversations, Language
from customers.errors import TranscriptBusy
from customers.identity import Identities
from customers.transcript import Transcript
from dialogue.buttons import is_token
from dialogue.turn import Result, Told, Turns, Utterance
from ivr.answers import spoken_answer
from ivr.call import Call, Calls
from ivr.callbacks import Callbacks
from ivr.caller import Caller, Callers, number_of
from ivr.hearing import Meaning, heard
from ivr.ladder import MENU, in_language, is_enough, one_after_the_other, reprompt
from ivr.parameters import Posted
from ivr.person import Person
from ivr.prompts import KEYS_ONLY_FROM, NO_INPUT, NO_MATCH, Ladder, both, line
from ivr.recogniser import Expects
from ivr.spoken import Line
from ivr.step import Step, Steps
from ivr.twiml import gather, record, say_then_hang_up, say_then_redirect
from ivr.without_store import MESSAGE_SECONDS, voice_address

WORD_SECONDS = 1.5  # of silence while the bot works; then the caller hears that we are at it
POLLS_MOST = 6  # fillers until we give up: with their words that is longer than the turn's own 8 s
PAUSE_SECONDS = 1  # between two fillers
FAREWELL, SLOWER = "goodbye", "slow_down"

log = get_logger(__name__)


@dataclass(frozen=True)
class At:
    """A call, and the step it has come to."""

    call: Call
    step: Step

    @property
    def sid(self) -> str:
        return self.step.call

    @property
    def language(self) -> Language | None:
        return self.call.language or self.step.language


class Flow:
    """Knows a call from the inside. Every method returns TwiML and may raise StoreDown: then the line without Redis answers."""

    def __init__(
        self,
        settings: Settings,
        steps: Steps,
        calls: Calls,
        callers: Callers,
        conversations: Conversations,
        identities: Identities,
        transcript: Transcript,
        turns: Turns,
        person: Person,
        callbacks: Callbacks,
        sealer: Sealer,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._steps = steps
        self._calls = calls
        self._callers = callers
        self._conversations = conversations
        self._identities = identities
        self._transcript = transcript
        self._turns = turns
        self._person = person
        self._callbacks = callbacks
        self._sealer = sealer
        self._clock = clock

    # the webhooks
    def incoming(self, posted: Posted) -> str:
        """Greet: by name where the number is known, in both languages where nobody knows which one."""
        caller = self._callers.recognise(posted)
        customer, language = caller.customer, caller.language
        call = self._calls.fresh(posted.call, caller.number).model_copy(
            update={"customer_id": customer.id if customer else None, "language": language}
        )
        self._begin(call, caller)
        at = At(call, Step(posted.call, 0, language, began=int(self._clock.now().timestamp())))
        if customer is None or language is None:
            greeting = (*both("welcome"), *both("choose_language"))
        else:
            greeting = (
                Line(line("welcome_known", language, name=customer.name), language),
                *both("choose_language"),
                Line(line("ask_open", language), language),
            )
        return self._ask(at, greeting, chooses_language=True, one_key=True)

    def step(self, posted: Posted, step: Step) -> str:
        """What the caller said or keyed."""
        at = At(self._calls.load(posted.call) or self._recovered(posted, step), step)
        if step.number < at.call.step:
            log.warning("call.late_step", conversation=at.call.conversation, step=step.number, at=at.call.step)
            return self._once_more(at)
        answer = heard(posted, at.call)
        match answer.meaning:
            case Meaning.RECORDED:
                return self._message_left(at, posted.recording)
            case Meaning.NOTHING if at.call.leaves_message:
                return self._hang_up(at, ())
            case Meaning.NOTHING:
                return self._missed(at, NO_INPUT)
            case Meaning.WRONG_KEY:
                return self._missed(at, NO_MATCH)
            case Meaning.REPEAT:
                return self._repeat(at)
            case Meaning.PERSON:
                return self._to_person(at, "asked", (), stays=True)
            case Meaning.LANGUAGE if answer.language is not None:
                return self._language_chosen(at, answer.language)
            case _:
                return self._turn(at, answer.text)

    def poll(self, posted: Posted, step: Step) -> str:
        """Is the answer there? The same message once more gets the answer of the first (dialogue/turn.py)."""
        at = At(self._calls.load(posted.call) or self._recovered(posted, step), step)
        if step.number - step.turn > POLLS_MOST:
            return self._to_person(at, "late", in_language("system_trouble", at.language))
        return self._turn(at, at.call.pending or "…", turn=step.turn)

    def ended(self, posted: Posted) -> None:
        """Hung up: whoever was verified is so no more. Raises StoreDown."""
        if posted.is_over:
            self._calls.end(posted.call)
            self._identities.revoke(self._calls.conversation_of(posted.call))

    # beginning
    def _begin(self, call: Call, caller: Caller) -> Conversation:
        """The conversation of this call, and of no other: its id follows from the CallSid, never from the number."""
        conversation = self._conversations.load_or_begin(call.conversation, "ivr", "ivr")
        conversation.language = conversation.language or call.language
        conversation.number = caller.number
        conversation.source = self._sealer.digest("caller", caller.number) if caller.number else None
        self._conversations.save(conversation)
        return conversation

    def _recovered(self, posted: Posted, step: Step) -> Call:
        """A call that Redis knows nothing of: it came, or was forgotten, while Redis was away."""
        call = self._calls.fresh(posted.call, number_of(posted)).model_copy(
            update={"language": step.language, "step": step.number}
        )
        self._begin(call, Caller(call.number, None, step.language))
        return call

    def _language_chosen(self, at: At, language: Language) -> str:
        conversation = self._conversations.load_or_begin(at.call.conversation, "ivr", "ivr")
        conversation.language, conversation.language_chosen = language, True
        self._conversations.save(conversation)
        if at.call.customer_id is not None:
            self._callers.remember_language(at.call.customer_id, language)
        at = At(at.call.model_copy(update={"language": language}), at.step)
        return self._ask(at, (Line(line("help_keys", language), language),), choices=MENU[language], one_key=True)

    # one turn
    def _turn(self, at: At, text: str, turn: int | None = None) -> str:
        """`turn`: the step in which the words came, where that was an earlier one."""
        number = at.step.number if turn is None else turn
        conversation = self._conversations.load_or_begin(at.call.conversation, "ivr", "ivr")
        result = self._turns.take_turn(conversation, Utterance(f"{at.sid}-{number}", text), WORD_SECONDS)
        if result.told is Told.ANSWER:
            return self._answered(at, result)
        if result.told is Told.TOO_MANY:
            return self._ask(at, in_language("say_again", at.language), misses=at.step.misses)
        filler = "moment" if turn is None else "still_working"
        pending = text if is_token(text) else ""
        after = at.step.next(language=at.language, misses=at.step.misses, keys_only=at.step.keys_only, turn=number)
        self._keep(at.sid, at.call.model_copy(update={"step": after.number, "pending": pending}))
        return say_then_redirect(
            in_language(filler, at.language), language=at.language or "zh", url=self._address("poll", after),
            settings=self._settings, pause=PAUSE_SECONDS, slow=at.call.slow,
        )  # fmt: skip

    def _answered(self, at: At, result: Result) -> str:
        state = self._state(at.call.conversation)
        language = (state.language if state else None) or at.language or "zh"
        at = At(at.call.model_copy(update={"language": language}), at.step)
        misses = at.step.misses + 1 if state and state.misses else 0
        if is_enough(misses):
            return self._to_person(at, "misses", in_language(NO_MATCH.third, language))
        if state and state.language_chosen and at.call.customer_id is not None:
            self._remember(at.call.customer_id, language)
        answer = spoken_answer(result.replies, state, language, at.call.number)
        lines = answer.lines or in_language("moment", language)  # a person has the conversation, and says it themselves
        if state and state.intent == FAREWELL:
            return self._hang_up(at, lines)
        if state and state.intent == SLOWER:
            at = At(at.call.model_copy(update={"slow": True}), at.step)
        choices = answer.choices
        if answer.is_open:  # the first keys work here too, said or not
            choices = MENU[language]
        if misses >= KEYS_ONLY_FROM:
            lines = (*lines, Line(line("help_keys" if answer.is_open else "keys_only", language), language))
        return self._ask(
            at, lines, expects=answer.expects, choices=choices, asked=answer.asked, misses=misses, one_key=answer.one_key
        )

    # silence, noise, once more
    def _missed(self, at: At, ladder: Ladder) -> str:
        misses = at.step.misses + 1
        if is_enough(misses):
            return self._to_person(at, "misses", in_language(ladder.third, at.language))
        state = self._state(at.call.conversation)
        awaited = state.awaiting.kind if state and state.awaiting else None
        said = reprompt(at.call, misses, ladder, awaited)
        return self._ask(
            at, said.lines, expects=Expects[at.call.expects], choices=said.choices, asked=at.call.asked, misses=misses,
            chooses_language=at.call.chooses_language, one_key=at.call.one_key,
        )  # fmt: skip

    def _repeat(self, at: At) -> str:
        call = at.call
        lines = call.lines or in_language("ask_open", at.language)
        return self._ask(
            at, lines, expects=Expects[call.expects], choices=call.choices, asked=call.asked, misses=at.step.misses,
            chooses_language=call.chooses_language, one_key=call.one_key,
        )  # fmt: skip

    def _once_more(self, at: At) -> str:
        """For a request that came too late: what was said last, as it stands, and nothing moves."""
        call = at.call
        now = at.step.next(language=at.language, misses=at.step.misses, keys_only=at.step.keys_only)
        now = Step(**{**now.__dict__, "number": call.step})
        return self._gathered(call, now, call.lines or in_language("ask_open", at.language))

    # a person
    def _to_person(self, at: At, why: str, first: Sequence[Line], *, stays: bool = False) -> str:
        """A call back is promised and told, or a message taken; `stays`: the caller may go on afterwards."""
        try:
            reference = self._person.promised(at.call, why)
        except RecordsDown:
            return self._noted(at, why, first)
        if reference is None:
            return self._take_message(at, first)
        said: Sequence[Line] = (
            *first,
            *in_language("nobody_free", at.language),
            *in_language("callback_noted", at.language),
            *in_language("callback_reference", at.language, reference=" ".join(reference)),
        )
        said = said if at.language else one_after_the_other(said)
        self._write(at, said)
        if stays:
            return self._ask(at, (*said, *in_language("ask_open", at.language)))
        return self._hang_up(at, said)

    def _noted(self, at: At, why: str, first: Sequence[Line]) -> str:
        """The database is away: the file of call backs takes it. Raises NotNoted."""
        if at.call.number is None:
            return self._take_message(at, first)
        self._callbacks.note(at.sid, at.call.number, at.language, why)
        return self._hang_up(at, (*first, *in_language("callback_noted", at.language)))

    def _take_message(self, at: At, first: Sequence[Line]) -> str:
        after = at.step.next(language=at.language, misses=at.step.misses)
        lines = tuple(one_after_the_other((*first, *in_language("voicemail_offered", at.language))))
        self._keep(at.sid, at.call.model_copy(update={"step": after.number, "lines": lines, "leaves_message": True}))
        return record(
            lines, language=at.language or "zh", action=self._address("step", after), settings=self._settings,
            most_seconds=MESSAGE_SECONDS,
        )  # fmt: skip

    def _message_left(self, at: At, recording: str) -> str:
        try:
            self._person.promised(at.call, "message", recording)
        except RecordsDown:
            self._callbacks.note(at.sid, at.call.number, at.language, "message", recording)
        return self._hang_up(at, in_language("voicemail_thanks", at.language))

    # saying and listening
    def _ask(
        self,
        at: At,
        lines: Sequence[Line],
        *,
        expects: Expects = Expects.WORDS,
        choices: tuple[tuple[str, str], ...] = (),
        asked: str | None = None,
        misses: int = 0,
        chooses_language: bool = False,
        one_key: bool = True,
    ) -> str:
        after = at.step.next(language=at.language, misses=misses, keys_only=misses >= KEYS_ONLY_FROM)
        call = at.call.model_copy(
            update={
                "step": after.number,
                "lines": tuple(lines),
                "choices": choices,
                "expects": expects.name,
                "asked": asked,
                "chooses_language": chooses_language,
                "one_key": one_key,
                "pending": "",
                "leaves_message": False,
            }
        )
        self._keep(at.sid, call)
        return self._gathered(call, after, lines)

    def _gathered(self, call: Call, step: Step, lines: Sequence[Line]) -> str:
        expects = Expects.SECRET if step.keys_only else Expects[call.expects]  # neither is listened to by voice
        return gather(
            lines, language=call.language or step.language or "zh", expects=expects, action=self._address("step", step),
            settings=self._settings, digits=1 if call.one_key and call.expects != Expects.SECRET.name else None, slow=call.slow,
        )  # fmt: skip

    def _hang_up(self, at: At, lines: Sequence[Line]) -> str:
        said: Sequence[Line] = (*lines, *in_language("goodbye", at.language))
        said = said if at.language else one_after_the_other(said)
        return say_then_hang_up(said, language=at.language or "zh", settings=self._settings, slow=at.call.slow)

    def _address(self, name: str, step: Step) -> str:
        return voice_address(self._settings, self._steps, name, step)

    # what may be lost without harm: the answer is there, and the signed step carries the call on
    def _keep(self, sid: str, call: Call) -> None:
        try:
            self._calls.keep(sid, call)
        except StoreDown as error:
            log.warning("call.not_kept", conversation=call.conversation, error=error.code)

    def _state(self, conversation: str) -> Conversation | None:
        try:
            return self._conversations.load(conversation)
        except StoreDown:
            return None

    def _remember(self, customer_id: str, language: Language) -> None:
        try:
            self._callers.remember_language(customer_id, language)
        except StoreDown:
            return

    def _write(self, at: At, lines: Sequence[Line]) -> None:
        """Into the transcript, for whoever calls back."""
        try:
            self._transcript.append(at.call.conversation, "bot", {"text": "".join(one.text for one in lines)})
        except (StoreDown, TranscriptBusy) as error:
            log.warning("call.not_written", conversation=at.call.conversation, error=error.code)
