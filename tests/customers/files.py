"""Files that customers send, made in memory: honest ones of every type, and dishonest ones."""

import io
import struct
import zlib

from PIL import Image, PngImagePlugin

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
WEBM = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + b"\0" * 400
OGG = b"OggS\0\x02" + b"\0" * 22 + b"OpusHead\x01\x01" + b"\0" * 300
M4A = b"\0\0\0\x20ftypM4A \0\0\0\0M4A isom" + b"\0" * 300
MP3 = b"\xff\xfb\x90\x64" + b"\0" * 400
WAV = b"RIFF\x2c\x01\0\0WAVEfmt " + b"\0" * 300
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
MAGIC = b"\x89PNG\r\n\x1a\n"


def picture(format: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **more: object) -> bytes:
    """A picture whose upper half is red."""
    made = Image.new(mode, size)
    made.paste("red", (0, 0, size[0], size[1] // 2))
    out = io.BytesIO()
    made.save(out, format, **more)  # type: ignore[arg-type]
    return out.getvalue()


def photo_with_secrets(format: str = "JPEG", orientation: int = 1) -> bytes:
    """A photo that tells where it was taken, with what, of whom; SECRET stands in every place that may hold words."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = exif[0x010F] = exif[0x9286] = "SECRET"
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 20.0), 29: "SECRET"})
    profile = b"\0\0\0\x98SECR" + b"SECRET" * 40
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SECRET</x:xmpmeta>"
    if format == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Comment", "SECRET")
        words.add_itxt("XML:com.adobe.xmp", xmp.decode())
        return picture(format, exif=exif, icc_profile=profile, pnginfo=words)
    if format == "JPEG":
        return picture(format, exif=exif, icc_profile=profile, comment=b"SECRET", xmp=xmp)
    return picture(format, exif=exif, icc_profile=profile, xmp=xmp)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of_size(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG whose head says so, whatever follows."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return MAGIC + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def words_bomb() -> bytes:
    """A small PNG with 300 MB of packed words in it."""
    packed = zlib.compress(b"\0" * 300_000_000, 9)
    whole = picture("PNG")
    cut = len(MAGIC) + 25
    return whole[:cut] + chunk(b"zTXt", b"Comment\0\0" + packed) + whole[cut:]


def pixels_bomb(side: int = 20_000) -> bytes:
    """A PNG of `side` by `side` pixels, a few hundred kilobytes long."""
    return png_of_size(side, side, zlib.compress(b"\0" * (side * 3 + 1), 9))
