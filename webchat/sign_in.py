"""Signing a customer in: by an integrator's token (docs), or, in demo mode, by choosing one of the demo customers."""

from carrier.errors import CarrierError, NotFound
from carrier.models import Customer
from carrier.operator import Operator
from core.problems import Problem, unauthorised
from customers.conversation import Conversation, Conversations
from customers.demo import DEMO_CUSTOMERS
from customers.errors import CustomerTokenInvalid
from customers.identity import Identities
from customers.integrators import Integrator, Integrators

DEMO_NUMBERS = frozenset(customer.number for customer in DEMO_CUSTOMERS)


class SignIn:
    def __init__(
        self, operator: Operator, identities: Identities, conversations: Conversations, integrators: Integrators
    ) -> None:
        self._operator = operator
        self._identities = identities
        self._conversations = conversations
        self._integrators = integrators

    def by_token(self, conversation: Conversation, integrator: Integrator, token: str) -> None:
        """The integrator vouches for its customer. Raises Problem."""
        try:
            subject = self._integrators.read_customer_token(integrator, token)
        except CustomerTokenInvalid:
            raise unauthorised("The customer token is not valid.") from None
        if not self._is_known(conversation, subject):  # nobody is signed out by an operator that does not answer
            self._grant(conversation, self._customer(subject))

    def customer_of(self, token: str) -> Customer:
        """Whom a host page signs in with the token its own server made; the key it was signed with tells who vouches. Raises Problem."""
        try:
            integrator = self._integrators.signer_of(token)
            return self._customer(self._integrators.read_customer_token(integrator, token))
        except CustomerTokenInvalid:
            raise unauthorised("The customer token is not valid.") from None

    def from_page(self, conversation: Conversation, customer: Customer) -> None:
        """Sign in, and make this the conversation in which the customer's other devices go on. Raises Problem 409 other_customer."""
        self._grant(conversation, customer)
        self._conversations.keep_latest(customer.id, conversation.id)

    def as_demo(self, conversation: Conversation, number: str) -> None:
        """Raises Problem; only for the demo customers."""
        if number not in DEMO_NUMBERS:
            raise Problem(400, "bad_field", "Not a demo customer.")
        self._grant(conversation, self._customer(number))

    def is_signed_in(self, conversation: Conversation, customer: Customer) -> bool:
        """Whether a page or an integrator has vouched for this customer here, and it still counts."""
        return self._is_known(conversation, customer.id)

    def _is_known(self, conversation: Conversation, subject: str) -> bool:
        before = self._identities.of(conversation.id)
        if before is None or before.method != "token" or subject not in (before.customer_id, before.number):
            return False
        return self._conversations.claim(conversation.id, before.customer_id)

    def _customer(self, subject: str) -> Customer:
        by_number = subject.lstrip("+").isdigit()
        try:
            return self._operator.customers.by_number(subject) if by_number else self._operator.customers.by_id(subject)
        except NotFound:
            raise unauthorised("The customer token is not valid.") from None
        except CarrierError:
            raise Problem(
                503, "operator_unavailable", "The operator's systems do not answer; sign in again shortly.", retry_after=5
            ) from None

    def _grant(self, conversation: Conversation, customer: Customer) -> None:
        before = self._identities.of(conversation.id)
        if (before is not None and before.customer_id != customer.id) or not self._conversations.claim(
            conversation.id, customer.id
        ):
            raise Problem(409, "other_customer", "This conversation is another customer's; use another sender.")
        if before is None or before.method != "token":
            self._identities.grant(conversation.id, customer, "token")
        if conversation.language is None:
            conversation.language = customer.language
            self._conversations.begin_language(conversation.id, customer.language)
