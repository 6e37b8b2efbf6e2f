"""A telephone without an account: acts towards our webhooks as Twilio does. The page /phone and the tests use it."""
