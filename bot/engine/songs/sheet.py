"""Lyrics as people write them, to sections: marks in brackets, or stanzas alone. Never raises."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.engine.songs.sections import rather_sung, section_marks

_BRACKETED = re.compile(r"^\s*(?:\[(.*)\]|【(.*)】|［(.*)］|\((.*)\)|（(.*)）|\{(.*)\}|<(.*)>)\s*[:：]?\s*$")
_ROUND = re.compile(r"^\s*[(（]")
_BARE_MARK = re.compile(r"^\s*([^:：]{2,30})[:：]\s*$")
_AFTER_MARK = re.compile(r"^\s*(?:\[([^\]]*)\]|【([^】]*)】|［([^］]*)］)\s*[:：]?\s*(\S.*)$")
_DECORATED = re.compile(r"^\s*(?:[*#_=~>\-–—]+\s*)(.{2,40}?)[\s*#_=~\-–—]*[:：]?[\s*#_=~\-–—]*$")
_TRAILING_DASH = re.compile(r"^\s*(.{2,30}?)\s+[-–—]+\s*$")
_TIMES = re.compile(r"(?:[x×*]\s*(\d)|(\d)\s*[x×])(?![0-9a-z])")
_DROP = re.compile(r"\bdrop\b", re.IGNORECASE)
_PLAYED = "played "  # before a section's name: nobody sings there unless it has lines of its own
_LONGEST_BARE_NAME = 24
_NUMBERING = re.compile(r"[\s\d#.:：、,，_\-–—一二三四五六七八九十ivxIVX×*()（）]*")
_MOST_REPEATS = 4
_LONGEST_STANZA, _LINES_OF_VERSE, _LINES_OF_CHORUS = 12, 8, 4
_FEWEST_FOR_BRIDGE = 4


@dataclass(frozen=True, slots=True)
class LyricSection:
    """A section's name in the score ("verse", "chorus" …) and the lines that are sung in it."""

    name: str
    lines: tuple[str, ...]


def section_name(mark: str, *, alone: bool = False) -> str | None:
    """Return which section a mark's text means, or None.

    With `alone` nothing but numbers may stand beside the name: "(hook)" is a mark, "(hook me up)" is not.
    """
    text = unicodedata.normalize("NFKC", mark).strip().lower()
    for word, section in section_marks():
        found = re.search(rf"(?<![a-z]){re.escape(word)}(?:es|s)?(?![a-z])", text)
        if not found:
            continue
        rest = text[: found.start()] + text[found.end() :]
        if not alone or _NUMBERING.fullmatch(rest):
            return section
    return None


def parse_lyrics(text: str) -> list[LyricSection]:
    """Return the sections of lyrics in order; lyrics without any mark are read by their stanzas.

    Marks stand on lines of their own: "[Verse 2]", "【副歌】", "Chorus:", "[Chorus x2]", "** CHORUS **",
    "## Bridge", "Verse 1 -" or the bare name. A mark without lines repeats the last lines of its section
    where that is a chorus or what leads to it, and is played without singing otherwise, as is a drop.
    Brackets that name no section are stage directions and are not sung.
    """
    found: list[tuple[str, int, list[str]]] = []
    stanzas: list[list[str]] = [[]]
    marked = False
    for raw in text.splitlines():
        line = " ".join(raw.split())
        mark, times, rest = _read_mark(line)
        if mark:
            marked = True
            found.append((_PLAYED + mark if _DROP.search(line) and mark == "chorus" else mark, times, []))
        elif mark == "":  # a stage direction
            continue
        if not rest:
            if not line and stanzas[-1]:
                stanzas.append([])
            continue
        if not found:
            found.append(("verse", 1, []))
        found[-1][2].append(rest)
        stanzas[-1].append(rest)
    if not marked:
        return _from_stanzas([stanza for stanza in stanzas if stanza])
    return _with_repeats([entry for entry in found if entry[2] or entry[0] != "verse" or len(found) > 1])


def _read_mark(line: str) -> tuple[str | None, int, str]:
    """Return (section, times, what is sung of the line); section "" for a stage direction, None for none."""
    whole = _BRACKETED.match(line)
    if whole:
        inside = next(group for group in whole.groups() if group is not None)
        name = section_name(inside, alone=bool(_ROUND.match(line)))
        if name:
            return name, _times(inside), ""
        return (None, 1, line) if _ROUND.match(line) else ("", 1, "")
    for way in (_BARE_MARK, _DECORATED, _TRAILING_DASH):
        bare = way.match(line)
        if bare and (name := section_name(bare[1], alone=True)):
            return name, _times(bare[1]), ""
    if (
        len(line) <= _LONGEST_BARE_NAME
        and not _is_rather_sung(line)
        and (name := section_name(line, alone=True))
    ):
        return name, _times(line), ""
    after = _AFTER_MARK.match(line)
    if after:
        inside = next(group for group in after.groups()[:3] if group is not None)
        return section_name(inside), _times(inside), after[4]
    return None, 1, line


def _is_rather_sung(line: str) -> bool:
    """Tell whether a bare word that names a section may as well be a line of the song: "Drop", "The end"."""
    text = line.strip().lower()
    return any(re.search(rf"(?<![a-z]){word}(?![a-z])", text) for word in rather_sung())


def _times(mark: str) -> int:
    found = _TIMES.search(mark.lower())
    return max(1, min(_MOST_REPEATS, int(found[1] or found[2]))) if found else 1


def _with_repeats(found: list[tuple[str, int, list[str]]]) -> list[LyricSection]:
    sections: list[LyricSection] = []
    said: dict[str, tuple[str, ...]] = {}
    for mark, times, lines in found:
        sung = tuple(lines)
        played, name = mark.startswith(_PLAYED), mark.removeprefix(_PLAYED)
        if sung:
            said[name] = sung
        elif name in {"chorus", "pre-chorus"} and not played:
            sung = said.get(name, ())
        sections += [LyricSection(name, sung)] * times
    return sections


def _from_stanzas(stanzas: list[list[str]]) -> list[LyricSection]:
    """Read stanzas: one that comes again is the chorus; with none the second is, and it returns."""
    parts = [tuple(stanza) for stanza in stanzas]
    keys = [tuple(_bare(line) for line in part) for part in parts]
    again = next((key for key in keys if keys.count(key) > 1), None)
    if again is not None:
        return [
            LyricSection("chorus" if key == again else "verse", part)
            for key, part in zip(keys, parts, strict=True)
        ]
    if len(parts) < 2 or max(map(len, parts)) > _LONGEST_STANZA:
        return [section for part in parts for section in _cut(part)]
    chorus = LyricSection("chorus", parts[1])
    sections = [LyricSection("verse", parts[0]), chorus]
    for place, part in enumerate(parts[2:], 3):
        last = place == len(parts) and len(parts) >= _FEWEST_FOR_BRIDGE
        sections += [LyricSection("bridge" if last else "verse", part), chorus]
    return sections


def _cut(stanza: tuple[str, ...]) -> list[LyricSection]:
    """Return a stanza as one verse, or a long one as verses and choruses by turns; each line comes once."""
    if len(stanza) <= _LONGEST_STANZA:
        return [LyricSection("verse", stanza)]
    sections: list[LyricSection] = []
    start = 0
    while start < len(stanza):
        is_verse = len(sections) % 2 == 0
        end = start + (_LINES_OF_VERSE if is_verse else _LINES_OF_CHORUS)
        end = len(stanza) if len(stanza) - end < 2 else end  # a line alone is no section
        sections.append(LyricSection("verse" if is_verse else "chorus", stanza[start:end]))
        start = end
    return sections


def _bare(line: str) -> str:
    return "".join(character for character in line.lower() if character.isalnum())
