"""What is for sale, for pages: GET /api/v1/offerings?category=plan -> {offerings: [...]}, a few of each category, public.

The operator's catalogue is read through carrier's cache, so however many look, the operator is asked once in ten seconds.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from carrier.errors import CarrierError
from carrier.models import Offering
from carrier.operator import Operator
from core.problems import Problem

CATEGORIES = ("plan", "dataPack", "voicePack", "roamingPack", "broadband", "phone", "accessory", "giftCard")
SHOWN_MOST = 12  # of one category; a shop window, not the warehouse
BROWSER_SECONDS = 30  # how long a browser may show what it has; an order is checked by the operator anyway


def blueprint(operator: Operator) -> Blueprint:
    offerings = Blueprint("offerings", __name__)

    @offerings.get("/api/v1/offerings")
    def shown() -> Response:
        category = request.args.get("category", "plan")
        if category not in CATEGORIES:
            raise Problem(400, "bad_field", f"'category' is one of {', '.join(CATEGORIES)}.")
        try:
            found = operator.catalogue.offerings(category).value
        except CarrierError:
            raise Problem(
                503, "operator_unavailable", "The catalogue does not answer; try again shortly.", retry_after=5
            ) from None
        answer = jsonify({"offerings": [_as_json(offering) for offering in found[:SHOWN_MOST]]})
        answer.headers["Cache-Control"] = f"public, max-age={BROWSER_SECONDS}"
        return answer

    return offerings


def _as_json(offering: Offering) -> dict[str, Any]:
    """Money is integer fen; a volume is null where there is none of it."""
    return {
        "id": offering.id,
        "category": offering.category,
        "name": {"zh": offering.names.zh, "en": offering.names.en},
        "price_fen": offering.price_fen,
        "period": offering.period,
        "data_mb": offering.data_mb,
        "voice_min": offering.voice_min,
        "sms": offering.sms,
        "valid_days": offering.validity_days,
        "in_stock": offering.stock is None or offering.stock > 0,
    }
