"""The desk for own keys: bringing, seeing, switching and forgetting them, for one person's eyes alone."""

from __future__ import annotations

from collections.abc import Callable, Collection

import discord
from pydantic import SecretStr

from bot.keys.records import Owner, OwnerKind, OwnKey
from bot.keys.service import OwnKeys
from bot.library.choices import Choices
from bot.ui import text
from bot.ui.answers import answer, locale_of
from bot.ui.cards.common import BRAND
from bot.ui.desks.here import settings_here
from bot.ui.desks.people import require_manager
from bot.ui.discord_limits import EMBED_FIELD_CHARS
from bot.ui.forms.key import KeyModal
from bot.ui.words import say


class KeyDesk:
    """Deals with keys, and never shows one."""

    def __init__(self, keys: OwnKeys, choices: Choices, *, default_host: str) -> None:
        self._keys = keys
        self._choices = choices
        self._default_host = default_host

    @property
    def hosts(self) -> tuple[str, ...]:
        """Those that keys can be brought for."""
        return self._keys.hosts

    async def add(self, interaction: discord.Interaction, host: str, kind: OwnerKind) -> None:
        """``/key add``: ask for it.

        Raises:
            NotAllowed: ``server_keys``: the server's, by somebody without Manage Server.
            InvalidOption: Nobody can bring keys here, or none for this host.
        """
        _owner(interaction, kind, change=True)
        self._keys.require(host)
        await interaction.response.send_modal(KeyModal(self, host, kind, locale_of(interaction)))

    async def brought(
        self, interaction: discord.Interaction, host: str, kind: OwnerKind, key: SecretStr
    ) -> None:
        """The form was sent. Who could open it may have lost the right since."""
        owner = _owner(interaction, kind, change=True)
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await self._keys.add(owner, host, key, actor_id=str(interaction.user.id))
        locale, shown = locale_of(interaction), text.shown(host)
        lines = [say(f"key.added.{kind}", locale, host=shown, mark=kept.fingerprint)]
        current = (await settings_here(interaction, self._choices)).guild.host or self._default_host
        if kind == "guild" and current != host:
            lines.append(say("key.not_chosen", locale, host=shown, current=text.shown(current)))
        await answer(interaction, "\n".join(lines))

    async def remove(self, interaction: discord.Interaction, host: str, kind: OwnerKind) -> None:
        """``/key remove``. Raises as :meth:`add`, and ``NotFound``."""
        owner = _owner(interaction, kind, change=True)
        await self._keys.remove(owner, host, actor_id=str(interaction.user.id))
        await answer(interaction, say(f"key.removed.{kind}", locale_of(interaction), host=text.shown(host)))

    async def use(
        self, interaction: discord.Interaction, host: str, kind: OwnerKind, *, in_use: bool
    ) -> None:
        """``/key use``. Raises as :meth:`remove`."""
        owner = _owner(interaction, kind, change=True)
        await self._keys.use(owner, host, in_use=in_use, actor_id=str(interaction.user.id))
        key = "key.on" if in_use else "key.off"
        await answer(interaction, say(key, locale_of(interaction), host=text.shown(host)))

    async def show(self, interaction: discord.Interaction) -> None:
        """``/key show``: one's own, and that the server has some; their marks are for who manages it."""
        self._keys.require()
        locale = locale_of(interaction)
        mine = await self._keys.of(_owner(interaction, "user"))
        here = await self._keys.of(_owner(interaction, "guild"))
        manages = interaction.permissions.manage_guild
        none = say("key.none", locale, hosts=text.shown(", ".join(self.hosts)))
        yours = [_line(key, locale, marked=True, by=False) for key in mine]
        servers = [_line(key, locale, marked=manages, by=manages) for key in here]
        card = discord.Embed(
            title=say("key.title", locale), description=say("key.note", locale), colour=BRAND
        )
        told = {
            "key.yours": "\n".join(yours) or none,
            "key.servers": "\n".join(servers) or say("key.none.short", locale),
        }
        for key, value in told.items():
            card.add_field(name=say(key, locale), value=text.clip(value, EMBED_FIELD_CHARS), inline=False)
        await answer(interaction, embed=card)

    async def left(self, guild_id: str) -> None:
        """The bot is no longer in this server."""
        await self._keys.forget_guild(guild_id)

    async def only_in(self, guild_ids: Collection[str], *, mine: Callable[[str], bool]) -> None:
        """These are the servers, of those that are ``mine`` to know, in which the bot is."""
        await self._keys.forget_guilds_besides(guild_ids, mine=mine)


def _owner(interaction: discord.Interaction, kind: OwnerKind, *, change: bool = False) -> Owner:
    """Whose key it is. Raises ``NotAllowed`` where this person may not change it."""
    if kind == "user":
        return Owner("user", str(interaction.user.id))
    if change:
        require_manager(interaction, "server_keys")
    return Owner("guild", str(interaction.guild_id))


def _line(key: OwnKey, locale: str, *, marked: bool, by: bool) -> str:
    known = {"host": text.shown(key.host), "at": text.moment(key.added_at, "D")}
    if not marked:
        line = say("key.line.plain", locale, **known)
    elif by and key.added_by.isdecimal() and key.added_by != "0":
        line = say("key.line.by", locale, **known, mark=key.fingerprint, who=f"<@{key.added_by}>")
    else:
        line = say("key.line", locale, **known, mark=key.fingerprint)
    states = [] if key.in_use else [say("key.state.off", locale)]
    if key.trouble is not None:
        states.append(say(f"key.state.{key.trouble}", locale, host=text.shown(key.host)))
    return " · ".join([line, *states])
