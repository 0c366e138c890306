"""Commands in the language of whoever types them: Discord is told each name and description in all."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any, Final

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Where
from discord.app_commands import locale_str

from bot.ui.words import ENGLISH, say
from bot.ui.words.catalogues import language_of

_IN_THE_TREE: Final = {
    Where.command_name: ("name.", "menu."),
    Where.group_name: ("name.",),
    Where.command_description: ("command.",),
    Where.group_description: ("command.",),
    Where.parameter_name: ("option.",),
    Where.parameter_description: ("command.", "option."),
}
"""Where a string stands -> what its key begins with. A choice may be any sentence."""


def told(key: str) -> locale_str:
    """A sentence for a command, with its key: needed only where the same English has several keys."""
    return locale_str(say(key), key=key)


class CommandTranslator(app_commands.Translator):
    """discord.py asks it for each string of the tree and each of Discord's languages when it syncs."""

    async def translate(self, string: locale_str, locale: discord.Locale, context: Any) -> str | None:
        """The string in that language; none where it is the same as the English."""
        if language_of(locale.value) is None or (key := key_of(string, context)) is None:
            return None
        translation = say(key, locale.value)
        return None if translation == string.message else translation


async def translated(tree: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """All commands of a tree in all languages, as Discord is told of them."""
    translator = CommandTranslator()
    await tree.set_translator(translator)
    return [await command.get_translated_payload(tree, translator) for command in tree.get_commands()]


def key_of(string: locale_str, context: Any) -> str | None:
    """The key of a string of the command tree.

    Where it stands names the key of most; the others, which share a sentence or are choices, are found by
    their English.
    """
    if "key" in string.extras:
        return str(string.extras["key"])
    expected = _expected(context)
    if expected is not None and ENGLISH.get(expected) == string.message:
        return expected
    prefixes = _IN_THE_TREE.get(context.location, ("",))
    return next((key for key in keys_of(string.message) if key.startswith(prefixes)), None)


def keys_of(english: str) -> tuple[str, ...]:
    """All keys of an English sentence, in the order of the tables."""
    return _by_english().get(english, ())


@cache
def _by_english() -> dict[str, tuple[str, ...]]:
    keys: dict[str, list[str]] = defaultdict(list)
    for key, english in ENGLISH.items():
        keys[english].append(key)
    return {english: tuple(found) for english, found in keys.items()}


def _expected(context: Any) -> str | None:
    """The key that a string has by the house's rule for where it stands."""
    data = context.data
    match context.location:
        case Where.command_name | Where.group_name:
            return f"name.{_dotted(data)}"
        case Where.command_description | Where.group_description:
            return f"command.{_dotted(data)}"
        case Where.parameter_name:
            return f"option.{data.name}"
        case Where.parameter_description:
            return f"command.{_dotted(data.command)}.{data.name}"
        case _:
            return None


def _dotted(command: Any) -> str:
    return command.qualified_name.replace(" ", ".")
