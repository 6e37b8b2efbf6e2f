"""The front page, health, and the way to the API's documentation."""
