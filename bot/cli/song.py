"""``python -m bot song`` and ``python -m bot morph``: whole songs, by the same server as everything."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from bot.cli.bring import Files, as_source, is_score
from bot.cli.engine_call import first_result, has_extras, host_for
from bot.cli.following import made_by
from bot.cli.outs import checked_out
from bot.cli.riff import import_audio
from bot.cli.telling import as_json, explained_in_words, in_words
from bot.cli.wanting import refuse_contradictions, wanted
from bot.errors import ExitCode, InvalidOption
from bot.jobs.ports import Host
from bot.jobs.records import Source
from bot.protocol.engine import STRENGTHS, EngineInput
from bot.protocol.runs import Result
from bot.settings import Settings

_ENGINE_ONLY = ("seed", "voice", "takes", "stems", "midi", "explain")
_LYRICS_SUFFIXES = frozenset({".txt", ".lrc"})


async def run_song(arguments: argparse.Namespace, settings: Settings) -> ExitCode:
    """Make a song, one file a take, with lyrics, score and picture beside each."""
    lyrics = _lyrics(arguments.lyrics)
    words = any((text or "").strip() for text in (lyrics, arguments.title, arguments.topic))
    # Without any words the tags alone ask for a song; what it sings about, it finds in them.
    plain = None if words else False
    return await _run(
        arguments,
        settings,
        {
            "prompt_a": _prompt("TAGS", arguments.tags),
            "topic": arguments.topic,
            "instrumental": arguments.instrumental or plain,
            "length_s": arguments.length_s,
            **_of_both(arguments, lyrics),
        },
    )


async def run_morph(arguments: argparse.Namespace, settings: Settings) -> ExitCode:
    """Make something else of a score or a recording."""
    _check_asked(arguments)
    source = as_source("SOURCE", arguments.source)
    inputs: dict[str, Any] = {
        "transform": arguments.transform,
        "prompt_a": None if arguments.tags is None else _prompt("--tags", arguments.tags),
        "crop_end_at": arguments.crop_end_at,
        "replace_start_at": arguments.replace_start_at,
        "replace_end_at": arguments.replace_end_at,
        "duration": arguments.length_s,
    }
    inputs |= {name: getattr(arguments, name.removeprefix("normalized_")) for name in STRENGTHS}
    if arguments.transform == "swap_sound" and arguments.sound_prompt_strength is None:
        inputs["normalized_sound_prompt_strength"] = 1.0  # the API's own default keeps half of the sound
    inputs |= _of_both(arguments, _lyrics(arguments.lyrics))
    return await _run(arguments, settings, inputs, source)


def _check_asked(arguments: argparse.Namespace) -> None:
    """Refuse what would change nothing. Raises ``InvalidOption``."""
    transform: str = arguments.transform
    has_lyrics = bool((arguments.lyrics or "").strip())
    if (
        transform in {"cover", "swap_sound"}
        and arguments.tags is None
        and not (transform == "cover" and has_lyrics)
    ):
        raise InvalidOption("--tags", "told", told=f"{transform} needs them, they say how it is to sound")
    if transform == "swap_vocals" and arguments.voice is None and not has_lyrics:
        raise InvalidOption("--voice", "told", told="swap_vocals needs another voice, or --lyrics")
    if transform not in {"extend", "inpaint"} and arguments.variation_strength is not None:
        raise InvalidOption("--variation-strength", "told", told="is for extend and inpaint only")


def _of_both(arguments: argparse.Namespace, lyrics: str | None) -> dict[str, Any]:
    return {
        "lyrics": lyrics,
        "title": arguments.title,
        "voice": arguments.voice,
        "quality": arguments.quality,
        "seed": arguments.seed,
        "takes": arguments.takes,
        "stems": True if arguments.stems is not None else None,
        "explain": arguments.explain or None,
    }


def _prompt(option: str, text: str) -> str:
    if not text.strip():
        raise InvalidOption(option, "empty")
    return text


def _lyrics(given: str | None) -> str | None:
    """The lyrics themselves, or those of a file; a line break may be typed as ``\\n``."""
    if given is None or not _names_a_file(given):
        return None if given is None else given.replace("\\n", "\n")
    try:
        return Path(given).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InvalidOption("--lyrics", "no_file", file=given) from error


def _names_a_file(given: str) -> bool:
    """Tell whether a text is the name of a file that is there, or can hardly be meant as words."""
    path = Path(given)
    try:
        if path.is_file():
            return True
        beside_files = path.parent.is_dir()
    except PermissionError:
        return True
    except OSError:  # too long for a name
        return False
    if "\n" in given or "\\n" in given:
        return False
    one_word = given.isascii() and not any(map(str.isspace, given))
    placed = any(separator in given for separator in {"/", os.sep}) and (beside_files or one_word)
    return placed or path.suffix.lower() in _LYRICS_SUFFIXES


async def _run(
    arguments: argparse.Namespace, settings: Settings, inputs: dict[str, Any], source: Source | None = None
) -> ExitCode:
    out = checked_out(arguments.out)
    name = arguments.host or settings.default_host
    _check_extras(arguments, settings, name)
    asked = wanted(inputs)
    if source is None and has_extras(settings, name):  # a source is filled in on its way
        refuse_contradictions(asked)
    with tempfile.TemporaryDirectory(prefix="riffcord-") as scratch:
        folder = Path(scratch)
        async with host_for(settings, name, folder) as host:
            _check_offers(host, asked, source)
            imported = asyncio.create_task(asyncio.to_thread(import_audio))
            run = await made_by(host, asked, settings, source=source)
            first_result(host, run)
            await imported
            told = [
                await _take(host, take, _numbered(out, number, len(run.results)), arguments, folder)
                for number, take in enumerate(run.results, 1)
            ]
    if arguments.json:
        explained = {"explained": run.explained} if arguments.explain else {}
        each = [dict(facts) for facts, _ in told]
        if arguments.explain:
            each = [
                {**facts, "explained": take.explained} for facts, take in zip(each, run.results, strict=True)
            ]
        text = json.dumps({"takes": each, **explained})
    else:
        text = "\n".join(words for _, words in told)
        if arguments.explain:
            text = "\n".join([text, *(explained_in_words(take.explained or {}) for take in run.results)])
    sys.stdout.write(text + "\n")
    return ExitCode.OK


def _check_extras(arguments: argparse.Namespace, settings: Settings, host: str) -> None:
    """Refuse what only our own engine does. Raises ``InvalidOption``."""
    given = [name for name in _ENGINE_ONLY if getattr(arguments, name) not in (None, False)]
    if given and not has_extras(settings, host):
        raise InvalidOption("--" + given[0].replace("_", "-"), "engine_only")


def _check_offers(host: Host, asked: EngineInput, source: Source | None) -> None:
    """Refuse what the host does not make at all. Raises ``InvalidOption``."""
    if asked.transform is None and not host.offers.songs:
        raise InvalidOption("--host", "no_songs", host=host.name)
    if asked.transform is None and asked.length_s is not None and not host.offers.engine_extras:
        raise InvalidOption("--length-s", "length_is_the_hosts", host=host.name)
    if asked.transform is not None and asked.transform not in host.offers.transforms:
        raise InvalidOption("--host", "no_transform", host=host.name, transform=asked.transform)
    if source is not None and is_score(source) and not host.offers.engine_extras:
        raise InvalidOption("SOURCE", "no_scores", host=host.name)


def _numbered(out: Path, number: int, count: int) -> Path:
    return out if count == 1 else out.with_stem(f"{out.stem}-{number}")


async def _take(
    host: Host, take: Result, out: Path, arguments: argparse.Namespace, folder: Path
) -> tuple[dict[str, Any], str]:
    """Write one take's files; what to tell of it as data and in words."""
    from bot.audio.export import export_clip
    from bot.audio.label import Label

    also: dict[str, Any] = {}
    fetched = await host.fetch(take, folder)
    if fetched.score is not None:
        also["score"] = await asyncio.to_thread(shutil.copyfile, fetched.score, out.with_suffix(".json"))
    async with Files(host) as files:
        if take.lrc:
            also["lrc"] = await files.bring(take.lrc, out.with_suffix(".lrc"))
        if arguments.midi and take.midi:
            also["midi"] = await files.bring(take.midi, out.with_suffix(".mid"))
        if arguments.stems is not None:
            also["stems"] = await files.stems(take.stems, arguments.stems / out.stem)
    title = take.title or out.stem
    label = Label.written(title, os.environ.get("USER", ""), {"host": host.name, "seed": take.seed})
    report = await asyncio.to_thread(export_clip, fetched, label, out)
    written = [also[name] for name in ("lrc", "score", "midi") if name in also] + also.get("stems", [])
    return as_json(report, also), in_words(report, written)
