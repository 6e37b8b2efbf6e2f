"""A file's name as it may be shown and saved: the last part of what its sender called it, without anything that acts or deceives."""

import re
import unicodedata

from customers.file_types import TYPES, FileType

LONGEST_NAME = 120  # characters, ending included
PLAIN = {"image": "picture", "file": "document", "voice": "voice"}  # where nothing is left of a name
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # controls, bidirectional marks, zero widths, halves of characters
RESERVED = re.compile(r'[<>:"|?*%]')  # means something to shells, file systems or headers
ENDINGS = tuple(ending for known in TYPES for ending in known.endings)


def file_name(given: str, known: FileType) -> str:
    """A name of at most LONGEST_NAME characters whose ending fits the type; never empty, never a path, never hidden."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    name = "".join(char for char in name if unicodedata.category(char) not in HIDDEN)
    name = " ".join(RESERVED.sub("_", name).split()).strip(". ")
    stem, ending = _parted(name, known)
    stem = stem.strip(". ")[: LONGEST_NAME - len(ending)].strip(". ")
    return (stem or PLAIN[known.kind]) + ending


def _parted(name: str, known: FileType) -> tuple[str, str]:
    """The name without its ending, and the ending it gets. One that belongs to another type of ours goes; any other stays in the name."""
    lower = name.lower()
    for ending in ENDINGS:
        if lower.endswith(ending):
            return name[: -len(ending)], ending if ending in known.endings else known.endings[0]
    return name, known.endings[0]
