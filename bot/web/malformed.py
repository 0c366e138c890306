"""Requests that are no HTTP: aiohttp answers 400 before any handler sees them, and the log a line."""

from __future__ import annotations

import logging
from typing import Final

from aiohttp.http_exceptions import HttpProcessingError

HTTP_LOG: Final = logging.getLogger("riffcord.http")
"""Each ``AppRunner``'s ``logger``: a caller's mistake is no error of ours, with a traceback."""


def _in_a_line(record: logging.LogRecord) -> bool:
    fault = record.exc_info[1] if record.exc_info else None
    if isinstance(fault, HttpProcessingError):
        record.msg, record.args = (
            "A malformed request was refused: %s",
            (fault.message.strip().partition("\n")[0],),
        )
        record.exc_info = None
        record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
    return True


HTTP_LOG.addFilter(_in_a_line)
