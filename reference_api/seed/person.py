"""One customer as the seed thinks of them, before any row is written."""

from dataclasses import dataclass, field
from datetime import datetime

from .catalogue import Offering
from .places import PROVINCES, Place


@dataclass(frozen=True)
class Home:
    """Where somebody lives."""

    place: Place
    house_zh: str
    house_en: str

    @property
    def province(self) -> str:
        """The province; a city like Beijing is its own."""
        return PROVINCES.get(self.place.city_zh, self.place.city_zh)

    @property
    def text_zh(self) -> str:
        """As one writes it on a parcel in Chinese."""
        place = self.place
        province = "" if self.province == place.city_zh else self.province
        return f"{province}{place.city_zh}{place.district_zh}{place.road_zh}{self.house_zh}"

    @property
    def text_en(self) -> str:
        """As one writes it on a parcel in English."""
        return f"{self.house_en}, {self.place.road_en}, {self.place.district_en}, {self.place.city_en}"


@dataclass(frozen=True)
class Pack:
    """A pack and when it was bought."""

    offering: Offering
    bought_at: datetime


@dataclass
class Month:
    """What a customer did in one month; volumes in MB, minutes and pieces."""

    month: str
    data_mb: int = 0
    voice_min: int = 0
    sms: int = 0
    roaming_days: int = 0
    """Days abroad without a roaming pack."""
    roaming_mb: int = 0
    roaming_place: tuple[str, str] = ("", "")
    packs: list[Offering] = field(default_factory=list)
    services: list[Offering] = field(default_factory=list)
    one_off: list[Offering] = field(default_factory=list)
    """Services tried for one month only."""


@dataclass
class Person:
    """Who they are and what they have now."""

    id: str
    name: str
    family_name: str
    language: str
    tier: str
    msisdn: str
    pin: str
    balance_fen: int
    since: datetime
    plan: Offering
    home: Home
    pool: bool = False
    line_status: str = "active"
    other_numbers: list[str] = field(default_factory=list)
    packs: list[Pack] = field(default_factory=list)
    services: list[Offering] = field(default_factory=list)
    second_line: str = ""
    """A family member's number on the same account; empty for most."""
    broadband: Offering | None = None
    broadband_status: str = "active"

    def home_text(self) -> str:
        """The address in the customer's own language."""
        return self.home.text_en if self.language == "en" else self.home.text_zh
