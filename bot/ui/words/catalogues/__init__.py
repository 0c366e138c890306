"""The languages besides English: gettext catalogues, one ``.po`` each and compiled beside it.

A message's context is its key, its text the English sentence: a translation of a sentence that has changed
since is not found, and English is said. Only the compiled ``.mo`` is read here, by the standard library, when
a language is first spoken; ``python -m bot.ui.words.catalogues`` makes both (``docs/translating.md``).
"""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent

LANGUAGES: Final = ("de", "es", "ja", "zh_CN", "zh_TW")
"""The names of the files. Spanish is one for Spain and for Latin America; English needs none."""

_FOR_OPERATORS: Final = ("cli.", "check.", "start.", "log.", "error.startup")
"""What the command line and the log say, in English only: who runs the bot looks these words up."""


def is_translated(key: str) -> bool:
    """Whether catalogues have the sentence: all that members of a server can come to see."""
    return not key.startswith(_FOR_OPERATORS)


@lru_cache(maxsize=64)
def language_of(locale: str) -> str | None:
    """The catalogue of a Discord locale such as ``es-419``: just that one, else its language's, else none."""
    exact = locale.replace("-", "_")
    return next((name for name in (exact, exact.partition("_")[0]) if name in LANGUAGES), None)


@lru_cache(maxsize=64)
def catalogue(locale: str, folder: Path) -> gettext.NullTranslations:
    """What is said in a locale; an empty one, which leaves all as it is, where nobody has translated."""
    language = language_of(locale)
    if language is None:
        return gettext.NullTranslations()
    with (folder / f"{language}.mo").open("rb") as compiled:
        return gettext.GNUTranslations(compiled)
