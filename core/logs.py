"""Logs: one JSON object a line on standard error, ours and every library's, through one formatter that masks personal data."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from typing import Any, TextIO

import structlog

from language.mask import mask

# Libraries that would put addresses with keys or whole bodies into a line at these levels.
_QUIET = {"urllib3": logging.WARNING, "httpx2": logging.WARNING, "httpcore2": logging.WARNING, "twilio": logging.WARNING}
# Servers with handlers of their own, and lines of theirs that quote what a stranger sent; that it happened is all we keep.
_SERVERS = ("gunicorn.error", "gunicorn.access")
_QUOTING = ("Invalid request", "Error handling request")


class WithoutRequest(logging.Filter):
    """Takes the request out of a server's complaint about it: no mask can tell a PIN in an address from any other number."""

    def filter(self, record: logging.LogRecord) -> bool:
        for begins in _QUOTING:
            if record.getMessage().startswith(begins):
                record.msg, record.args = begins, ()
        return True


class MaskingFormatter(structlog.stdlib.ProcessorFormatter):
    """Renders a record, exception included, and masks the finished line: nothing gets round it."""

    def __init__(self, masked: Callable[[str], str] = mask) -> None:
        super().__init__(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
        self._masked = masked

    def format(self, record: logging.LogRecord) -> str:
        line = self._masked(super().format(record))
        try:
            json.loads(line)
        except ValueError:
            # A bare number was masked, or masking made a quote out of a full-width one.
            return json.dumps({"unparsed": line}, ensure_ascii=False)
        return line


def set_up(level: str = "info", *, stream: TextIO | None = None) -> None:
    """Send everything that is logged in this process through the masking formatter. Call once, first thing in a process."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(MaskingFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _SERVERS:
        server = logging.getLogger(name)
        server.handlers[:], server.filters[:], server.propagate = [], [WithoutRequest()], True
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def get_logger(name: str) -> Any:
    """A logger for key-value lines: `log.info("turn.answered", conversation=id, ms=12)`. Never hand it words of a customer."""
    return structlog.get_logger(name)


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
