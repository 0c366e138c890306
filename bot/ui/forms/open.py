"""Forms that this process opened, and what becomes of one that it does not know any more.

Without a word discord.py drops a form that was sent after its time, or whose process was restarted meanwhile.
"""

from __future__ import annotations

import io
import secrets
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Final, cast

import discord

from bot.ui.answers import answer, fault, locale_of
from bot.ui.words import say

MOST: Final = 10_000
"""So many are remembered; the oldest goes first."""
_TEXT: Final = discord.ComponentType.text_input.value
_HIDDEN: Final = "secret-"
"""How the ids of forms begin into which something secret is typed: any process can tell them."""

_opened: OrderedDict[str, None] = OrderedDict()


class Form(discord.ui.Modal):
    """A form of ours."""

    def __init__(self, *, title: str, timeout: float, secret: bool = False) -> None:
        custom_id = secrets.token_hex(16)
        super().__init__(
            title=title, timeout=timeout, custom_id=f"{_HIDDEN}{custom_id}" if secret else custom_id
        )
        _opened[self.custom_id] = None
        while len(_opened) > MOST:
            _opened.popitem(last=False)

    async def on_timeout(self) -> None:
        """Whoever sends it now is told."""
        _opened.pop(self.custom_id, None)

    def stop(self) -> None:
        """It was acted on: discord.py hears it no more, and whoever sends it again is told."""
        _opened.pop(self.custom_id, None)
        super().stop()

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, /) -> None:
        """Errors end where all others end, and so does the form: what it began may have been done."""
        await fault(interaction, error)
        self.stop()


def none_is_open() -> None:
    """A client begins: it waits for no form that another one opened."""
    _opened.clear()


async def heard_too_late(interaction: discord.Interaction[Any]) -> None:
    """Give back what stands in a form that nobody waits for any more; anything else is left alone.

    Nothing secret is ever given back.
    """
    if interaction.type is not discord.InteractionType.modal_submit:
        return
    data = cast("dict[str, Any]", interaction.data or {})
    custom_id = str(data.get("custom_id", ""))
    if custom_id in _opened or interaction.response.is_done():  # or heard, and acted on already
        return
    secret = custom_id.startswith(_HIDDEN)
    texts = () if secret else _texts(data.get("components", []))
    typed = "\n\n".join(text for text in texts if text.strip())
    locale = locale_of(interaction)
    try:
        if typed:
            file = discord.File(io.BytesIO(typed.encode()), filename="typed.txt")
            await answer(interaction, say("form.forgotten.typed", locale), file=file)
        else:
            await answer(interaction, say("form.forgotten", locale))
    except Exception as error:
        await fault(interaction, error)


def _texts(components: Any) -> Iterator[str]:
    """What was typed, top to bottom."""
    for component in cast("list[dict[str, Any]]", components):
        if component.get("type") == _TEXT:
            yield str(component.get("value") or "")
        yield from _texts([*component.get("components", []), *filter(None, [component.get("component")])])
