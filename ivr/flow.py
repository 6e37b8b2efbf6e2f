"""One webhook of a call, as a story: what was heard -> what it means here -> one turn of the bot -> what is said and listened for next."""

from core.clock import Clock
from core.errors import StoreDown
from core.logs import get_logger
from core.seal import Sealer
from customers.conversation import Conversation, Conversations, Language
from customers.identity import Identities
from dialogue.buttons import is_token
from dialogue.turn import Result, Told, Turns, Utterance
from ivr.answers import spoken_answer
from ivr.call import Call, Calls
from ivr.caller import Caller, Callers, number_of
from ivr.hearing import Meaning, heard
from ivr.ladder import MENU, in_language, is_enough, reprompt
from ivr.parameters import Posted
from ivr.person import Person
from ivr.prompts import KEYS_ONLY_FROM, NO_INPUT, NO_MATCH, Ladder, both, line
from ivr.saying import At, Saying
from ivr.spoken import Line
from ivr.step import Step

WORD_SECONDS = 1.5  # of silence while the bot works; then the caller hears that we are at it
POLLS_MOST = 6  # fillers until we give up: with their words that is longer than the turn's own 8 s
FAREWELL, SLOWER = "goodbye", "slow_down"

log = get_logger(__name__)


class Flow:
    """Knows a call from the inside. Every method returns TwiML and may raise StoreDown: then the line without Redis answers."""

    def __init__(
        self,
        calls: Calls,
        callers: Callers,
        conversations: Conversations,
        identities: Identities,
        turns: Turns,
        person: Person,
        saying: Saying,
        sealer: Sealer,
        clock: Clock,
    ) -> None:
        self._calls = calls
        self._callers = callers
        self._conversations = conversations
        self._identities = identities
        self._turns = turns
        self._person = person
        self._saying = saying
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
        return self._saying.ask(at, greeting, chooses_language=True, one_key=True)

    def step(self, posted: Posted, step: Step) -> str:
        """What the caller said or keyed."""
        at = At(self._calls.load(posted.call) or self._recovered(posted, step), step)
        if step.number < at.call.step:
            log.warning("call.late_step", conversation=at.call.conversation, step=step.number, at=at.call.step)
            return self._saying.as_it_stands(at)
        answer = heard(posted, at.call)
        match answer.meaning:
            case Meaning.RECORDED:
                return self._person.gets_message(at, posted.recording)
            case Meaning.NOTHING if at.call.leaves_message:
                return self._saying.hang_up(at, ())
            case Meaning.NOTHING:
                return self._missed(at, NO_INPUT)
            case Meaning.WRONG_KEY:
                return self._missed(at, NO_MATCH)
            case Meaning.REPEAT:
                return self._saying.ask_again(at, at.call.lines or in_language("ask_open", at.language), misses=at.step.misses)
            case Meaning.PERSON:
                return self._person.wanted(at)
            case Meaning.LANGUAGE if answer.language is not None:
                return self._language_chosen(at, answer.language)
            case _:
                return self._turn(at, answer.text)

    def poll(self, posted: Posted, step: Step) -> str:
        """Is the answer there? The same message once more gets the answer of the first (dialogue/turn.py)."""
        at = At(self._calls.load(posted.call) or self._recovered(posted, step), step)
        if step.number - step.turn > POLLS_MOST:
            return self._person.takes_over(at, "late", in_language("system_trouble", at.language))
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
        return self._saying.ask(at, (Line(line("help_keys", language), language),), choices=MENU[language], one_key=True)

    # one turn
    def _turn(self, at: At, text: str, turn: int | None = None) -> str:
        """`turn`: the step in which the words came, where that was an earlier one."""
        number = at.step.number if turn is None else turn
        conversation = self._conversations.load_or_begin(at.call.conversation, "ivr", "ivr")
        result = self._turns.take_turn(conversation, Utterance(f"{at.sid}-{number}", text), WORD_SECONDS)
        if result.told is Told.ANSWER:
            return self._answered(at, result)
        if result.told is Told.TOO_MANY:
            return self._saying.ask(at, in_language("say_again", at.language), misses=at.step.misses)
        filler = "moment" if turn is None else "still_working"
        return self._saying.filler(at, filler, number, pending=text if is_token(text) else "")

    def _answered(self, at: At, result: Result) -> str:
        state = self._state(at.call.conversation)
        language = (state.language if state else None) or at.language or "zh"
        at = At(at.call.model_copy(update={"language": language}), at.step)
        misses = at.step.misses + 1 if state and state.misses else 0
        if state and state.language_chosen and at.call.customer_id is not None:
            self._remember(at.call.customer_id, language)
        answer = spoken_answer(result.replies, state, language, at.call.number)
        if is_enough(misses):
            # A bot that did not understand asks once more, which is over. Of one that failed we tell what became of an operation.
            first = in_language(NO_MATCH.third, language) if state and state.intent else answer.lines
            return self._person.takes_over(at, "misses", first)
        lines = answer.lines or in_language("moment", language)  # a person has the conversation, and says it themselves
        if state and state.intent == FAREWELL:
            return self._saying.hang_up(at, lines)
        if state and state.intent == SLOWER:
            at = At(at.call.model_copy(update={"slow": True}), at.step)
        choices = answer.choices
        if answer.is_open:  # the first keys work here too, said or not
            choices = MENU[language]
        if misses >= KEYS_ONLY_FROM:
            lines = (*lines, Line(line("help_keys" if answer.is_open else "keys_only", language), language))
        return self._saying.ask(
            at, lines, expects=answer.expects, choices=choices, asked=answer.asked, misses=misses, one_key=answer.one_key
        )

    # silence, noise
    def _missed(self, at: At, ladder: Ladder) -> str:
        misses = at.step.misses + 1
        if is_enough(misses):
            return self._person.takes_over(at, "misses", in_language(ladder.third, at.language))
        state = self._state(at.call.conversation)
        awaited = state.awaiting.kind if state and state.awaiting else None
        said = reprompt(at.call, misses, ladder, awaited)
        at = At(at.call.model_copy(update={"choices": said.choices}), at.step)
        return self._saying.ask_again(at, said.lines, misses=misses)

    # what may be lost without harm: the answer is there
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
