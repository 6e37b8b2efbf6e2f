"""Which files customers may send, and whether the bytes are what their sender says they are.

The declared type and the first bytes must agree. A file that could also be read as a page, a script or an archive (a polyglot) is
refused: pictures are made anew anyway (customers/pictures.py), documents and voice are kept as they came.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from customers.errors import AttachmentRefused

Kind = Literal["image", "file", "voice"]

HEAD = 1024  # bytes in which readers look for what a file is
TAIL = 66_000  # bytes in which archive readers look for the end of an archive
BRANDS = frozenset({b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"dash"})
MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|img|\?xml|\?php)", re.I)
ACTIVE_PDF = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia|SubmitForm)\b")


@dataclass(frozen=True)
class FileType:
    """`mime` as it is served, `endings` that fit it (the first is added where none does), `fits` looks at the bytes."""

    mime: str
    kind: Kind
    endings: tuple[str, ...]
    fits: Callable[[bytes], bool]


def _is_pdf(data: bytes) -> bool:
    """A whole document with nothing after its end, and nothing in it that acts by itself."""
    end = data.rfind(b"%%EOF")
    return data.startswith(b"%PDF-") and end > 0 and not data[end + 5 :].strip(b"\r\n \0") and not ACTIVE_PDF.search(data)


def _is_mpeg(data: bytes) -> bool:
    """An ID3 tag, or the head of an MPEG audio frame: 11 bits of sync, no reserved layer, bit rate or sample rate."""
    if data.startswith(b"ID3"):
        return True
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    return bool(data[1] & 0x06) and data[2] & 0xF0 != 0xF0 and data[2] & 0x0C != 0x0C


def _is_ogg_audio(data: bytes) -> bool:
    return data.startswith(b"OggS") and any(
        codec in data[:HEAD] for codec in (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")
    )


TYPES: tuple[FileType, ...] = (
    FileType("image/jpeg", "image", (".jpg", ".jpeg"), lambda data: data.startswith(b"\xff\xd8\xff")),
    FileType("image/png", "image", (".png",), lambda data: data.startswith(b"\x89PNG\r\n\x1a\n")),
    FileType("image/webp", "image", (".webp",), lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP"),
    FileType("image/gif", "image", (".gif",), lambda data: data.startswith((b"GIF87a", b"GIF89a"))),
    FileType("application/pdf", "file", (".pdf",), _is_pdf),
    FileType(
        "audio/webm", "voice", (".webm", ".weba"), lambda data: data.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in data[:64]
    ),
    FileType("audio/ogg", "voice", (".ogg", ".oga", ".opus"), _is_ogg_audio),
    FileType("audio/mp4", "voice", (".m4a", ".mp4"), lambda data: data[4:8] == b"ftyp" and data[8:12] in BRANDS),
    FileType("audio/mpeg", "voice", (".mp3",), _is_mpeg),
    FileType("audio/wav", "voice", (".wav",), lambda data: data.startswith(b"RIFF") and data[8:12] == b"WAVE"),
)
BY_MIME = {known.mime: known for known in TYPES}
OTHER_NAMES = {  # the same types as some browsers call them
    "image/jpg": "image/jpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
}


def file_type(declared: str, data: bytes) -> FileType:
    """The type of these bytes. `declared`: the media type their sender gave, without parameters. Raises AttachmentRefused."""
    mime = declared.strip().lower()
    known = BY_MIME.get(OTHER_NAMES.get(mime, mime))
    if known is None:
        raise AttachmentRefused("this type of file is not taken")
    if not known.fits(data):
        raise AttachmentRefused("the file is not of the type it is said to be")
    if known.kind != "image" and _is_something_else_too(known, data):
        raise AttachmentRefused("the file could be read as something else")
    return known


def _is_something_else_too(known: FileType, data: bytes) -> bool:
    head = data[:HEAD]
    if MARKUP.search(head) or b"PK\x05\x06" in data[-TAIL:]:
        return True
    return known.mime != "application/pdf" and b"%PDF-" in head
