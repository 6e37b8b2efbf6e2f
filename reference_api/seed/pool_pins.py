"""The PINs of customers that tests may take: computed from the id whenever needed, stored nowhere."""

import hashlib
import hmac

SEED_KEY = b"careline reference seed 1"


def pool_pin(customer_id: str) -> str:
    """Six digits, always the same for an id. Never one of the PINs people guess first (six equal digits, 123456, 654321)."""
    for attempt in range(16):
        digest = hmac.new(SEED_KEY, f"{customer_id}:{attempt}".encode(), hashlib.sha256).digest()
        pin = f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"
        if len(set(pin)) > 1 and pin not in ("123456", "654321"):
            return pin
    raise ValueError(f"no PIN for {customer_id}")
