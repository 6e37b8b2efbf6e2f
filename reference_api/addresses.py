"""Finds the road somebody means in what they wrote or said: 朝阳区建国路88号, or No. 88 Jianguo Road, Beijing."""

import re
import sqlite3
import unicodedata
from dataclasses import dataclass

from reference_api.answers import Json, one, select

NOISE = re.compile(r"[\s,，。.、;；()（）'’\"-]+")


@dataclass(frozen=True)
class Found:
    """What an address text led to: no road, one, or several in different places. `house` is what stands after the road."""

    roads: list[sqlite3.Row]
    house: str

    @property
    def road(self) -> sqlite3.Row | None:
        """The one road, if it is one."""
        return self.roads[0] if len(self.roads) == 1 else None


def find(connection: sqlite3.Connection, text: str) -> Found:
    """Roads of the map named in `text`, narrowed by the city and district it names. Chinese or English."""
    squeezed = _squeeze(text)
    roads = select(connection, "SELECT * FROM addresses WHERE customer_id IS NULL ORDER BY id")
    named = [(row, name) for row in roads for name in _road_names(row) if _squeeze(name) in squeezed]
    longest = max((len(_squeeze(name)) for _, name in named), default=0)
    named = [(row, name) for row, name in named if len(_squeeze(name)) == longest]
    rows = _narrow([row for row, _ in named], squeezed)
    return Found(rows, _house(text, {name for _, name in named}))


def by_id(connection: sqlite3.Connection, address_id: str) -> sqlite3.Row | None:
    """The address or road with this id."""
    return one(connection, "SELECT * FROM addresses WHERE id = ?", address_id)


def place_of(row: sqlite3.Row, house: str = "") -> Json:
    """An address as the standard's place; both languages."""
    number = row["house"] or house
    return {
        "id": row["id"],
        "name": row["text_zh"]
        if row["house"]
        else row["text_zh"] + (number if not number.isascii() or number.isdigit() else f" {number}"),
        "name_en": row["text_en"] if row["house"] or not number else f"{number}, {row['text_en']}",
        "role": "installation address",
        "province": row["province"],
        "city": row["city"],
        "district": row["district"],
        "street": row["street"],
        "house": number,
        "@type": "GeographicAddress",
    }


def _road_names(row: sqlite3.Row) -> tuple[str, str]:
    return row["street"], row["text_en"].split(",")[0]


def _narrow(rows: list[sqlite3.Row], squeezed: str) -> list[sqlite3.Row]:
    """Rows whose city or district the text names; all of them where it names neither."""
    for position in (2, 1):  # text_en is road, district, city: the city decides first
        kept = [row for row in rows if _names_part(row, position, squeezed)]
        rows = kept or rows
    return rows


def _names_part(row: sqlite3.Row, position: int, squeezed: str) -> bool:
    chinese = row["city"] if position == 2 else row["district"]
    english = row["text_en"].split(",")[position]
    return chinese[:-1] in squeezed or _squeeze(english) in squeezed


def _house(text: str, names: set[str]) -> str:
    """What follows the road's name, or the number before it in English; at most 60 characters."""
    folded = unicodedata.normalize("NFKC", text)
    for name in names:
        before, found, after = folded.partition(name)
        if found and name.isascii():
            return before.strip(" ,")[-60:] or after.strip(" ,")[:60]
        if found:
            return after.strip(" ,，。")[:60]
    return ""


def _squeeze(text: str) -> str:
    return NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()
