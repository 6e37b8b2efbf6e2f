"""Every Redis key of the product, on one screen.

Keys of one conversation carry its id in braces, keys of one account the account's, so that a script's keys share a slot of a
Redis Cluster. Nothing here may hold a phone number, a name or a code in clear: callers hand in ids and digests.
Lives: what belongs to a conversation goes after CONVERSATION_SECONDS without use; counters after their window.
"""

from __future__ import annotations

CONVERSATION_SECONDS = 72 * 3600  # a conversation is forgotten after a weekend without a word
DEK_SECONDS = CONVERSATION_SECONDS + 3600  # its key lives longer than anything sealed with it
EVENTS_KEPT = 100_000  # entries of the event stream, about


class Keys:
    """Named functions, one a key."""

    # -- one conversation -------------------------------------------------------------------------------------------
    @staticmethod
    def conversation(conversation: str) -> str:
        """String, sealed: customers.conversation.Conversation."""
        return f"conv:{{{conversation}}}"

    @staticmethod
    def dek(conversation: str) -> str:
        """String: the conversation's data key, wrapped by SEAL_KEY."""
        return f"dek:{{{conversation}}}"

    @staticmethod
    def stream(conversation: str) -> str:
        """Stream, sealed entries, ids `<seq>-0`: customers.transcript."""
        return f"stream:{{{conversation}}}"

    @staticmethod
    def seq(conversation: str) -> str:
        """Integer: last sequence number of the transcript."""
        return f"seq:{{{conversation}}}"

    @staticmethod
    def left(conversation: str) -> str:
        """Set of devices that have left: their tokens of this conversation are refused."""
        return f"left:{{{conversation}}}"

    @staticmethod
    def customer(conversation: str) -> str:
        """String: a digest of the customer whom a page or an integrator signed in here; the first one stays."""
        return f"customer:{{{conversation}}}"

    @staticmethod
    def inbox(conversation: str) -> str:
        """List: accepted utterances that wait for their turn."""
        return f"inbox:{{{conversation}}}"

    @staticmethod
    def lease(conversation: str) -> str:
        """String: who works on this conversation now."""
        return f"lease:{{{conversation}}}"

    @staticmethod
    def fence(conversation: str) -> str:
        """Integer: grows with every lease; older holders are refused."""
        return f"fence:{{{conversation}}}"

    @staticmethod
    def seen(conversation: str, client_id: str) -> str:
        """String: a client message id that was accepted already."""
        return f"seen:{{{conversation}}}:{client_id}"

    @staticmethod
    def answer(conversation: str, turn: str) -> str:
        """String, sealed: the replies of one turn."""
        return f"answer:{{{conversation}}}:{turn}"

    @staticmethod
    def late(conversation: str) -> str:
        """Sorted set of turns whose answer has not been handed over, scored by when (ms) their caller is gone for sure."""
        return f"late:{{{conversation}}}"

    @staticmethod
    def given(conversation: str, turn: str) -> str:
        """List: the turns whose answers were handed over together with this one's."""
        return f"given:{{{conversation}}}:{turn}"

    @staticmethod
    def button(conversation: str, token: str) -> str:
        """String, sealed: what one button stands for."""
        return f"button:{{{conversation}}}:{token}"

    @staticmethod
    def buttons(conversation: str) -> str:
        """String, sealed: the buttons shown last, in order."""
        return f"buttons:{{{conversation}}}"

    @staticmethod
    def auth(conversation: str) -> str:
        """String, sealed: customers.identity.Identity."""
        return f"auth:{{{conversation}}}"

    @staticmethod
    def code(conversation: str, operation: str) -> str:
        """Hash: one challenge by SMS code; `operation` is the 16 hex digits of its values."""
        return f"code:{{{conversation}}}:{operation}"

    @staticmethod
    def pin(conversation: str) -> str:
        """String, sealed: for which number a service PIN is awaited."""
        return f"pin:{{{conversation}}}"

    @staticmethod
    def presence(conversation: str) -> str:
        """Hash: who is there, who types, how far each side has read; customers.presence."""
        return f"presence:{{{conversation}}}"

    @staticmethod
    def owner(conversation: str) -> str:
        """String, sealed: the agent who has taken the conversation over; handoff.ownership. None: the bot's."""
        return f"owner:{{{conversation}}}"

    @staticmethod
    def delivered(conversation: str) -> str:
        """Integer: the last entry that surely arrived at a Rasa widget: webchat.cursors."""
        return f"delivered:{{{conversation}}}"

    # -- one account, over all its conversations and channels; `account` is a digest ---------------------------------
    @staticmethod
    def wrong_codes(account: str) -> str:
        """Sorted set of wrong SMS codes, scored by time; the last hour counts."""
        return f"wrong_codes:{{{account}}}"

    @staticmethod
    def wrong_pins(account: str) -> str:
        """Hash: wrong PINs in a row, and until when the PIN is locked."""
        return f"wrong_pins:{{{account}}}"

    @staticmethod
    def sends(subject: str) -> str:
        """Sorted set of texts sent to one number, or out of one conversation or source; the last day counts."""
        return f"sends:{{{subject}}}"

    @staticmethod
    def tried_pins(subject: str) -> str:
        """Sorted set of PINs tried in vain out of one conversation or source; the last day counts."""
        return f"tried_pins:{{{subject}}}"

    @staticmethod
    def spoken_language(account: str) -> str:
        """String: zh or en, as this customer chose on the phone last."""
        return f"spoken_language:{{{account}}}"

    @staticmethod
    def latest(account: str) -> str:
        """String: the web conversation in which this customer was signed in by a host page last."""
        return f"latest:{{{account}}}"

    @staticmethod
    def sent_files(subject: str) -> str:
        """Sorted set of files sent in one conversation or from one address; the last day counts."""
        return f"sent_files:{{{subject}}}"

    @staticmethod
    def sent_mails(subject: str) -> str:
        """Sorted set of transcripts mailed out of one conversation, from one address or to one mailbox; the last day counts."""
        return f"sent_mails:{{{subject}}}"

    # -- one call; `call` is a digest of its CallSid ----------------------------------------------------------------
    @staticmethod
    def call(call: str) -> str:
        """String, sealed: ivr.call.Call."""
        return f"call:{{{call}}}"

    @staticmethod
    def ended_call(call: str) -> str:
        """String: the caller has hung up; what is still asked in its name is refused."""
        return f"ended_call:{{{call}}}"

    @staticmethod
    def said_to_call(call: str, request: str) -> str:
        """String, sealed: the TwiML one request got, by its step or by the digest of its idempotency token: ivr.replay."""
        return f"said_to_call:{{{call}}}:{request}"

    @staticmethod
    def call_step(call: str, request: str) -> str:
        """String: somebody works on the TwiML of this step right now."""
        return f"call_step:{{{call}}}:{request}"

    # -- everybody --------------------------------------------------------------------------------------------------
    @staticmethod
    def bell() -> str:
        """Channel (pub/sub) that rings with a conversation's id when its transcript or its state changed. A doorbell: the record is the stream."""
        return "bell"

    @staticmethod
    def pending_inboxes() -> str:
        """Sorted set of conversations with an unanswered utterance, scored by when the last one came."""
        return "inboxes:pending"

    @staticmethod
    def owed_outcomes() -> str:
        """Sorted set of keys of operations whose outcome a customer was promised to hear, scored by when."""
        return "outcomes:owed"

    @staticmethod
    def turns_in_flight() -> str:
        """Sorted set of running turns, scored by when each is given up for dead."""
        return "turns:in_flight"

    @staticmethod
    def events() -> str:
        """Stream of everything that happens: core.events."""
        return "events"

    @staticmethod
    def carrier_cache(name: str) -> str:
        """String: an answer of the operator, a few seconds old; `name` is a digest."""
        return f"carrier:cache:{name}"

    @staticmethod
    def carrier_flight(name: str) -> str:
        """String: somebody is asking the operator for this right now."""
        return f"carrier:flight:{name}"

    @staticmethod
    def carrier_tokens(subject: str) -> str:
        """Hash: token bucket of one customer or one API."""
        return f"carrier:tokens:{subject}"

    @staticmethod
    def quota(kind: str, subject: str) -> str:
        """Hash: token bucket of one conversation or address (a digest) at a door."""
        return f"quota:{kind}:{{{subject}}}"

    @staticmethod
    def probe() -> str:
        """String: written by /readyz to see that writes work."""
        return "probe"
