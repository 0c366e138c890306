"""Commands as Discord shows them in each language: all there, valid, unique, within its limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord

from bot.ui.text import units
from bot.ui.translator import keys_of
from bot.ui.words import say
from bot.ui.words.catalogues import language_of
from bot.ui.words.limits import NAME
from tests.e2e.scene import Scene

SPOKEN = [locale.value for locale in discord.Locale if language_of(locale.value) is not None]
SLASH = 1


def nodes(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The command, its subcommands, options and choices."""
    yield command
    for inner in (*command.get("options", []), *command.get("choices", [])):
        yield from nodes(inner)


def said(node: dict[str, Any], part: str, locale: str) -> str:
    """A name or description as somebody with this language sees it."""
    localised: dict[str, str] = node.get(f"{part}_localizations") or {}
    english: str = node.get(part, "")
    return localised.get(locale, english)


async def test_discord_is_told_every_command_in_every_language(scene: Scene) -> None:
    """Each string has a key and a translation, unless the language says it in English."""
    (told,) = scene.requests("PUT", "/commands")
    untranslated: list[str] = []
    ambiguous: list[str] = []
    for node in (node for command in told.json for node in nodes(command)):
        for part in ("name", "description"):
            english = node.get(part, "")
            for locale in SPOKEN if english else ():
                keys = keys_of(english)
                same = any(say(key, locale) == english for key in keys)
                if said(node, part, locale) == english and not same:
                    untranslated.append(f"{part}: {english}")
                if "value" in node and len({say(key, locale) for key in keys}) > 1:
                    ambiguous.append(f"{locale}: {english}: {keys}")
    assert sorted(set(untranslated)) == []
    assert ambiguous == []
    assert {locale for command in told.json for locale in command["name_localizations"]} <= set(SPOKEN)


async def test_the_tree_fits_in_every_language(scene: Scene) -> None:
    """Discord: 100 commands; 8,000 characters each, of its strings the longest in any language."""
    (told,) = scene.requests("PUT", "/commands")
    assert len(told.json) <= 100
    for command in told.json:
        longest = sum(
            max(units(said(node, part, locale)) for locale in ("en-US", *SPOKEN))
            for node in nodes(command)
            for part in ("name", "description")
        )
        values = sum(units(str(node["value"])) for node in nodes(command) if "value" in node)
        assert longest + values <= 8_000, command["name"]


async def test_names_are_valid_and_unique_in_every_language(scene: Scene) -> None:
    """Beside each other: commands, subcommands of one, options of one."""
    (told,) = scene.requests("PUT", "/commands")
    parents = [{"options": told.json}, *(node for command in told.json for node in nodes(command))]
    for locale in ("en-US", *SPOKEN):
        for parent in parents:
            beside = parent.get("options", [])
            names = [said(node, "name", locale) for node in beside]
            assert len(names) == len(set(names)), (locale, names)
            typed = [name for name, node in zip(names, beside, strict=True) if is_typed(node, told.json)]
            assert [name for name in typed if not NAME.fullmatch(name) or name != name.lower()] == []


def is_typed(node: dict[str, Any], commands: list[dict[str, Any]]) -> bool:
    """Whether its name is typed after a slash; entries of menus may be called anything."""
    return not any(node is command for command in commands) or node.get("type", SLASH) == SLASH
