"""What can go wrong between a customer and a person.

CarelineError
└── HandoffError
    ├── NotOwner         the conversation is not this agent's (any more)
    ├── OwnedByOther     another agent has taken the conversation over
    └── NothingToOwn     there is no such conversation, or it was forgotten
"""

from core.errors import CarelineError


class HandoffError(CarelineError):
    """Root of this branch."""

    code = "handoff_error"


class NotOwner(HandoffError):
    """The conversation is not this agent's, or no longer."""

    code = "not_owner"


class OwnedByOther(HandoffError):
    """Another agent has it; that one gives it back first."""

    code = "owned_by_other"


class NothingToOwn(HandoffError):
    """No such conversation."""

    code = "nothing_to_own"
