"""After an order was accepted: it stands, whatever becomes of the words about it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import aiohttp
import discord
import structlog

from bot.errors import RemoteError
from bot.jobs.records import Job

_log = structlog.get_logger(__name__)


@contextlib.contextmanager
def ordered_already(job: Job) -> Iterator[None]:
    """What fails in here is logged and told to nobody: no sentence about an error would be true of the order.

    The machine shows a card of its own where this one was not noted.
    """
    try:
        yield
    except (RemoteError, discord.HTTPException, aiohttp.ClientError, OSError) as error:
        _log.warning("order.card_not_shown", job=job.id, error=repr(error))
    except Exception as error:
        _log.error("order.card_not_noted", job=job.id, exc_info=error)
