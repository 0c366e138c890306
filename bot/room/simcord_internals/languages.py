"""Commands as a member's language names them: shown so, and understood when they come back.

Discord, "Localization": clients show ``name_localizations`` and ``description_localizations`` of the
member's locale; what reaches the bot carries the names that it registered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

DEFAULT = "en-US"

Wire = Mapping[str, Any]


def spoken(thing: Wire, field: str, locale: str) -> str:
    """A command's, option's or choice's ``name`` or ``description`` in a locale."""
    told: Wire = thing.get(f"{field}_localizations") or {}
    return str(told.get(locale) or thing.get(field, ""))


def localised_catalog(catalog: Wire, commands: Sequence[Wire], locale: str) -> dict[str, Any]:
    """simcord's catalog for the page with every name and description in ``locale``."""
    by_id = {str(command["id"]): command for command in commands}
    entries = [
        _entry(entry, by_id[entry["commandId"]], locale) if entry["commandId"] in by_id else entry
        for entry in catalog["entries"]
    ]
    return {**catalog, "entries": entries, "fingerprint": fingerprint(catalog["fingerprint"], locale)}


def fingerprint(plain: str, locale: str) -> str:
    """A catalog's fingerprint in a locale: the page fetches the catalog anew when it differs."""
    return plain if locale == DEFAULT else f"{plain}-{locale}"


def option_names(commands: Sequence[Wire], command_id: object, path: object, locale: str) -> dict[str, str]:
    """Registered names of a command's options by what the page calls them; empty for an unknown command."""
    root = next((command for command in commands if str(command["id"]) == command_id), None)
    if root is None or not isinstance(path, list):
        return {}
    nodes = _nodes(root, [str(part) for part in path])  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return {spoken(option, "name", locale): option["name"] for option in nodes[-1].get("options") or ()}


def _nodes(root: Wire, path: Sequence[str]) -> list[Wire]:
    """The command and its subcommands along ``path``."""
    nodes = [root]
    for part in path[1:]:
        nodes += [child for child in nodes[-1].get("options") or () if child["name"] == part][:1]
    return nodes


def _entry(entry: Wire, root: Wire, locale: str) -> dict[str, Any]:
    nodes = _nodes(root, entry["path"])
    raw = {option["name"]: option for option in nodes[-1].get("options") or ()}
    return {
        **entry,
        "invocation": " ".join(spoken(node, "name", locale) for node in nodes),
        "registered": " ".join(node["name"] for node in nodes),
        "description": spoken(nodes[-1], "description", locale),
        "options": [_option(option, raw[option["name"]], locale) for option in entry["options"]],
    }


def _option(shown: Wire, raw: Wire, locale: str) -> dict[str, Any]:
    choices = [
        {**choice, "name": spoken(named, "name", locale)}
        for choice, named in zip(shown["choices"], raw.get("choices") or (), strict=True)
    ]
    return {
        **shown,
        "name": spoken(raw, "name", locale),
        "description": spoken(raw, "description", locale),
        "choices": choices,
    }
