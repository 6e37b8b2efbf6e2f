"""What a shop's own server would do, for the demo shop: it vouches for the customer who is signed in there.

POST /api/v1/demo/customer_token {number} -> {customer_token}, in demo mode only, and for the demo customers only.
An integrator's server makes the same token from its own key (README); a browser never sees that key.
"""

from flask import Blueprint, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import OctKey

from core.clock import Clock, SystemClock
from core.problems import Problem
from core.settings import Settings
from customers.demo import DEMO_CUSTOMERS
from webchat.quotas import Quotas
from webchat.reading import read_json, text_field

DEMO_NUMBERS = frozenset(customer.number for customer in DEMO_CUSTOMERS)
LIFE_SECONDS = 120  # long enough to be handed over; five minutes would be the most
NUMBER_MOST = 32  # bytes


def blueprint(settings: Settings, quotas: Quotas, clock: Clock | None = None) -> Blueprint:
    demo = Blueprint("demo", __name__)
    clock = clock or SystemClock()

    @demo.post("/api/v1/demo/customer_token")
    def customer_token() -> Response:
        if not settings.is_demo:
            raise Problem(403, "not_in_demo", "Demo sign-ins are switched off.")
        quotas.take("conversation", request.remote_addr or "unknown")
        number = text_field(read_json(request), "number", most=NUMBER_MOST)
        if number not in DEMO_NUMBERS:
            raise Problem(400, "bad_field", "Not a demo customer.")
        now = int(clock.now().timestamp())
        answer = jsonify({"customer_token": vouch(settings.demo_api_key, number, now)})
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return demo


def vouch(key: str, subject: str, now: int) -> str:
    """A customer token under an integrator's key; `now` in seconds since 1970."""
    claims = {"sub": subject, "iat": now, "exp": now + LIFE_SECONDS}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key.encode()))
