"""What can go wrong about who is talking and what was promised.

CustomersError
├── TokenInvalid            a conversation token that we did not make, or for something else
│   └── TokenExpired        ours, but too old: ask for a new one
├── CustomerTokenInvalid    an integrator's customer token that does not sign anybody in
├── AlreadyRated            this episode of the conversation was rated before
├── TranscriptBusy          too many writers at once; nothing was written
├── AttachmentRefused       a file of a type we do not take, or not what it is said to be
├── AttachmentTooLarge      a file of too many bytes or pixels
├── NotStored               a file that found no room on the disk; nothing of it is left
├── AllowanceSpent          more files or mails than one conversation, address or mailbox may have in a day
└── JournalError
    ├── KeyTaken            the idempotency key stands for another operation
    ├── NoSuchRow           nothing is journaled under this key
    ├── WrongEdge           the state machine does not go that way
    └── DayLimitReached     the operation would pass the customer's limit of the day; nothing was journaled
"""

from core.errors import CarelineError


class CustomersError(CarelineError):
    """Root of this branch."""

    code = "customers_error"


class TokenInvalid(CustomersError):
    """Not a conversation token of ours."""

    code = "token_invalid"


class TokenExpired(TokenInvalid):
    """A conversation token past its time."""

    code = "token_expired"


class CustomerTokenInvalid(CustomersError):
    """An integrator's customer token that is unsigned, foreign, too old, too long-lived or without a customer."""

    code = "customer_token_invalid"


class AlreadyRated(CustomersError):
    """A rating stands already; it is not changed."""

    code = "already_rated"


class TranscriptBusy(CustomersError):
    """The entry found no place among many writers."""

    code = "transcript_busy"


class AttachmentRefused(CustomersError):
    """The declared type is not taken, the bytes are of another one, or they cannot be read."""

    code = "attachment_refused"


class AttachmentTooLarge(CustomersError):
    """Too many bytes, or too many pixels."""

    code = "attachment_too_large"


class NotStored(CustomersError):
    """The disk is full or failed; nothing was kept."""

    code = "not_stored"


class AllowanceSpent(CustomersError):
    """The day's allowance is used up. `seconds`: until some of it is free again."""

    code = "allowance_spent"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"free again in {seconds} s")
        self.seconds = seconds


class JournalError(CustomersError):
    """Root of the journal's refusals."""

    code = "journal_error"


class KeyTaken(JournalError):
    """The key was used for another operation or other values."""

    code = "key_taken"


class NoSuchRow(JournalError):
    """No row has this key."""

    code = "no_such_row"


class WrongEdge(JournalError):
    """A change of state that does not exist."""

    code = "wrong_edge"


class DayLimitReached(JournalError):
    """Over the limit of the day. `spent_fen` is what counts already."""

    code = "day_limit_reached"

    def __init__(self, spent_fen: int) -> None:
        super().__init__(f"already {spent_fen} fen today")
        self.spent_fen = spent_fen
