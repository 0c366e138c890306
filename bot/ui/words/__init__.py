"""Every sentence that Riffcord says, by key; nothing else in the house holds text for people.

The catalogue imports no discord, so the command line speaks through it too. English stands in
the table modules beside this file. Other languages are the gettext catalogues of ``catalogues``,
with the key as context and the English sentence as message; a sentence that a catalogue lacks is
said in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import structlog

from bot.errors import (
    AlreadyDecided,
    Barred,
    InvalidOption,
    NotAllowed,
    NotEnough,
    NotFound,
    RiffcordError,
    StartupError,
    UnusableAudio,
)
from bot.ui import text
from bot.ui.words import (
    audit,
    buttons,
    cards,
    catalogues,
    cli,
    commands,
    delivery,
    endings,
    errors,
    images,
    jobs,
    journeys,
    keys,
    library,
    moderation,
    money,
    morphing,
    morphs,
    music,
    names,
    parts,
    privacy,
    private,
    results,
    screen,
    settings,
    setup,
    songs,
    startup,
    upkeep,
)

_log = structlog.get_logger(__name__)

ENGLISH: Final = MappingProxyType(
    audit.SENTENCES
    | buttons.SENTENCES
    | cards.SENTENCES
    | cli.SENTENCES
    | commands.SENTENCES
    | delivery.SENTENCES
    | endings.SENTENCES
    | errors.SENTENCES
    | images.SENTENCES
    | jobs.SENTENCES
    | journeys.SENTENCES
    | keys.SENTENCES
    | library.SENTENCES
    | moderation.SENTENCES
    | money.SENTENCES
    | morphing.SENTENCES
    | morphs.SENTENCES
    | music.SENTENCES
    | names.SENTENCES
    | parts.SENTENCES
    | privacy.SENTENCES
    | private.SENTENCES
    | results.SENTENCES
    | screen.SENTENCES
    | settings.SENTENCES
    | setup.SENTENCES
    | songs.SENTENCES
    | startup.SENTENCES
    | upkeep.SENTENCES
)
"""Every key and its English sentence, with ``{placeholders}`` as in :meth:`str.format`."""

UNSAID: Final = "error.generic"
"""Said instead of a sentence that does not exist; the log then says which."""


class _Facts(dict[str, object]):
    """Facts of one sentence. A missing one must not stop a job's last word: it is logged instead."""

    def __init__(self, key: str, facts: dict[str, object]) -> None:
        super().__init__(facts)
        self._key = key

    def __missing__(self, name: str) -> str:
        _log.error("words.fact_missing", sentence=self._key, fact=name)
        return "…"


def say(key: str, locale: str = "en", /, **facts: object) -> str:
    """The sentence ``key`` in the language of ``locale``, filled with ``facts``.

    Facts are put in as they are: whoever shows the sentence on Discord makes text that came
    from people harmless first (``bot.ui.text``).
    """
    english = ENGLISH.get(key)
    if english is None:
        _log.error("words.sentence_missing", sentence=key)
        key, english = UNSAID, ENGLISH[UNSAID]
    translations = catalogues.catalogue(locale, catalogues.FOLDER)
    return translations.pgettext(key, english).format_map(_Facts(key, facts))


def counted(key: str, count: int, locale: str = "en", /, **facts: object) -> str:
    """A sentence with a number, which is another one of one: ``<key>.one``."""
    return say(f"{key}.one" if count == 1 else key, locale, count=count, **facts)


def exists(key: str) -> bool:
    """Whether the catalogue has this sentence."""
    return key in ENGLISH


def sentence(error: RiffcordError, locale: str = "en") -> str:
    """What to tell a person about ``error``: what happened, and what to do. The only such place."""
    told = say(_key_of(error), locale, **named(error.facts, locale))
    if isinstance(error, Barred) and (reason := error.facts.get("reason")):
        told = f"{told}\n{say('barred.reason', locale, reason=text.shown(str(reason), 500))}"
    appeals = error.facts.get("appeals")
    return f"{told}\n{appeals}" if appeals else told


def named(facts: Mapping[str, object], locale: str) -> dict[str, object]:
    """The facts, with options and permissions called as Discord calls them in this language."""
    called = {fact: _names("option", facts[fact], locale) for fact in ("option", "other") if fact in facts}
    if "label" in facts:
        called["option"] = say("form.field", locale, label=facts["label"])
    if "permission" in facts:
        called["permission"] = _names("permission", facts["permission"], locale)
    called |= {name: text.moment(fact) for name, fact in facts.items() if isinstance(fact, datetime)}
    return {**facts, **called}


def _names(kind: str, english: object, locale: str) -> str:
    """Names with commas between them; what has no word of its own stays as it is."""
    keys = [(name, f"{kind}.{name.lower().replace(' ', '_')}") for name in str(english).split(", ")]
    return ", ".join(say(key, locale) if exists(key) else name for name, key in keys)


def _key_of(error: RiffcordError) -> str:
    """The most exact sentence there is: errors that carry a detail have one sentence per detail."""
    match error:
        case InvalidOption():
            detail = error.problem
            if exists(f"{error.key}.{detail}.{error.option}"):
                detail = f"{detail}.{error.option}"
        case StartupError():
            detail = error.problem
        case UnusableAudio():
            detail = error.problem
        case NotAllowed():
            detail = str(error.facts["action"])
        case NotFound():
            detail = str(error.facts["what"])
        case NotEnough():
            limit = error.limit.replace("role", "member")
            detail = limit if error.at is None else f"{limit}.at"
        case Barred():
            detail = error.barrier
        case AlreadyDecided():
            detail = error.verdict
        case _:
            detail = ""
    exact = f"{error.key}.{detail}"
    return exact if exact in ENGLISH else error.key
