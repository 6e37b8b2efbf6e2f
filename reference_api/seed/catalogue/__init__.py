"""The catalogue: everything the stand-in operator sells, in both languages."""

from .goods import ACCESSORIES, GIFT_CARDS, PHONES
from .offering import Offering
from .packs import BROADBAND, DATA_PACKS, ROAMING_PACKS, VOICE_PACKS
from .plans import PLANS
from .services import SERVICES

OFFERINGS: tuple[Offering, ...] = (
    *PLANS,
    *DATA_PACKS,
    *VOICE_PACKS,
    *ROAMING_PACKS,
    *BROADBAND,
    *PHONES,
    *ACCESSORIES,
    *GIFT_CARDS,
    *SERVICES,
)

BY_ID = {offering.id: offering for offering in OFFERINGS}

__all__ = [
    "ACCESSORIES",
    "BROADBAND",
    "BY_ID",
    "DATA_PACKS",
    "GIFT_CARDS",
    "OFFERINGS",
    "PHONES",
    "PLANS",
    "ROAMING_PACKS",
    "SERVICES",
    "VOICE_PACKS",
    "Offering",
]
