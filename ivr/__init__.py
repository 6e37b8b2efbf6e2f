"""The phone line: Twilio's webhooks in, TwiML out. The only package that imports twilio."""
