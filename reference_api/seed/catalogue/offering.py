"""What one line of the catalogue says. The other files of this folder only fill it in."""

from dataclasses import dataclass

GB = 1024  # MB in a gigabyte, as the operator counts


@dataclass(frozen=True)
class Offering:
    """One thing for sale. Money is integer fen, data MB, voice minutes, sms pieces."""

    id: str
    category: str
    """plan, dataPack, voicePack, roamingPack, broadband, phone, accessory or giftCard."""
    name_zh: str
    name_en: str
    price_fen: int
    charge: str
    """month, day or once: how often the price is due."""
    text_zh: str
    text_en: str
    words_zh: tuple[str, ...]
    """What customers call it in Chinese, beside its name."""
    words_en: tuple[str, ...]
    data_mb: int = 0
    voice_min: int = 0
    sms: int = 0
    speed_mbps: int = 0
    valid_days: int = 0
    """How long a pack lasts from the day it is bought; 0 = until cancelled."""
    stock: int | None = None
    """Pieces in the warehouse; None for what cannot run out."""
    sellable: bool = True
    tiers: tuple[str, ...] = ()
    """Which customers may have it; empty for all."""


Words = tuple[tuple[str, ...], tuple[str, ...]]
"""What people call something: in Chinese, in English."""
