"""Structured logs on standard error: one line an event, job ids as fields, secrets masked."""

from __future__ import annotations

import logging
import sys
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import structlog
from pydantic import SecretStr

from bot.settings import Settings

_MASK = "[secret]"
_MOST_HIDDEN = 256
"""Each costs a look at every line."""


class Redactor:
    """Masks every configured secret wherever it turns up in a finished log line."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._given = frozenset(filter(_can_be_masked, secrets))
        self._hidden: OrderedDict[str, None] = OrderedDict()
        self._secrets: list[str] = []
        self._sort()

    def hide(self, secret: str) -> None:
        """Mask this one as well from now on; of those that came so, the last :data:`_MOST_HIDDEN`."""
        if not _can_be_masked(secret) or secret in self._hidden:
            return
        self._hidden[secret] = None
        while len(self._hidden) > _MOST_HIDDEN:
            self._hidden.popitem(last=False)
        self._sort()

    def _sort(self) -> None:
        """The longest first: one may hold another."""
        self._secrets = sorted(self._given | self._hidden.keys(), key=len, reverse=True)

    def __call__(self, line: str) -> str:
        """The line with each secret replaced."""
        for secret in self._secrets:
            line = line.replace(secret, _MASK)
        return line


def _can_be_masked(secret: str) -> bool:
    """Shorter strings would mask half the line; no real token is that short."""
    return len(secret) >= 8


_redactors: list[Redactor] = []
"""Those of the handlers that stand."""


def hide(secret: str) -> None:
    """Keep a secret that no setting holds, such as a member's own key, out of this process's logs."""
    for redactor in _redactors:
        redactor.hide(secret)


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
    _redactors[:] = [Redactor(secrets_of(settings))]
    handler.setFormatter(
        _RedactingFormatter(
            _redactors[0],
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
