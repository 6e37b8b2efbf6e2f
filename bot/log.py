"""The bot's log lines, masked: numbers, codes and mail addresses never reach a file in clear."""

import logging

from language.mask import mask


class MaskingFilter(logging.Filter):
    """Rewrites a record before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), ()
        if record.exc_info and record.exc_info[1] is not None:
            record.msg += f" ({record.exc_info[0].__name__ if record.exc_info[0] else ''})"
            record.exc_info, record.exc_text = None, None
        return True


def mask_everything() -> None:
    """Put the filter on every handler of the root logger, and raise the chatty libraries to warnings."""
    for handler in logging.getLogger().handlers:
        if not any(isinstance(f, MaskingFilter) for f in handler.filters):
            handler.addFilter(MaskingFilter())
    for name in ("rasa", "sanic.root", "sanic.access", "matplotlib", "apscheduler"):
        logging.getLogger(name).setLevel(logging.WARNING)
