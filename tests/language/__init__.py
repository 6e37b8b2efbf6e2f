"""Tests of language/: they run on Python 3.10 with the bot's packages and in the main environment."""
