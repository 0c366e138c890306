"""Setting a server up: rules, channels, prices and all else that administrators decide, by one way each.

Whatever changes a setting, a panel, a command or a file, comes through here or through what this hands on to,
and is noted in the trail with its old and new value. Whoever calls has seen that the person may.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption
from bot.jobs.preferences import ChannelSettings, GuildSettings, Settings, changed
from bot.library.choices import Choices
from bot.moderation.deeds import OF_GONE
from bot.moderation.references import Reference, without
from bot.moderation.setup_plan import Change, plain, value_of
from bot.money.policy import MoneySettings, Price, Share
from bot.safety.policy import RuleSettings
from bot.store.db import Database
from bot.store.settings import read_channels
from bot.treasury.service import Treasury

_log = structlog.get_logger(__name__)

_POT: Final = "money.pot."


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Everything that a server decided."""

    guild: GuildSettings
    channels: Mapping[str, ChannelSettings]
    """Of those where anything was decided, by their ids."""

    def those(self, name: str, value: object) -> list[str]:
        """The channels in which a setting has a value, always in the same order."""
        return sorted(each for each, record in self.channels.items() if getattr(record, name) == value)


class Setup:
    """Changes settings of all kinds."""

    def __init__(self, database: Database, choices: Choices, treasury: Treasury) -> None:
        self._database = database
        self._choices = choices
        self._treasury = treasury

    async def layout(self, guild_id: str) -> Layout:
        """How everything stands."""
        async with self._database.connect() as connection:
            return await self.layout_within(connection, guild_id)

    async def layout_within(self, connection: AsyncConnection, guild_id: str) -> Layout:
        """The same in a transaction, with what it changed."""
        found = await read_channels(connection, guild_id)
        channels = {each: record for each, record in found.items() if record != ChannelSettings()}
        return Layout(guild=(await self._choices.of(guild_id, "")).guild, channels=channels)

    # changing

    async def set_rule(
        self, guild_id: str, name: str, value: object, *, actor_id: str, reason: str | None = None
    ) -> Settings:
        """Change one rule, by its name in ``RuleSettings``. Raises ``InvalidOption``."""

        def edit(settings: GuildSettings) -> GuildSettings:
            if name not in RuleSettings.model_fields:
                raise InvalidOption("setting", "unknown_setting")
            try:
                return changed(settings, "rules", {**settings.rules.model_dump(), name: value})
            except InvalidOption:
                raise InvalidOption(name, "unknown_value") from None

        return await self._choices.edit_guild(
            guild_id, f"rules.{name}", edit, actor_id=actor_id, reason=reason
        )

    async def set_channels(
        self,
        guild_id: str,
        name: str,
        value: object,
        chosen: Collection[str],
        *,
        actor_id: str,
        among: Collection[str] | None = None,
    ) -> None:
        """A setting has ``value`` in the chosen channels, and in no others; all of it, or nothing.

        Args:
            guild_id: Whose channels.
            name: As in ``ChannelSettings``.
            value: What is chosen.
            chosen: Ids of channels.
            actor_id: Who wants it.
            among: The channels that could be chosen; others stay as they are. None: all.
        """
        default = ChannelSettings.model_fields[name].default
        async with self._choices.together(guild_id) as connection:
            stands = (await self.layout_within(connection, guild_id)).those(name, value)
            left = [each for each in stands if each not in chosen and (among is None or each in among)]
            decided = dict.fromkeys(chosen, value) | dict.fromkeys(left, default)
            for channel_id, wanted in decided.items():
                await self._choices.set_for_channel(guild_id, channel_id, name, wanted, actor_id=actor_id)

    async def set_all(
        self, guild_id: str, changes: Sequence[Change], *, actor_id: str, reason: str | None = None
    ) -> None:
        """Change whatever there is, by its name in the trail, to plain JSON: all of it, or nothing.

        What changes of the pot does at once, since no server may have what it would be in between. Raises
        ``InvalidOption``.
        """
        of_pot = {each.name.removeprefix(_POT): each.after for each in changes if each.name.startswith(_POT)}
        async with self._choices.together(guild_id):
            if of_pot:
                await self._treasury.set_pot(guild_id, of_pot, actor_id=actor_id, reason=reason)
            for change in changes:
                if not change.name.startswith(_POT):
                    await self._set(guild_id, change, actor_id=actor_id, reason=reason)

    async def _set(self, guild_id: str, change: Change, *, actor_id: str, reason: str | None) -> None:
        name, value = change.name, change.after
        above, _, field = name.rpartition(".")
        if change.channel_id is not None:
            await self._choices.set_for_channel(
                guild_id, change.channel_id, name, value, actor_id=actor_id, reason=reason
            )
        elif above == "rules":
            await self.set_rule(guild_id, field, value, actor_id=actor_id, reason=reason)
        elif name in ("money.shares", "money.prices"):
            await self._set_listed(guild_id, field, value, actor_id=actor_id, reason=reason)
        elif above == "money":
            await self._treasury.set_money(guild_id, field, value, actor_id=actor_id, reason=reason)
        else:
            await self._choices.edit_guild(
                guild_id, name, lambda stands: changed(stands, name, value), actor_id=actor_id, reason=reason
            )

    async def _set_listed(
        self, guild_id: str, field: str, value: Any, *, actor_id: str, reason: str | None
    ) -> None:
        stands = (await self._choices.of(guild_id, "")).guild.money
        wanted = MoneySettings.model_validate({field: value})
        if field == "shares":
            await self._set_shares(guild_id, stands.shares, wanted.shares, actor_id, reason)
            return
        for price in stands.prices:
            if price.of not in {each.of for each in wanted.prices}:
                await self._treasury.remove_price(guild_id, *price.of, actor_id=actor_id, reason=reason)
        for price in wanted.prices:
            await self._treasury.set_price(guild_id, price, actor_id=actor_id, reason=reason)

    async def _set_shares(
        self,
        guild_id: str,
        stands: Collection[Share],
        wanted: Collection[Share],
        actor_id: str,
        reason: str | None,
    ) -> None:
        for share in stands:
            if share.of not in {each.of for each in wanted}:
                await self._treasury.remove_share(guild_id, *share.of, actor_id=actor_id, reason=reason)
        for share in wanted:
            await self._treasury.set_share(guild_id, share, actor_id=actor_id, reason=reason)

    async def price(self, guild_id: str, host: str, kind: str, amount: int | None, *, actor_id: str) -> None:
        """What a kind of order costs at a host; None: as whoever runs the bot says."""
        if amount is None:
            await self._treasury.remove_price(guild_id, host, kind, None, actor_id=actor_id)
            return
        try:
            price = Price(host=host, kind=kind, credits=amount)
        except ValueError:
            raise InvalidOption("credits", "unknown_value") from None
        await self._treasury.set_price(guild_id, price, actor_id=actor_id)

    # what is gone

    async def remove(self, guild_id: str, gone: Reference, *, actor_id: str) -> int:
        """Take a channel, role or member out of every setting that names it, all at once; how many did."""
        async with self._choices.together(guild_id) as connection:
            layout = await self.layout_within(connection, guild_id)
            changes = [
                Change(name=name, before=plain(value_of(layout.guild, name)), after=plain(value))
                for name, value in without(layout.guild, gone).items()
            ]
            record = layout.channels.get(gone.id) if gone.kind == "channel" else None
            if record is not None:
                changes += [
                    Change(name=name, before=plain(value), after=plain(default), channel_id=gone.id)
                    for name, value in record
                    if value != (default := ChannelSettings.model_fields[name].default)
                ]
            await self.set_all(guild_id, changes, actor_id=actor_id, reason=OF_GONE)
        return len(changes)
