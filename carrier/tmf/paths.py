"""Ids in paths."""

import re

from carrier.errors import NotFound

_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,119}")


def segment(identifier: str) -> str:
    """An id as a path segment. NotFound for what can be no id: it must never change which resource is asked."""
    if not _ID.fullmatch(identifier):
        raise NotFound("notFound", "not an id")
    return identifier
