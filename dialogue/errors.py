"""What can go wrong between a customer's words and an answer.

CarelineError
└── DialogueError
    ├── BotDown          the bot could not be reached; it never saw the words
    ├── BotFailed        the bot saw the words and gave no answer that can be told (late, 500, broken off)
    ├── InboxFull        a conversation, or this process, has more waiting than it may
    ├── ConversationGone the conversation was forgotten while something waited in its inbox
    ├── OwnerChanged     a person took the conversation over, or gave it back, while the turn was worked on; nothing was recorded
    └── LeaseLost        another process works on this conversation now; what this one did must not be kept
"""

from core.errors import CarelineError


class DialogueError(CarelineError):
    code = "dialogue_error"


class BotDown(DialogueError):
    code = "bot_down"


class BotFailed(DialogueError):
    code = "bot_failed"


class InboxFull(DialogueError):
    code = "inbox_full"


class ConversationGone(DialogueError):
    code = "conversation_gone"


class OwnerChanged(DialogueError):
    code = "owner_changed"


class LeaseLost(DialogueError):
    code = "lease_lost"
