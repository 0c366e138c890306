"""Keeping the catalogues: ``python -m bot.ui.words.catalogues update``, or ``check``; for developers.

``update`` writes the template from the tables and brings each catalogue up to it: new sentences come in
empty, those whose English has changed are kept as fuzzy with the English they were made from, those that
nothing says any more go. Then it compiles. ``check`` writes nothing and lists what is left to do.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.ui.words import ENGLISH
from bot.ui.words.catalogues import FOLDER, LANGUAGES, is_translated
from bot.ui.words.limits import limit_of

_LONG: Final = 1_000
"""Limits that no sentence comes near need no remark."""
_WIDTH: Final = 110
_WAS: Final = "Was: "


class HouseCatalog(Catalog):
    """A catalogue whose head holds just what readers of it need: no dates, no versions."""

    def __iter__(self) -> Iterator[Message]:
        """The head, then the sentences."""
        _, *sentences = super().__iter__()
        language = f"Language: {self.locale}\n" if self.locale is not None else ""
        yield Message("", f"{language}Content-Type: text/plain; charset=utf-8\n")
        yield from sentences


def template() -> Catalog:
    """Every sentence to translate, in the order of the tables."""
    return _filled(HouseCatalog(), {})


def read(language: str, folder: Path = FOLDER) -> Catalog:
    """A language's catalogue, an empty one before its first translation."""
    path = folder / f"{language}.po"
    if not path.exists():
        return Catalog(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merged(old: Catalog) -> Catalog:
    """The catalogue with just today's sentences and what it has for them."""
    return _filled(HouseCatalog(old.locale), {str(message.context): message for message in old if message.id})


def _filled(catalogue: Catalog, translated: dict[str, Message]) -> Catalog:
    catalogue.header_comment = "# Words of Riffcord: docs/translating.md"
    for key, english in ENGLISH.items():
        if not is_translated(key):
            continue
        before = translated.get(key)
        changed = before is not None and bool(before.string) and before.id != english
        fuzzy = before is not None and (before.fuzzy or changed)
        limit = limit_of(key)
        catalogue.add(
            english,
            before.string if before is not None else "",
            flags=["fuzzy"] if fuzzy else [],
            auto_comments=[f"At most {limit} characters"] if limit < _LONG else [],
            user_comments=_remarks(before, english) if before is not None else [],
            context=key,
        )
    return catalogue


def _remarks(before: Message, english: str) -> list[str]:
    """The translator's remarks, and for a fuzzy sentence the English that it was made from.

    That stands in a remark because Babel writes gettext's own lines for it and does not read them.
    """
    remarks = [remark for remark in before.user_comments if before.fuzzy or not remark.startswith(_WAS)]
    if before.string and before.id != english and not before.fuzzy:
        remarks.append(_WAS + " ".join(str(before.id).split()))
    return remarks


def as_text(catalogue: Catalog) -> bytes:
    """The ``.po`` file."""
    file = io.BytesIO()
    write_po(file, catalogue, width=_WIDTH, ignore_obsolete=True)
    return file.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The ``.mo`` file: what is translated and not fuzzy."""
    said = HouseCatalog(catalogue.locale)
    for message in catalogue:
        if message.id and message.string and not message.fuzzy:
            said.add(message.id, message.string, context=message.context)
    file = io.BytesIO()
    write_mo(file, said)
    return file.getvalue()


def left_to_do(language: str, folder: Path = FOLDER) -> Iterator[str]:
    """A line for each sentence that is not translated (any more), and each file that is not up to date."""
    new = merged(read(language, folder))
    for message in new:
        if message.id and (message.fuzzy or not message.string):
            lacking = "fuzzy" if message.fuzzy else "missing"
            yield f"{language}: {lacking} {message.context}: {' '.join(str(message.id).split())}"
    for suffix, content in ((".po", as_text(new)), (".mo", compiled(new))):
        path = folder / f"{language}{suffix}"
        if not path.exists() or path.read_bytes() != content:
            yield f"{language}: {path.name} is not up to date: python -m bot.ui.words.catalogues update"


def update(folder: Path = FOLDER) -> None:
    """Bring every file in the folder up to date; those that are stay untouched."""
    _write(folder / "riffcord.pot", as_text(template()))
    for language in LANGUAGES:
        catalogue = merged(read(language, folder))
        _write(folder / f"{language}.po", as_text(catalogue))
        _write(folder / f"{language}.mo", compiled(catalogue))


def _write(path: Path, content: bytes) -> None:
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def main(arguments: list[str] | None = None) -> int:
    """The command; 0 where nothing is left to do."""
    parser = argparse.ArgumentParser(prog="python -m bot.ui.words.catalogues", description=__doc__)
    parser.add_argument("do", choices=("update", "check"))
    if parser.parse_args(arguments).do == "update":
        update()
    lines = [line for language in LANGUAGES for line in left_to_do(language)]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
