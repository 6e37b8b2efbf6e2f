"""What the bot does: one module per topic of data/. Actions read slots, make a call, return events; the words live in responses.yml."""
