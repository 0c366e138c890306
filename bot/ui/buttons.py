"""Buttons and menus that work for ever: everything they need stands in their id.

How ids are made stands in :mod:`bot.ui.action_ids`; ``rc1`` is the version of buttons, ``rm1`` that of select
menus, ``re1`` that of menus of channels and roles.
discord.py matches ids of incoming presses against the patterns here, whichever process sent the message and
however long ago. Which desk acts on an action stands in ``bot.ui.desks``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self, cast

import discord

from bot.ui import answers
from bot.ui.action_ids import MORE, pattern_of
from bot.ui.cards.prices import priced
from bot.ui.words import say

View = discord.ui.View
Style = discord.ButtonStyle
BUTTON: Final = discord.ComponentType.button


@dataclass(frozen=True, slots=True)
class Look:
    """How a button looks; its label is the word ``button.<action>``."""

    emoji: str | None = None
    style: discord.ButtonStyle = Style.secondary


LOOKS: Final[dict[str, Look]] = {
    "reroll": Look("🎲", Style.primary),
    "vary-slight": Look("🌱"),
    "vary-strong": Look("🌶️"),
    "recipe": Look("📜"),
    "delete": Look("🗑️", Style.danger),
    "cancel": Look(),
    "post": Look("📣", Style.success),
    "discard": Look("🗑️", Style.danger),
    "open": Look("👀", Style.primary),
    "edit": Look("✏️"),
    "more": Look(),
    "again": Look("✏️", Style.primary),
    "edit-again": Look("✏️", Style.primary),
    "cover-again": Look("✏️", Style.primary),
    "delete-yes": Look("🗑️", Style.danger),
    "delete-no": Look(),
    "extend": Look("➡️"),
    "morph": Look("🧬"),
    "morph-again": Look("✏️", Style.primary),
    "draft-make": Look("✅", Style.success),
    "draft-change": Look("✏️"),
    "draft-drop": Look("✖️"),
    "keep-a": Look(style=Style.success),
    "keep-b": Look(style=Style.success),
    "keep-both": Look(),
    "with-a": Look(),
    "with-b": Look(),
    "lyrics": Look("✏️", Style.primary),
    "play": Look("▶️", Style.primary),
    "like": Look("❤️"),
    "tree": Look("🌳"),
    "title": Look("✏️"),
    "shelf-delete": Look("🗑️", Style.danger),
    "shelf-back": Look("◀️"),
    "shelf-on": Look("▶️"),
    "allow": Look("✅", Style.success),
    "refuse": Look("✖️"),
    "preset": Look("➕"),
    "money-on": Look("▶️"),
    "money-top": Look("⏮️"),
    "pot-form": Look("✏️", Style.primary),
    "form-again": Look("✏️", Style.primary),
    "audit-on": Look("▶️"),
    "audit-top": Look("⏮️"),
    "audit-csv": Look("📄"),
    "audit-json": Look("📄"),
    "hold-yes": Look("✅", Style.success),
    "hold-trust": Look("🤝"),
    "hold-no": Look("✖️", Style.danger),
    "hold-words": Look("📄"),
    "report-delete": Look("🗑️", Style.danger),
    "report-block": Look("⛔"),
    "report-dismiss": Look(),
    "purge-yes": Look("🗑️", Style.danger),
    "purge-no": Look(),
    "screen-word": Look("➕"),
    "screen-allow": Look("✅"),
    "screen-test": Look("🧪"),
    "screen-page": Look("▶️"),
    "screen-file": Look("📄"),
    "mend": Look("✏️", Style.primary),
    "setup-back": Look("◀️"),
    "setup-next": Look("▶️", Style.primary),
    "setup-form": Look("✏️"),
    "setup-gone": Look("🗑️"),
    "setup-export": Look("💾"),
    "setup-apply": Look("✅", Style.success),
    "setup-drop": Look("✖️"),
    "forget-me": Look("🗑️", Style.danger),
    "keep-me": Look(),
}
"""Every action that a button can stand for."""
CHOICES: Final = {"stems": "🎚️", "midi": "🎼", "cover-art": "🖼️", "report": "🚩"}
"""Every action that no button stands for, only a choice of the menu behind *More*, with its picture there."""
_OF_SETUP: Final = ("setup-page", "setup-set", "setup-key")
_OF_POT: Final = ("pot", "share-forget", "price-forget")
_OF_MODERATORS: Final = ("queue", "queue-all")
_OTHERS: Final = ("morph-as", "morph-of", "deed", "pick", "lend", "set", "preset-remove", "help")
MENUS: Final = (*_OTHERS, *_OF_POT, *_OF_SETUP, *_OF_MODERATORS)
"""Every action that a select menu can stand for."""

PICKERS: Final = ("setup-pick",)
"""Every action that a menu of channels or roles can stand for; Discord fills those itself."""

_DIGITS_MOST: Final = 12
"""Of pages and places; a database takes no number of any length."""


def _pattern(version: str, actions: Iterable[str]) -> str:
    return pattern_of(version, "|".join(map(re.escape, actions)))


_BUTTONS: Final = _pattern("rc1", LOOKS)
_MENUS: Final = _pattern("rm1", MENUS)
_PICKERS: Final = _pattern("re1", PICKERS)
_OURS: Final = re.sub(r"\?P<\w+>", "?:", rf"(?:{_BUTTONS}|{_MENUS}|{_PICKERS})")


def number_in(more: str) -> int | None:
    """The number at the end of an id; none where it is none that any of ours could be."""
    return int(more) if more.isdecimal() and len(more) <= _DIGITS_MOST else None


def subject_of(custom_id: str | None) -> str | None:
    """What a button or menu of ours is about; None for any other id."""
    for pattern in (_BUTTONS, _MENUS, _PICKERS):
        if custom_id is not None and (found := re.fullmatch(pattern, custom_id)) is not None:
            return found["subject"]
    return None


class Presses(Protocol):
    """Who acts on a press; the client carries it as ``presses``."""

    async def pressed(self, interaction: discord.Interaction, action: str, subject: str, more: str) -> None:
        """A button, with what more its id says, or a menu, with what was chosen."""
        ...


async def _hand_over(interaction: discord.Interaction[Any], action: str, subject: str, more: str) -> None:
    try:
        presses: Presses = interaction.client.presses
        await presses.pressed(interaction, action, subject, more)
    except Exception as error:
        await answers.fault(interaction, error)


class ActionButton(discord.ui.DynamicItem[discord.ui.Button[View]], template=_BUTTONS):
    """One of our buttons."""

    def __init__(
        self, action: str, subject: str, locale: str = "en", *, more: str = "", row: int | None = None
    ) -> None:
        look = LOOKS[action]
        super().__init__(
            discord.ui.Button(
                label=say(f"button.{action.replace('-', '_')}", locale),
                emoji=look.emoji,
                style=look.style,
                custom_id=f"rc1:{action}:{subject}" + (f":{more}" if more else ""),
            ),
            row=row,
        )
        self.action = action
        self.subject = subject
        self.more = more

    @staticmethod
    def holds(more: str) -> bool:
        """Whether a text can stand at the end of an id."""
        return re.fullmatch(MORE, more) is not None

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuilt from the pressed button's id alone."""
        return cls(match["action"], match["subject"], more=match["more"] or "")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press over."""
        await _hand_over(interaction, self.action, self.subject, self.more)


class ActionMenu(discord.ui.DynamicItem[discord.ui.Select[View]], template=_MENUS):
    """One of our select menus, of which one thing is chosen; that is what ``more`` is."""

    def __init__(
        self, action: str, subject: str, options: Sequence[discord.SelectOption], locale: str = "en"
    ) -> None:
        super().__init__(
            discord.ui.Select(
                placeholder=say(f"menu.{action.replace('-', '_')}", locale),
                options=list(options),
                custom_id=f"rm1:{action}:{subject}",
            )
        )
        self.action = action
        self.subject = subject

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuilt from the used menu's id alone; what it offered then may be offered no more."""
        used = cast("discord.ui.Select[View]", item)
        return cls(match["action"], match["subject"], used.options)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the choice over."""
        values: list[str] = cast("Any", interaction.data or {}).get("values") or [""]
        await _hand_over(interaction, self.action, self.subject, values[0])


Picker = discord.ui.ChannelSelect[View] | discord.ui.RoleSelect[View]


class PickMenu(discord.ui.DynamicItem[Picker], template=_PICKERS):
    """One of our menus of channels or roles, of which several can be chosen; ``more`` is their ids."""

    def __init__(self, action: str, subject: str, picker: Picker) -> None:
        picker.custom_id = f"re1:{action}:{subject}"
        super().__init__(picker)
        self.action = action
        self.subject = subject

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuilt from the used menu's id alone."""
        return cls(match["action"], match["subject"], cast("Picker", item))

    def to_component_dict(self) -> dict[str, Any]:
        """As Discord's API document says: ids are strings."""
        told: dict[str, Any] = super().to_component_dict()
        for each in told.get("default_values", ()):
            each["id"] = str(each["id"])
        return told

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the choice over; empty where nothing is chosen any more."""
        values: list[str] = cast("Any", interaction.data or {}).get("values") or []
        await _hand_over(interaction, self.action, self.subject, ",".join(values))


class StrangeButton(discord.ui.DynamicItem[discord.ui.Button[View]], template=rf"(?!{_OURS}\Z)[\s\S]*"):
    """Any other id: a button of another version. It gets an answer instead of a dead press."""

    def __init__(self) -> None:
        super().__init__(discord.ui.Button(label="?", custom_id="strange"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Nothing of the id can be trusted."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Say kindly that it does nothing; somebody may have made it up."""
        await answers.answer(interaction, say("button.strange", answers.locale_of(interaction)))
        await answers.note_attempt(interaction, "strange")


DYNAMIC_ITEMS: Final = (ActionButton, ActionMenu, PickMenu, StrangeButton)
"""What the client registers once."""

ROWS: Final = (
    ("reroll", "vary-slight", "vary-strong", "edit"),
    ("extend", "morph", "like", "more"),
)
"""The buttons under a result; everything else is in the menu behind the last."""
ORDERING: Final = ("reroll", "vary-slight", "vary-strong")
"""Those that order at once, without asking for anything more."""


def result_row(
    take_id: str,
    locale: str = "en",
    deeds: Collection[str] | None = None,
    *,
    likes: int = 0,
    price: int = 0,
) -> View:
    """The buttons under a result: of ``deeds`` those that have one; None stands for all.

    ``price`` is what those cost that order at once, in credits; it stands on them and in their ids.
    """
    row = View(timeout=None)
    for line, actions in enumerate(ROWS):
        for action in actions:
            if deeds is None or action in deeds:
                more = str(price) if price and action in ORDERING else ""
                button = ActionButton(action, take_id, locale, more=more, row=line)
                if action == "like":
                    button.item.label = heart(likes, locale)
                elif more:
                    button.item.label = priced(button.item.label or "", price, locale)
                row.add_item(button)
    return row


def heart(likes: int, locale: str) -> str:
    """What stands on the button for likes."""
    return say("button.like.count", locale, count=likes) if likes else say("button.like", locale)


def with_likes(message: discord.Message, take_id: str, likes: int, locale: str) -> View | None:
    """The buttons of a message with another number of likes; None where not all of them are ours."""
    row = View(timeout=None)
    for line, shown in enumerate(message.components):
        for child in shown.children if isinstance(shown, discord.ActionRow) else ():
            match = re.fullmatch(_BUTTONS, child.custom_id or "") if child.type is BUTTON else None
            if match is None or not isinstance(child, discord.Button):
                return None
            more = match["more"] or ""
            button = ActionButton(match["action"], match["subject"], locale, more=more, row=line)
            is_heart = (button.action, button.subject) == ("like", take_id)
            button.item.label = heart(likes, locale) if is_heart else child.label
            row.add_item(button)
    return row if row.children else None


def pair_row(take_ids: Sequence[str], locale: str = "en", *, chosen: bool = False) -> View:
    """The buttons under two takes: which of them stay, until that is known, and the way to those of each."""
    row = View(timeout=None)
    first, second = take_ids
    if not chosen:
        row.add_item(ActionButton("keep-a", first, locale, row=0))
        row.add_item(ActionButton("keep-b", second, locale, row=0))
        row.add_item(ActionButton("keep-both", first, locale, row=0))
    row.add_item(ActionButton("with-a", first, locale, row=1))
    row.add_item(ActionButton("with-b", second, locale, row=1))
    return row


def running_row(job_id: str, locale: str = "en") -> View:
    """The one button under a running card."""
    return View(timeout=None).add_item(ActionButton("cancel", job_id, locale))
