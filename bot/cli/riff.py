"""``python -m bot riff``: one riff from the command line, by the bot's own client, server and audio path."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ExitCode, InvalidOption, PredictionFailed, StartupError
from bot.jobs.order import Order, RiffOptions
from bot.processes import free_port, parse_ready, start_child
from bot.protocol.predictions import Prediction
from bot.providers import PredictionsHost, hosts_from
from bot.settings import Settings
from bot.ui.words import say

if TYPE_CHECKING:
    from bot.audio.export import Report

_SUFFIXES = (".mp3", ".ogg", ".wav", ".flac")
_POLL_S = 0.1
_POLL_ELSEWHERE_S = 1.0
"""A host that is not our own counts our calls."""


async def run(arguments: argparse.Namespace, settings: Settings) -> ExitCode:
    """Make the riff, write audio and picture, tell about them."""
    out: Path = arguments.out
    if out.suffix.lower() not in _SUFFIXES:
        raise InvalidOption("out", "unknown_format", choices=", ".join(_SUFFIXES))
    if not out.parent.is_dir():
        raise InvalidOption("out", "no_folder", folder=str(out.parent))
    order = _order(arguments, settings)
    with tempfile.TemporaryDirectory(prefix="riffcord-") as scratch:
        folder = Path(scratch)
        async with (
            _reachable(settings, order.host, folder) as reachable,
            _host(reachable, order.host) as host,
        ):
            imported = asyncio.create_task(asyncio.to_thread(_import_audio))
            prediction = await _wait(host, order)
            fetched = await host.fetch(prediction, folder)
            await imported
        from bot.audio.export import export_clip

        report = await asyncio.to_thread(export_clip, fetched, order, out)
    sys.stdout.write((_as_json(report) if arguments.json else _in_words(report)) + "\n")
    return ExitCode.OK


def _import_audio() -> None:
    """The codecs take a moment to load: done while the host plays."""
    import_module("bot.audio.export")


def _as_json(report: Report) -> str:
    told = asdict(report)
    return json.dumps(
        {name: str(value) if isinstance(value, Path) else value for name, value in told.items()}
    )


def _in_words(report: Report) -> str:
    """Where it is and how it sounds; what the host did not tell and nobody heard is left out."""
    tempo = None if report.bpm is None else say("cli.tempo", bpm=report.bpm)
    measured = say(
        "cli.sound",
        duration_s=report.duration_s,
        lufs=report.lufs,
        true_peak_db=report.true_peak_db,
    )
    sound = ", ".join(part for part in (tempo, report.key, measured) if part is not None)
    return say("cli.made", audio=report.audio, sound=sound, picture=report.picture)


def _order(arguments: argparse.Namespace, settings: Settings) -> Order:
    options = RiffOptions.checked(
        prompt=arguments.prompt,
        prompt_b=arguments.prompt_b,
        alpha=arguments.alpha,
        denoising=arguments.denoising,
        seed_image=arguments.seed_image,
        steps=arguments.steps,
        seed=arguments.seed,
        length_s=arguments.length_s,
    )
    return Order(
        host=arguments.host or settings.default_host,
        riff=options,
        guild_id="",
        channel_id="",
        user_id="",
        user_name=os.environ.get("USER", "")[:100],
    )


@contextlib.asynccontextmanager
async def _reachable(settings: Settings, host: str, folder: Path) -> AsyncGenerator[Settings]:
    """The settings with an engine to talk to: a private one is started where none is configured."""
    if host != "engine" or settings.engine_url is not None:
        yield settings
        return
    port = free_port()
    environment = {
        **os.environ,
        "RIFFCORD_DATA": str(folder),
        "ENGINE_BIND": "127.0.0.1",
        "ENGINE_PORT": str(port),
        "ENGINE_WORKERS": "1",
        "LOG_LEVEL": "WARNING",
    }
    child = await start_child(["engine"], environment)
    try:
        await _until_ready(child)
        yield settings.model_copy(update={"engine_url": f"http://127.0.0.1:{port}"})
    finally:
        # Nothing of it is to be kept: it lives in a folder that is removed.
        if child.returncode is None:
            child.kill()
        await child.wait()


async def _until_ready(child: asyncio.subprocess.Process) -> None:
    if child.stdout is not None:
        async for line in child.stdout:
            if parse_ready(line.decode(errors="replace")) is not None:
                return
    raise StartupError("engine_not_started", ExitCode.CHILD_FAILED)


@contextlib.asynccontextmanager
async def _host(settings: Settings, name: str) -> AsyncGenerator[PredictionsHost]:
    async with hosts_from(settings.model_copy(update={"default_host": name})) as hosts:
        yield hosts[name]


async def _wait(host: PredictionsHost, order: Order) -> Prediction:
    """Order it and follow it to its end; Ctrl-C cancels it at the host as well."""
    prediction = await host.create(order, reference=secrets.token_urlsafe(16), webhook=None)
    try:
        while not prediction.ended:
            _draw(prediction.progress or 0.0)
            await asyncio.sleep(_POLL_S if host.local else _POLL_ELSEWHERE_S)
            prediction = await host.get(prediction.id)
    except asyncio.CancelledError:
        await host.cancel(prediction.id)
        raise
    _draw(1.0, last=True)
    if prediction.status != "succeeded":
        raise PredictionFailed(host.name, prediction.error or prediction.status)
    return prediction


def _draw(progress: float, *, last: bool = False) -> None:
    """A bar on a terminal, nothing elsewhere."""
    if sys.stderr.isatty():
        full = round(progress * 30)
        end = "\n" if last else ""
        sys.stderr.write(f"\r[{'#' * full}{'.' * (30 - full)}] {progress:4.0%}{end}")
        sys.stderr.flush()
