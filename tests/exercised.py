"""Which parts of the bot's face were used in this run, and which were not.

Everything that a member can do stands in the command tree, in the table of buttons and menus, and among the
forms of the bot that the tests started; what was done stands in the interactions that those tests sent and
the bot answered, but for those that it refused or failed at. A run of the whole suite fails where the second
lacks something of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import discord
import pytest
from discord import AppCommandOptionType as Option
from discord import AppCommandType as Kind
from discord import InteractionType

from bot.client import RiffcordClient
from bot.ui.looks import CHOICES, LOOKS, MENUS, PICKERS

_GROUPS = (Option.subcommand.value, Option.subcommand_group.value)
_KINDS = {Kind.message.value: "message menu", Kind.user.value: "member menu"}
_IDS = {"rc1": "button", "rm1": "select", "re1": "select"}


@dataclass
class Book:
    """What there is and what was used, as ``kind name`` lines."""

    declared: set[str] = field(default_factory=set[str])
    used: set[str] = field(default_factory=set[str])

    def add(self, declared: Iterable[str], used: Iterable[str]) -> None:
        """Take in what a test or a worker process saw."""
        self.declared |= set(declared)
        self.used |= set(used)

    @property
    def unused(self) -> list[str]:
        """What no test used."""
        return sorted(self.declared - self.used)

    def table(self) -> list[str]:
        """Lines for the end of a run: how much of each kind was used, and what was not, by name."""
        kinds = sorted({_kind(line) for line in self.declared})
        lines = [f"the bot's face: {len(self.declared & self.used)} of {len(self.declared)} parts exercised"]
        for kind in kinds:
            all_of_it = {line for line in self.declared if _kind(line) == kind}
            unused = [line.removeprefix(f"{kind}: ") for line in sorted(all_of_it - self.used)]
            lines.append(f"  {kind:13} {len(all_of_it) - len(unused):3} of {len(all_of_it):3}")
            lines += [f"    not exercised: {name}" for name in unused]
        return lines


book = Book()


def _kind(line: str) -> str:
    return line.partition(":")[0]


# ------------------------------------------------------------------ what there is


def face_of(client: RiffcordClient) -> set[str]:
    """Every command, option, menu, button, select and form of a bot that has started."""
    found = {f"button: {action}" for action in LOOKS} | {f"select: {action}" for action in (*MENUS, *PICKERS)}
    found |= {f"choice: {action}" for action in CHOICES}
    found |= {f"form: {form.__name__}" for form in _forms(discord.ui.Modal)}
    for command in client.tree.get_commands():
        wire: dict[str, Any] = command.to_dict(client.tree)
        if wire["type"] in _KINDS:
            found.add(f"{_KINDS[wire['type']]}: {wire['name']}")
        else:
            found |= set(_parts(wire, f"/{wire['name']}"))
    return found


def _forms(base: type[discord.ui.Modal]) -> Iterator[type[discord.ui.Modal]]:
    """The bot's own forms; one that others are made from is none."""
    for form in base.__subclasses__():
        if form.__subclasses__():
            yield from _forms(form)
        elif form.__module__.partition(".")[0] in ("bot", "cogs"):
            yield form


def _parts(node: Mapping[str, Any], name: str) -> Iterator[str]:
    options: list[dict[str, Any]] = node.get("options") or []
    below = [option for option in options if option["type"] in _GROUPS]
    for child in below:
        yield from _parts(child, f"{name} {child['name']}")
    if below:
        return
    yield f"command: {name}"
    for option in options:
        yield f"option: {name} {option['name']}"
        if option.get("autocomplete"):
            yield f"completion: {name} {option['name']}"


# ----------------------------------------------------------------- what was done


@dataclass
class Watch:
    """The interactions of one test, and the forms that were opened in it, by the id that was sent.

    ``refused`` has the ids of interactions that ended in an error, whosever fault it was.
    """

    sent: list[tuple[Any, dict[str, Any]]] = field(default_factory=list[tuple[Any, dict[str, Any]]])
    forms: dict[str, str] = field(default_factory=dict[str, str])
    refused: set[str] = field(default_factory=set[str])

    def watch(self, make: Callable[..., tuple[Any, dict[str, Any]]]) -> Callable[..., Any]:
        """simcord's maker of interactions, watched."""

        def watched(*args: Any, **facts: Any) -> tuple[Any, dict[str, Any]]:
            record, payload = make(*args, **facts)
            self.sent.append((record, payload))
            return record, payload

        return watched

    def hear(self, tell: Callable[..., str]) -> Callable[..., str]:
        """The bot's way to find the sentence for an error, watched."""

        def heard(interaction: Any, *args: Any) -> str:
            self.refused.add(str(interaction.id))
            return tell(interaction, *args)

        return heard

    def used(self) -> set[str]:
        """What was done and answered, and not refused."""
        return {
            line
            for record, payload in self.sent
            if record.responded and payload["id"] not in self.refused
            for line in self._lines(record, payload["type"], payload["data"])
        }

    def _lines(self, record: Any, kind: int, data: Mapping[str, Any]) -> Iterator[str]:
        if kind == InteractionType.component.value:
            version, _, rest = data["custom_id"].partition(":")
            if version in _IDS:
                yield f"{_IDS[version]}: {rest.partition(':')[0]}"
                yield from (f"choice: {value}" for value in data.get("values", ()))
        elif kind == InteractionType.modal_submit.value:
            if data["custom_id"] in self.forms:
                yield f"form: {self.forms[data['custom_id']]}"
        elif data.get("type") in _KINDS:
            yield f"{_KINDS[data['type']]}: {data['name']}"
        else:
            yield from _called(data, f"/{data['name']}", bool(record.autocomplete_choices), kind)


def _called(node: Mapping[str, Any], name: str, was_offered: bool, kind: int) -> Iterator[str]:
    options: list[dict[str, Any]] = node.get("options") or []
    for option in options:
        if option["type"] in _GROUPS:
            yield from _called(option, f"{name} {option['name']}", was_offered, kind)
            return
    if kind == InteractionType.autocomplete.value:
        yield from (f"completion: {name} {o['name']}" for o in options if o.get("focused") and was_offered)
        return
    yield f"command: {name}"
    yield from (f"option: {name} {option['name']}" for option in options)


# -------------------------------------------------------------------- the whole run


def is_whole(config: pytest.Config) -> bool:
    """Whether a run is one of all tests, so that what was not used was forgotten."""
    option: Any = config.option
    narrowed = option.keyword or option.markexpr or option.collectonly or getattr(option, "lf", False)
    return config.args == config.getini("testpaths") and not narrowed
