"""The translations: whole, not too long, with the same facts in them; and the command that keeps them."""

from __future__ import annotations

import ast
import functools
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from bot.ui.text import units
from bot.ui.words import ENGLISH, catalogues, say
from bot.ui.words.catalogues import FOLDER, LANGUAGES, catalogue, is_translated, language_of
from bot.ui.words.catalogues import __main__ as catalogue_command
from bot.ui.words.catalogues.__main__ import as_text, compiled, left_to_do, read, template, update
from bot.ui.words.limits import NAME, NAME_MAX, limit_of

ROOT = Path(__file__).resolve().parents[2]

THE_SAME: dict[str, set[str]] = {
    "de": {"recipe.prompt", "recipe.alpha", "seed_image.vibes.short", "name.morph.cover", "option.prompt"},
    "es": set(),
    "ja": set(),
    "zh_CN": set(),
    "zh_TW": set(),
}
"""Where the word of the language is the English one."""
SAME_EVERYWHERE = {"presence", "name.riff", "take.bpm", "option.alpha", "card.price.many"}
"""Commands as they are typed, and units."""


def translations(language: str) -> dict[str, str]:
    """Key -> what is said, only where something other than English may be said."""
    return {
        key: catalogue(language.replace("_", "-"), FOLDER).pgettext(key, english)
        for key, english in ENGLISH.items()
        if is_translated(key)
    }


def fields(template_text: str) -> list[tuple[str | None, str | None, str | None]]:
    """Each placeholder with how it is written out."""
    parsed = string.Formatter().parse(template_text)
    return sorted((name, spec, how) for _, name, spec, how in parsed if name is not None)  # pyright: ignore[reportArgumentType]


def has_words(english: str) -> bool:
    """Whether there is anything to translate besides placeholders and marks."""
    return any(re.search(r"[^\W\d_]", text) for text, *_ in string.Formatter().parse(english))


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_most_five_percent_is_left_in_english(language: str) -> None:
    """Not translated, outdated, or copied: each counts, but for words that the language has from English."""
    wordy = {key: said for key, said in translations(language).items() if has_words(ENGLISH[key])}
    same = {key for key, said in wordy.items() if said == ENGLISH[key]} - SAME_EVERYWHERE - THE_SAME[language]
    assert len(wordy) > 250
    assert len(same) <= 0.05 * len(wordy), sorted(same)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_has_the_facts_of_the_english(language: str) -> None:
    """The same placeholders, written out in the same way; whatever braces there are belong to one."""
    said = translations(language)
    assert {key: text for key, text in said.items() if fields(text) != fields(ENGLISH[key])} == {}


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_nothing_is_longer_than_its_place_on_discord(language: str) -> None:
    """Buttons, names, descriptions, choices, titles: each kind of key has its limit."""
    said = translations(language)
    assert [(key, text) for key, text in said.items() if units(text) > limit_of(key)] == []


PLACES = {
    ("Button", "label"): 80,
    ("Label", "text"): 45,
    ("Label", "description"): 100,
    ("SelectOption", "label"): 100,
    ("SelectOption", "description"): 100,
    ("Choice", "name"): 100,
    ("TextInput", "label"): 45,
    ("TextInput", "placeholder"): 100,
    ("Select", "placeholder"): 150,
    ("Modal", "title"): 45,
    ("__init__", "title"): 45,  # of a Modal's own class
    ("Embed", "title"): 256,
    ("add_field", "name"): 256,
    ("set_footer", "text"): 2048,
}
"""Call and argument -> Discord's limit there."""


@functools.cache
def places() -> list[tuple[str, int]]:
    """Each key that the sources say right in one of these places, with the limit of the place."""
    return list(_places())


def _places() -> Iterator[tuple[str, int]]:
    for path in sorted([*ROOT.glob("bot/ui/**/*.py"), *ROOT.glob("cogs/*.py")]):
        for call in (
            node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
        ):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            for argument in call.keywords:
                limit, said = PLACES.get((name, argument.arg or "")), argument.value
                if limit is None or not isinstance(said, ast.Call) or not said.args:
                    continue
                key = said.args[0]
                if isinstance(key, ast.Constant) and str(key.value) in ENGLISH:
                    yield str(key.value), limit


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_what_is_said_on_a_button_or_in_a_form_fits_there(language: str) -> None:
    """Whatever its key is called: the place in the code where it is said knows the limit."""
    said = translations(language)
    assert len(places()) > 10
    assert [(key, said[key]) for key, limit in places() if units(said[key]) > limit] == []


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_names_are_such_as_discord_takes(language: str) -> None:
    """Lower case, letters and digits of any script; no two options and no two commands alike."""
    said = translations(language)
    for kind in ("name.", "option."):
        names = {key: text for key, text in said.items() if key.startswith(kind)}
        assert [text for text in names.values() if not NAME.fullmatch(text) or text != text.lower()] == []
        beside = [(key.rpartition(".")[0], text) for key, text in names.items()]
        assert len(beside) == len(set(beside)), language
    assert NAME_MAX == 32


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_are_mentioned_by_their_name_in_the_language(language: str) -> None:
    """A sentence that says what to type says what Discord then shows."""
    said = translations(language)
    wrong: list[str] = []
    for key, english in ENGLISH.items():
        for command, second in re.findall(r"(?:^|[\s(`*])/([a-z]+)(?: ([a-z-]+))?", english):
            parts = [command, f"{command}.{second}"]  # the second may be a word that comes after
            names = [f"name.{part}" for part in parts if f"name.{part}" in ENGLISH]
            if key in said and names and key != "presence":
                steps = [said[name] for name in names]
                if "/" + " ".join(steps) not in said[key]:
                    wrong.append(key)
    assert wrong == []


def test_locales_find_their_language() -> None:
    """Both Spanishes share one; English and what nobody has translated are English."""
    assert [language_of(each) for each in ("es-ES", "es-419", "zh-TW", "de")] == ["es", "es", "zh_TW", "de"]
    assert [language_of(each) for each in ("en-US", "en-GB", "fr", "zh")] == [None] * 4
    assert say("button.delete", "es-419") == say("button.delete", "es-ES") == "Borrar"
    assert say("button.delete", "pt-BR") == "Delete"


def test_errors_call_options_and_permissions_as_discord_shows_them() -> None:
    """A German sees the German name of an option, in the sentence that is about it."""
    from bot.errors import InvalidOption, MissingPermission
    from bot.ui.words import sentence

    assert sentence(InvalidOption("length_s", "not_a_number"), "de").startswith("länge ist keine Zahl")
    assert sentence(InvalidOption("--tempo", "not_a_number"), "de").startswith("--tempo ist keine Zahl")
    lacking = sentence(MissingPermission("Embed Links, Attach Files"), "ja")
    assert "「埋め込みリンク, ファイルを添付」" in lacking
    assert "“Embed Links, Attach Files”" in sentence(MissingPermission("Embed Links, Attach Files"))


def test_a_changed_english_sentence_is_said_until_it_is_translated_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``update`` keeps the old translation as fuzzy, with what it was made from, and ``check`` lists it."""
    old = read("de")
    changed = next(each for each in old if each.context == "button.delete")
    old.delete(changed.id, "button.delete")
    old.add("Throw away", "Wegwerfen", context="button.delete")
    old.add("Of yesterday", "Von gestern", context="button.of_yesterday")
    (tmp_path / "de.po").write_bytes(as_text(old))
    monkeypatch.setattr(catalogue_command, "LANGUAGES", ("de",))  # the others have nothing here to be kept
    update(tmp_path)
    kept: dict[str, Message] = {str(each.context): each for each in read("de", tmp_path)}
    assert kept["button.delete"].fuzzy
    assert kept["button.delete"].id == "Delete"
    assert kept["button.delete"].string == "Wegwerfen"
    assert kept["button.delete"].user_comments == ["Was: Throw away"]
    assert "button.of_yesterday" not in kept
    left = [line for line in left_to_do("de", tmp_path) if " missing " not in line]
    assert left == ["de: fuzzy button.delete: Delete"]
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    assert say("button.delete", "de") == "Delete"
    assert say("button.cancel", "de") == "Abbrechen"
    update(tmp_path)
    assert left == [line for line in left_to_do("de", tmp_path) if " missing " not in line]


def test_what_is_compiled_is_what_is_written() -> None:
    """Nobody has edited a catalogue without compiling it, and the template has each sentence once."""
    for language in LANGUAGES:
        assert (FOLDER / f"{language}.mo").read_bytes() == compiled(read(language)), language
    assert len(list(template())) == 1 + sum(map(is_translated, ENGLISH))


def test_the_bot_speaks_without_babel_and_reads_a_language_when_it_is_spoken() -> None:
    """What makes the catalogues is for developers; at the start none is read."""
    script = (
        "import sys; from bot.ui.words import catalogues, say\n"
        "assert not catalogues.catalogue.cache_info().misses\n"
        "assert say('button.delete', 'de') == 'Löschen'; sys.exit('babel' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
