"""Pictures made anew: upright, of a bounded size, and without anything but the pixels.

What a camera or an editor wrote beside them (place, device, owner, comments, previews, profiles) stays behind, and so does whatever
somebody hid in the file. Of an animation the first picture is kept.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from customers.errors import AttachmentRefused, AttachmentTooLarge

PIXELS_MOST = 40_000_000  # a good phone's camera; unpacked that is 120 MB for a moment
LONG_SIDE = 4096  # pixels; a bill or a screen can be read at half of it
READERS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
WRITTEN = {"image/jpeg": "image/jpeg", "image/png": "image/png", "image/webp": "image/webp", "image/gif": "image/png"}
QUALITY = 88  # of 100: no difference to be seen, a third of the size
ORIENTATION = 0x0112  # the EXIF tag
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Picture:
    """`mime` may differ from what came: a GIF becomes a PNG, and a picture too large as a PNG becomes a JPEG."""

    data: bytes
    mime: str
    width: int
    height: int


def made_anew(mime: str, data: bytes, most_bytes: int) -> Picture:
    """The picture in `data`, fit to be kept and shown. Seconds of CPU: for a real thread. Raises AttachmentRefused, AttachmentTooLarge."""
    try:
        return _written(_pixels(mime, data), WRITTEN[mime], most_bytes)
    except AttachmentTooLarge:
        raise
    except Image.DecompressionBombError:
        raise AttachmentTooLarge("the picture has too many pixels") from None
    except MemoryError:
        raise AttachmentTooLarge("the picture is too large") from None
    except Exception as error:  # decoders raise whatever a broken file leads them to
        raise AttachmentRefused(f"the picture cannot be read: {type(error).__name__}") from error


def _pixels(mime: str, data: bytes) -> Image.Image:
    """Nothing is unpacked before the size in the head is known."""
    with Image.open(io.BytesIO(data), formats=[READERS[mime]]) as opened:
        width, height = opened.size
        if width * height > PIXELS_MOST:
            raise AttachmentTooLarge(f"the picture has more than {PIXELS_MOST // 1_000_000} megapixels")
        opened.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a large JPEG is unpacked at a half or a quarter of its size
        opened.load()
        see_through = mime != "image/jpeg" and ("A" in opened.getbands() or "transparency" in opened.info)
        pixels = opened.convert("RGBA" if see_through else "RGB")
        turn = _turn_of(opened)
    pixels.thumbnail((LONG_SIDE, LONG_SIDE))
    return pixels if turn is None else pixels.transpose(turn)


def _turn_of(opened: Image.Image) -> Image.Transpose | None:
    """How the camera was held. What cannot be read is taken as upright: the pixels are fine."""
    try:
        return TURNS.get(opened.getexif().get(ORIENTATION, 1))
    except Exception:  # metadata is as broken as somebody made it
        return None


def _written(pixels: Image.Image, mime: str, most_bytes: int) -> Picture:
    pixels.info.clear()  # writers would copy profiles and comments from here
    data = _encoded(pixels, mime)
    if len(data) > most_bytes and mime != "image/jpeg":
        mime = "image/jpeg"
        data = _encoded(_on_white(pixels), mime)
    if len(data) > most_bytes:
        raise AttachmentTooLarge("the picture is too large")
    return Picture(data, mime, *pixels.size)


def _encoded(pixels: Image.Image, mime: str) -> bytes:
    out = io.BytesIO()
    match mime:
        case "image/jpeg":
            pixels.save(out, "JPEG", quality=QUALITY)
        case "image/webp":
            pixels.save(out, "WEBP", quality=QUALITY, method=2)
        case _:
            pixels.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _on_white(pixels: Image.Image) -> Image.Image:
    if pixels.mode == "RGB":
        return pixels
    page = Image.new("RGB", pixels.size, "white")
    page.paste(pixels, mask=pixels.getchannel("A"))
    return page
