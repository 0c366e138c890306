"""``python -m bot riff``: one riff from the command line, by the bot's own client, server and audio path."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.cli.bring import Files, as_address
from bot.cli.engine_call import ENGINE, first_result, has_extras, host_for
from bot.cli.following import made_by
from bot.cli.outs import checked_out, of_suffix
from bot.cli.telling import as_json, explained_in_words, in_words
from bot.cli.wanting import refuse_contradictions, wanted, without_none
from bot.errors import ExitCode, InvalidOption
from bot.jobs.order import Order
from bot.jobs.ports import Host
from bot.jobs.recipes import Riff
from bot.jobs.recipes.riff import STEPS_MAX
from bot.jobs.wanted import suited, wanted_of
from bot.protocol.runs import Result
from bot.providers.hosts import table
from bot.settings import Settings

_ENGINE_ONLY = ("bars", "like", "like_as", "stems", "midi", "score", "explain")
_RIFFS_ONLY = ("seed", "steps", "seed_image", "prompt_b", "alpha", "denoising")
"""What a host that only makes songs has no field for."""


async def run_riff(arguments: argparse.Namespace, settings: Settings) -> ExitCode:
    """Make the riff, write audio, picture and what else was asked for, tell about them."""
    out = checked_out(arguments.out)
    order = _order(arguments, settings)
    extra = _extra(arguments, settings, order)
    asked = wanted({**wanted_of(order).model_dump(exclude_unset=True), **extra})
    if has_extras(settings, order.host):
        refuse_contradictions(asked)
    with tempfile.TemporaryDirectory(prefix="riffcord-") as scratch:
        folder = Path(scratch)
        async with host_for(settings, order.host, folder) as host:
            _check_taken(arguments, settings, host)
            imported = asyncio.create_task(asyncio.to_thread(import_audio))
            run = await made_by(host, suited(asked, host.offers), settings)
            result = first_result(host, run)
            fetched = await host.fetch(result, folder)
            also = await _files(arguments, host, result)
            await imported
        from bot.audio.export import export_clip
        from bot.audio.label import Label

        report = await asyncio.to_thread(
            export_clip,
            fetched,
            Label.of(order, seed=fetched.facts.seed),
            out,
            length_s=None if "like" in extra else order.recipe.asked_length_s,
        )
    if arguments.json:
        explained = {"explained": run.explained} if arguments.explain else {}
        told = json.dumps(as_json(report, {**also, **explained}))
    else:
        told = in_words(report, _all_files(also))
        if arguments.explain:
            told = f"{told}\n{explained_in_words(run.explained or {})}"
    sys.stdout.write(told + "\n")
    return ExitCode.OK


def import_audio() -> None:
    """The codecs take a moment to load: done while the host plays."""
    import_module("bot.audio.export")


def _order(arguments: argparse.Namespace, settings: Settings) -> Order:
    if arguments.steps is not None and arguments.steps > STEPS_MAX:
        raise InvalidOption("--steps", "out_of_range", low=1, high=STEPS_MAX)
    riff = Riff.checked(
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
        recipe=riff,
        guild_id="",
        channel_id="",
        user_id="",
        user_name=os.environ.get("USER", "")[:100],
    )


def _extra(arguments: argparse.Namespace, settings: Settings, order: Order) -> dict[str, Any]:
    """What only our own engine takes. Raises ``InvalidOption`` where another host was chosen."""
    given = [name for name in _ENGINE_ONLY if getattr(arguments, name) not in (None, False)]
    if given and not has_extras(settings, order.host):
        raise InvalidOption("--" + given[0].replace("_", "-"), "engine_only")
    for name in ("midi", "score"):
        of_suffix(f"--{name}", getattr(arguments, name), ".mid" if name == "midi" else ".json")
    return without_none(
        {
            "bars": arguments.bars,
            "like": None if arguments.like is None else as_address("--like", arguments.like),
            "like_as": arguments.like_as,
            "stems": True if arguments.stems is not None else None,
            "explain": arguments.explain or None,
        }
    )


def _check_taken(arguments: argparse.Namespace, settings: Settings, host: Host) -> None:
    """Refuse what a host that only makes songs would drop. Raises ``InvalidOption``."""
    given = [name for name in _RIFFS_ONLY if getattr(arguments, name) is not None]
    if not given or host.offers.riffs:
        return
    others = (other for other in table(settings).values() if other.offers.riffs)
    # The seed is no field of the model that other hosts play riffs with.
    takers = [other.name for other in others if given[0] != "seed" or other.offers.engine_extras]
    raise InvalidOption(
        "--" + given[0].replace("_", "-"),
        "not_at_song_hosts",
        host=host.name,
        choices=", ".join(dict.fromkeys([ENGINE, *takers])),
    )


async def _files(arguments: argparse.Namespace, host: Host, result: Result) -> dict[str, Any]:
    """Bring score, MIDI and stems to where they were asked for."""
    also: dict[str, Any] = {}
    async with Files(host) as files:
        for name, address in (("score", result.score), ("midi", result.midi)):
            target: Path | None = getattr(arguments, name)
            if target is not None and address is not None:
                also[name] = await files.bring(address, target)
        if arguments.stems is not None:
            also["stems"] = await files.stems(result.stems, arguments.stems)
    return also


def _all_files(also: Mapping[str, Any]) -> list[Path]:
    single: list[Path] = [also[name] for name in ("score", "midi") if name in also]
    return single + also.get("stems", [])
