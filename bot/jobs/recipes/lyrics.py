"""Lyrics as people type, paste and save them: cleaned, and put into sections. Pure."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Final

from bot.errors import InvalidOption
from bot.safety.screen import is_visible

LYRICS_MAX: Final = 5_000
"""Characters, marks and line breaks included."""

SKELETONS: Final[dict[str, tuple[str, ...]]] = {
    "pop": ("Verse", "Chorus", "Verse", "Chorus", "Bridge", "Chorus"),
    "short": ("Verse", "Chorus", "Verse", "Chorus"),
    "ballad": ("Intro", "Verse", "Verse", "Chorus", "Verse", "Chorus", "Outro"),
    "rap": ("Verse", "Hook", "Verse", "Hook", "Bridge", "Hook"),
}
"""Orders of sections that are offered, by name."""

_REPEATED: Final = frozenset({"Chorus", "Hook"})
"""These say the same each time, so they need to be typed once only."""
_PLAYED: Final = frozenset({"Intro", "Outro"})
"""Nobody sings there."""
_MARK: Final = re.compile(r"^\s*\[[^\]\n]*\]\s*$", re.MULTILINE)
_MANY_BREAKS: Final = re.compile(r"\n{3,}")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HARMLESS: Final = frozenset("\n\r\t\f\v\u0085\u2028\u2029")


def cleaned(lyrics: str) -> str:
    """Lines without outer blanks and control characters, never more than one empty line in a row."""
    whole = "".join(c for c in lyrics if c in _HARMLESS or unicodedata.category(c) not in ("Cc", "Cs"))
    lines = [" ".join(line.split()) for line in whole.splitlines()]
    return _MANY_BREAKS.sub("\n\n", "\n".join(lines)).strip()


def checked_lyrics(lyrics: str) -> str:
    """Lyrics that can be sung.

    Raises:
        InvalidOption: ``lyrics_missing``, ``lyrics_only_marks`` or ``lyrics_too_long``.
    """
    clean = cleaned(lyrics)
    if not is_visible(clean):
        raise InvalidOption("lyrics", "lyrics_missing")
    if not is_visible(_MARK.sub("", clean)):
        raise InvalidOption("lyrics", "lyrics_only_marks")
    if len(clean) > LYRICS_MAX:
        raise InvalidOption("lyrics", "lyrics_too_long", limit=LYRICS_MAX, length=len(clean))
    return clean


def example(skeleton: str, line: str) -> str:
    """The marks of a skeleton, each with ``line`` below it where it is sung and not said before."""
    seen: set[str] = set()
    parts: list[str] = []
    for section in SKELETONS[skeleton]:
        needs_words = section not in _PLAYED and not (section in _REPEATED and section in seen)
        parts.append(f"[{section}]\n{line}" if needs_words else f"[{section}]")
        seen.add(section)
    return "\n\n".join(parts)


def with_sections(lyrics: str, skeleton: str) -> str:
    """The paragraphs of lyrics as the sections of a skeleton; lyrics with marks of their own stay.

    A chorus that was typed once comes again wherever the skeleton has one. Paragraphs that are left over
    are verses.
    """
    clean = cleaned(lyrics)
    if _MARK.search(clean):
        return clean
    left = [paragraph for paragraph in clean.split("\n\n") if paragraph]
    repeated: dict[str, str] = {}
    parts: list[str] = []
    for section in SKELETONS[skeleton]:
        if section in _PLAYED:
            parts.append(f"[{section}]")
        elif section in repeated:
            parts.append(f"[{section}]\n{repeated[section]}")
        elif left:
            words = left.pop(0)
            parts.append(f"[{section}]\n{words}")
            if section in _REPEATED:
                repeated[section] = words
    ending = parts[-1:] if SKELETONS[skeleton][-1] in _PLAYED else []
    verses = [f"[Verse]\n{words}" for words in left]
    return "\n\n".join([*parts[: len(parts) - len(ending)], *verses, *ending])


def first_line(lyrics: str) -> str:
    """The first line that is sung; "" where there is none."""
    return next((line for line in _MARK.sub("", lyrics).splitlines() if line.strip()), "")


def text_in(content: bytes) -> str | None:
    """The text of a file in UTF-8 or UTF-16; None where it is none."""
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), None)
    if encoding is None:
        encoding = _without_bom(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    strange = any(unicodedata.category(c) in ("Cc",) and c not in _HARMLESS for c in text)
    return None if strange else text


def _without_bom(content: bytes) -> str:
    """Latin letters have their zero byte first in UTF-16 BE, and last in LE."""
    if len(content) % 2 == 0 and 0 in content:
        return "utf-16-be" if content[::2].count(0) > content[1::2].count(0) else "utf-16-le"
    return "utf-8"
