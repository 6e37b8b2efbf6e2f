"""What the page around the chat tells of itself: where the customer is and what they look at. Shown to people, never an order to the bot."""

from typing import Any

from language.neutralise import visible

TEXTS = ("page", "title", "product", "order")
TEXT_MOST = 200  # characters
CART_MOST = 99


def read(raw: object) -> dict[str, Any]:
    """A checked {page?, title?, product?, order?, cart?}; empty texts are left out. Raises ValueError with a sentence for the page's maker."""
    if not isinstance(raw, dict):
        raise ValueError("'context' must be an object.")
    if unknown := sorted(str(name)[:40] for name in raw if name not in (*TEXTS, "cart")):
        raise ValueError(f"'context' knows {', '.join(TEXTS)} and cart, not {unknown[0]}.")
    texts = {name: _text(name, raw[name]) for name in TEXTS if name in raw}
    cart = {"cart": _cart(raw["cart"])} if "cart" in raw else {}
    return {**{name: text for name, text in texts.items() if text}, **cart}


def merged(known: dict[str, Any], fresh: dict[str, Any] | None) -> dict[str, Any]:
    """What is known of the page now; the newest wins."""
    return {**known, **(fresh or {})}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > TEXT_MOST:
        raise ValueError(f"'context.{name}' must be a string of at most {TEXT_MOST} characters.")
    return visible(value).strip()[:TEXT_MOST]  # an address keeps its slash: this never goes to the bot


def _cart(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= CART_MOST:
        raise ValueError(f"'context.cart' must be a whole number from 0 to {CART_MOST}.")
    return value
