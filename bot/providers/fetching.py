"""Bring home what a result names, whatever the dialect: audio, a score where it has one, a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from bot.errors import HostError, NotUnderstood, UnusableAudio
from bot.jobs.records import Facts, Fetched
from bot.protocol.runs import Result
from bot.providers.download import Downloads

log = structlog.get_logger(__name__)

_MOST_STEMS: Final = 32
"""Files, of one result: no band is larger."""
_LONGEST_LYRICS: Final = 100_000
"""Characters: what is longer is none."""

Translate = Callable[[str], str]
"""From an address that a host told to one that can be used here."""


def as_told(address: str) -> str:
    """The address as it is."""
    return address


async def fetch_result(
    downloads: Downloads, result: Result, folder: Path, *, here: Translate = as_told
) -> Fetched:
    """The audio in ``folder``, and the score if there is one. Raises as :meth:`Downloads.audio`."""
    if result.audio is None:
        raise NotUnderstood(downloads.host, "a result without audio")
    audio = await downloads.audio(here(result.audio), folder)
    score = None if result.score is None else await _score(downloads, here(result.score), folder)
    lrc = None if result.lrc is None else await _lyrics(downloads, here(result.lrc), folder)
    stems = {
        name: await _stem(downloads, here(told), folder / f"stem-{number}")
        for number, (name, told) in enumerate(list(result.stems.items())[:_MOST_STEMS])
    }
    return Fetched(audio=audio, facts=Facts.of(result), score=score, lrc=lrc, stems=stems)


async def _stem(downloads: Downloads, address: str, folder: Path) -> Path:
    """One player's file, in a folder of its own. Without it the others are not the whole."""
    await asyncio.to_thread(folder.mkdir)
    return await downloads.audio(address, folder)


async def _score(downloads: Downloads, address: str, folder: Path) -> Path | None:
    """The music in numbers. Without it there still is the sound, so no failure here spoils a result."""
    file = folder / "score.json"
    try:
        await downloads.document(address, file)
    except (HostError, UnusableAudio) as error:
        log.warning("score.not_fetched", host=downloads.host, error=str(error))
        return None
    return file


async def _lyrics(downloads: Downloads, address: str, folder: Path) -> Path | None:
    """What is sung, with times; as little needed as the score."""
    file = folder / "lyrics.lrc"
    try:
        await downloads.file(address, file)
        text = await asyncio.to_thread(file.read_text, encoding="utf-8")
    except (HostError, UnusableAudio, UnicodeDecodeError) as error:
        log.warning("lyrics.not_fetched", host=downloads.host, error=str(error))
        return None
    return file if 0 < len(text) <= _LONGEST_LYRICS else None


async def fetch_result_picture(
    downloads: Downloads, result: Result, folder: Path, *, here: Translate = as_told
) -> Path:
    """The picture in ``folder``. Raises as :meth:`Downloads.picture`."""
    if result.picture is None:
        raise NotUnderstood(downloads.host, "a result without a picture")
    return await downloads.picture(here(result.picture), folder)
