"""Structured logs on standard error: one line an event, job ids as fields, secrets masked."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from typing import Any

import structlog
from pydantic import SecretStr

from bot.settings import Settings

_MASK = "[secret]"


class Redactor:
    """Masks every configured secret wherever it turns up in a finished log line."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # Shorter strings would mask half the line; no real token is that short.
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 8}, key=len, reverse=True)

    def __call__(self, line: str) -> str:
        """The line with each secret replaced."""
        for secret in self._secrets:
            line = line.replace(secret, _MASK)
        return line


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self, redact: Redactor, **options: Any) -> None:
        super().__init__(**options)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


def secrets_of(settings: Settings) -> list[str]:
    """Every secret value in the settings."""
    records = (settings, *settings.named_hosts)
    values = [value for record in records for _, value in record if isinstance(value, SecretStr)]
    return [part.strip() for value in values for part in value.get_secret_value().split(",")]


def configure(settings: Settings, *, process: str) -> None:
    """Send structlog and the standard library's logging to standard error in one form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    renderer: Any
    if settings.log_format == "json":
        last: list[Any] = [structlog.processors.format_exc_info]
        renderer = structlog.processors.JSONRenderer()
    else:
        last = []
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _RedactingFormatter(
            Redactor(secrets_of(settings)),
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for chatty in ("discord", "aiohttp", "aiosqlite", "sqlalchemy", "asyncio", "PIL", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    if process == "room":
        # It holds a discord.Client that never connects; warnings about its intents and voice concern nobody.
        logging.getLogger("discord").setLevel(logging.ERROR)
    structlog.contextvars.bind_contextvars(process=process)
