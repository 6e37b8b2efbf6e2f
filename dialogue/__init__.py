"""The one way to an answer: take_turn (turn.py)."""
