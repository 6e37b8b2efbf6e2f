"""Ids of seeded rows: drawn from the seed's own random source, so the same build gives the same ids."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from .times import CHINA

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
UNAMBIGUOUS = "ABCDEFGHJKMNPQRTUVWXY346789"  # no 0/O, 1/I/L, 2/Z, 5/S: order numbers are read out on the phone
MOBILE_PREFIXES = ("130", "131", "133", "135", "136", "150", "151", "157", "158", "176", "181", "182", "185", "186", "187", "188")


MAX_DRAWS = 100  # a draw meets a taken value once in millions


class Ids:
    """Hands out ids and numbers, none of them twice."""

    def __init__(self, random: Random, taken: set[str]) -> None:
        """`taken` holds what must never be handed out (the demo customers' numbers)."""
        self._random = random
        self._given = set(taken)

    def plain(self, prefix: str, length: int = 10) -> str:
        """A prefix and base32 characters: CXXXXXXXXXX, TU..., PY..."""
        return self._fresh(lambda: prefix + "".join(self._random.choices(BASE32, k=length)))

    def order(self, at: datetime) -> str:
        """DD, the day in China, six unambiguous characters."""
        day = at.astimezone(CHINA).strftime("%Y%m%d")
        return self._fresh(lambda: f"DD{day}" + "".join(self._random.choices(UNAMBIGUOUS, k=6)))

    def msisdn(self) -> str:
        """A mainland mobile number, +861xxxxxxxxxx."""
        return self._fresh(lambda: f"+86{self._random.choice(MOBILE_PREFIXES)}{self._random.randrange(10**8):08d}")

    def tracking(self, letters: str) -> str:
        """A parcel's number: two letters and twelve digits."""
        return self._fresh(lambda: f"{letters}{self._random.randrange(10**12):012d}")

    def salt(self) -> str:
        """Sixteen random bytes in hex."""
        return f"{self._random.getrandbits(128):032x}"

    def _fresh(self, draw: Callable[[], str]) -> str:
        for _ in range(MAX_DRAWS):
            value = draw()
            if value not in self._given:
                self._given.add(value)
                return value
        raise RuntimeError("ids of this shape have run out")
