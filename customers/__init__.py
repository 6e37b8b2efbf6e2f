"""Who is talking, what was said, and what was promised."""
