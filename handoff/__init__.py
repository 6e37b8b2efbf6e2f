"""From bot to person and back: who owns a conversation, and what a person says in it."""
