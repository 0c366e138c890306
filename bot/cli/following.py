"""From an order to its end on the command line, whatever way the host has to tell how far it is."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import sys
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from typing import Final, Protocol, runtime_checkable

from bot.cli.wanting import option_of, plainly
from bot.errors import EngineSaid, HostError, InvalidInput, InvalidOption, PredictionFailed, PromptRefused
from bot.jobs.ports import Host
from bot.jobs.records import Source
from bot.protocol.engine import EngineInput
from bot.protocol.runs import FailureCause, Run
from bot.settings import Settings
from bot.ui.words import say
from bot.web.listener import Listener, listening

_FIRST_PAUSE_S: Final = 0.25
_LONGEST_PAUSE_S: Final = 5.0
_GOODBYE_S: Final = 5.0
"""How long an interrupted command waits for the host's answer, to be able to stop what it ordered."""
_REFUSED_FIELD = re.compile(r"- input\.([a-z_]+)\S*: (.+)")


@runtime_checkable
class Follows(Protocol):
    """A host that knows itself how a run is followed."""

    def follow(self, run: Run) -> AsyncGenerator[Run]:
        """The run whenever it moved, up to its end."""
        ...


async def made_by(
    host: Host, wanted: EngineInput, settings: Settings, *, source: Source | None = None
) -> Run:
    """Order it and wait for it. Raises as :func:`until_made`, and ``HostError`` as the host's ``create``."""
    async with listening(settings, host) as listener:
        webhook = None if listener is None else listener.address
        ordered = host.create(wanted, reference=secrets.token_hex(16), webhook=webhook, source=source)
        return await until_made(host, ordered, listener)


async def until_made(host: Host, ordered: Awaitable[Run], listener: Listener | None = None) -> Run:
    """Follow an order to its end; Ctrl-C cancels it at the host as well.

    Raises:
        InvalidOption: the host refuses a field.
        PromptRefused: it makes nothing of these words.
        EngineSaid: our engine failed, and says why.
        PredictionFailed: another host failed.
    """
    asked = asyncio.ensure_future(ordered)
    try:
        run = await asyncio.shield(asked)
        async with aclosing(_news(host, run, listener)) as news:
            async for run in news:
                _draw(run.progress or 0.0)
    except asyncio.CancelledError:
        await _stop(host, asked)
        raise
    except InvalidInput as error:
        raise _refused(error) from error
    _draw(1.0, last=True)
    if run.status == "succeeded":
        return run
    if run.cause is FailureCause.PROMPT_REFUSED:
        raise PromptRefused(host.name, run.error or "")
    failed = EngineSaid if host.offers.engine_extras and run.error else PredictionFailed
    raise failed(host.name, run.error or run.status)


async def _news(host: Host, run: Run, listener: Listener | None) -> AsyncGenerator[Run]:
    yield run
    if run.ended:
        return
    if listener is None and isinstance(host, Follows):
        async with aclosing(host.follow(run)) as news:
            async for each in news:
                yield each
        return
    pause_s = _FIRST_PAUSE_S
    while not run.ended:
        run = await _next(host, run, listener, pause_s)
        pause_s = min(_LONGEST_PAUSE_S, pause_s * 1.5)
        yield run


async def _next(host: Host, run: Run, listener: Listener | None, pause_s: float) -> Run:
    """What was told within the pause, else what the host says when it is asked."""
    if listener is None:
        await asyncio.sleep(pause_s)
        return await host.get(run.id)
    try:
        async with asyncio.timeout(_LONGEST_PAUSE_S):
            told = await listener.news.get()
    except TimeoutError:
        return await host.get(run.id)  # it may at least say that nothing will come any more
    return told if told.id == run.id else run


async def _stop(host: Host, asked: asyncio.Future[Run]) -> None:
    """Nothing shall go on running that nobody waits for."""
    if not host.offers.cancels:
        sys.stderr.write(say("cli.not_stopped", host=host.name) + "\n")
    with contextlib.suppress(HostError, TimeoutError):
        run = await asyncio.wait_for(asked, _GOODBYE_S)
        await host.cancel(run.id)


def _refused(error: InvalidInput) -> InvalidInput | InvalidOption:
    """A refused field by the option that it was given with, where the host named one."""
    found = _REFUSED_FIELD.search(error.detail)
    if found is not None:
        return InvalidOption(option_of(found[1]), "told", told=plainly(found[2]))
    return InvalidOption(option_of(error.field), "told", told=plainly(error.detail)) if error.field else error


def _draw(progress: float, *, last: bool = False) -> None:
    """A bar on a terminal, nothing elsewhere."""
    if sys.stderr.isatty():
        full = round(progress * 30)
        end = "\n" if last else ""
        sys.stderr.write(f"\r[{'#' * full}{'.' * (30 - full)}] {progress:4.0%}{end}")
        sys.stderr.flush()
