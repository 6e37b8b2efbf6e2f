"""Words the recogniser is told to expect: the names of what can be bought, where one of them is asked for."""

from carrier.errors import CarrierError
from carrier.operator import Catalogue
from customers.conversation import Language

CATEGORIES = {"new_plan": ("plan",), "data_pack": ("dataPack", "voicePack", "roamingPack")}  # by the name of the value asked for


class Hints:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def of(self, asked: str | None, language: Language) -> tuple[str, ...]:
        """Names first, then what people call them. None where nothing is asked by name, or the operator does not tell."""
        try:
            offered = [one for category in CATEGORIES.get(asked or "", ()) for one in self._catalogue.offerings(category).value]
        except CarrierError:
            return ()
        names = [one.names.in_(language) for one in offered]
        return (*names, *(word for one in offered for word in one.nicknames if word.isascii() == (language == "en")))
