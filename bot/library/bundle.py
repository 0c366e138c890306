"""Files as zip archives of bounded size, written beside the event loop."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.jobs.file_names import file_stem
from bot.jobs.records import Take

_OVERHEAD_BYTES: Final = 400
"""What an entry of an archive takes besides its content, with room for a long name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """What is to be packed: a name in the archive, and a file or a text."""

    name: str
    content: Path | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The archives, and how many of the files had no room in them."""

    archives: tuple[Path, ...]
    left_out: int


def pack(
    folder: Path, name: str, entries: Sequence[Wrapped], *, limit_bytes: int, most: int, heading: Wrapped
) -> Bundle:
    """Write at most ``most`` archives of at most ``limit_bytes`` each into ``folder``; blocks.

    Sound does not get smaller by compression, so files are stored as they are. A file that has gone
    meanwhile is left out.

    Args:
        folder: An empty folder.
        name: Of the archives, without ending.
        entries: In the order of their importance.
        limit_bytes: Of one archive.
        most: Archives.
        heading: Packed first, into the first archive, compressed.
    """
    archives: list[Path] = []
    left_out = 0
    waiting = list(entries)
    while len(archives) < most and (waiting or not archives):
        path = folder / (f"{name}.zip" if not archives else f"{name}-{len(archives) + 1}.zip")
        room = limit_bytes - _OVERHEAD_BYTES
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            if not archives:
                _write(archive, heading)
                room -= archive.fp.tell() if archive.fp is not None else 0
            put: list[Wrapped] = []
            for entry in waiting:
                size = _size_bytes(entry)
                if size is None or size + _OVERHEAD_BYTES > limit_bytes - 2 * _OVERHEAD_BYTES:
                    left_out += 1
                    put.append(entry)
                elif size + _OVERHEAD_BYTES <= room:
                    _write(archive, entry)
                    room -= size + _OVERHEAD_BYTES
                    put.append(entry)
        if archives and not put:
            path.unlink()
            break
        archives.append(path)
        waiting = [entry for entry in waiting if entry not in put]
    return Bundle(archives=tuple(archives), left_out=left_out + len(waiting))


def _size_bytes(entry: Wrapped) -> int | None:
    if isinstance(entry.content, str):
        return len(entry.content.encode())
    try:
        return entry.content.stat().st_size
    except OSError:
        return None


def _write(archive: zipfile.ZipFile, entry: Wrapped) -> None:
    if isinstance(entry.content, str):
        archive.writestr(entry.name, entry.content, compress_type=zipfile.ZIP_DEFLATED)
    else:
        archive.write(entry.content, entry.name)


def take_facts(take: Take) -> dict[str, Any]:
    """A take as an export tells it: its recipe and what it became."""
    return {
        "id": take.id,
        "made_at": take.created_at.isoformat(),
        "by": take.user_name,
        "title": take.title,
        "recipe": take.recipe.model_dump(mode="json"),
        "host": take.host,
        "duration_s": take.duration_s,
        "bpm": take.bpm,
        "key": take.key,
        "made_from": take.parent_take_id,
        "channel_id": take.channel_id,
        "message_id": take.message_id,
    }


def as_json(facts: Any) -> str:
    """Readable by people as well."""
    return json.dumps(facts, ensure_ascii=False, indent=2, default=str)


def file_name(take: Take) -> str:
    """A name in an archive: day, words, and enough of the id to be the only one."""
    return f"{take.created_at:%Y-%m-%d} {file_stem(take.name)} {take.id[:6]}"
