"""Small real files, as a customer may send them."""

import io

from PIL import Image


def _picture() -> bytes:
    """A PNG of 64 by 48 pixels."""
    held = io.BytesIO()
    Image.new("RGB", (64, 48), (13, 107, 94)).save(held, "PNG")
    return held.getvalue()


PICTURE = _picture()
