"""Who may do what at the chat's addresses: the page's origin, the conversation's token. Every route of a conversation begins here."""

from flask import Blueprint, Request, request

from core.problems import not_found, unauthorised
from customers.conversation import Conversation, Conversations
from customers.errors import TokenInvalid
from customers.tokens import ConversationTokens, TokenClaims
from webchat.origins import Origins

OWNER = "web"


class Access:
    """Every method may raise StoreDown."""

    def __init__(self, origins: Origins, conversations: Conversations, tokens: ConversationTokens) -> None:
        self._origins = origins
        self._conversations = conversations
        self._tokens = tokens

    def guards(self, blueprint: Blueprint) -> None:
        """Refuse foreign pages at every route of this blueprint."""
        blueprint.before_request(lambda: self._origins.check(request))

    def opened(self, conversation_id: str, asked: Request) -> Conversation:
        """The conversation that this request's token opens. Somebody else's, unknown and forgotten ones look the same. Raises Problem."""
        found = self.by_token(bearer(asked))
        if found.id != conversation_id:
            raise not_found()
        return found

    def by_token(self, token: str) -> Conversation:
        """The conversation of a token that holds. Raises Problem: 401 for the token, 404 for a forgotten conversation."""
        claims = self.claims(token)
        if self._conversations.has_left(claims.conversation_id, claims.device):
            raise unauthorised()
        found = self._conversations.load(claims.conversation_id)
        if found is None:
            raise not_found()
        return found

    def claims(self, token: str) -> TokenClaims:
        """Whose token it is. Raises Problem 401."""
        try:
            return self._tokens.read(token)
        except TokenInvalid:
            raise unauthorised() from None


def bearer(asked: Request) -> str:
    """The token of an `Authorization: Bearer ...` header; empty when there is none."""
    scheme, _, token = asked.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
