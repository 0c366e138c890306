"""Another pot: what administrators decide about how it is filled, and what that moves at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption
from bot.jobs.ids import new_id
from bot.jobs.preferences import GuildSettings
from bot.library.choices import Also
from bot.money.ledger import Transfer, described
from bot.money.policy import (
    MoneySettings,
    PotPolicy,
)
from bot.money.pots import changed_amount, span_of, turned
from bot.store.ledger import lock_money, write_transfers
from bot.store.pots import read_funds
from bot.treasury.grounds import Grounds
from bot.treasury.means import funds_of, given_this_month, state_of
from bot.treasury.records import PotState


class Filling(Grounds):
    """Changes pots, each change a setting that is noted with its reason."""

    async def set_pot(
        self,
        guild_id: str,
        changes: PotPolicy | Mapping[str, object],
        *,
        actor_id: str,
        reason: str | None = None,
    ) -> PotState:
        """Another pot from now on; the period that runs gets the new amount, what is spent stays spent.

        Args:
            guild_id: Whose.
            changes: All of it, or what changes by the names of its fields, as it stands otherwise.
            actor_id: Who wants it.
            reason: Why, where that was said.

        Raises:
            InvalidOption: One of them cannot be had, or is more than whoever runs the bot lets a server have
                (``allowance``, ``allowance_stop``).
        """
        now = self._clock.now()
        states: list[PotState] = []

        def merge(money: MoneySettings) -> dict[str, Any]:
            try:
                wanted = PotPolicy.model_validate(dict(money.pot) | dict(changes))
            except ValidationError as error:
                raise InvalidOption(str(error.errors()[0]["loc"][0]), "unknown_value") from None
            self._require_allowed(wanted, changed=set(dict(changes)))
            return {"pot": wanted}

        async def turn(connection: AsyncConnection, before: GuildSettings, after: GuildSettings) -> None:
            await lock_money(connection, guild_id)
            was, becomes = self._allowance.over(before.money), self._allowance.over(after.money)
            due = await self._due(connection, guild_id, was, becomes, now)
            if due:
                told = [described(each, actor_id=actor_id, reason=reason) for each in due]
                await write_transfers(connection, told, now)
            funds = await funds_of(
                connection, guild_id, becomes, now, allowance=self._allowance, deciding=True
            )
            states.append(state_of(funds, becomes, now))

        await self._edit(guild_id, "pot", merge, actor_id, reason, also=turn)
        return states[-1]

    def _require_allowed(self, policy: PotPolicy, *, changed: set[str]) -> None:
        """See that a server may have such a pot; what it has already counts as far as it may."""
        most = self._allowance.amount_most(policy.period)
        if most is None:
            return
        if policy.amount > most and changed & {"amount", "period"}:
            raise InvalidOption("amount", "allowance", limit=self._allowance.credits, left=most)
        if not policy.hard_stop and "hard_stop" in changed:
            raise InvalidOption("hard_stop", "allowance_stop", limit=self._allowance.credits)

    async def _due(
        self,
        connection: AsyncConnection,
        guild_id: str,
        before: MoneySettings,
        after: MoneySettings,
        now: datetime,
    ) -> list[Transfer]:
        """What another pot moves at once, after the period of the one before has begun by its own rules."""
        was, period = span_of(before.pot, now).name, span_of(after.pot, now).name
        funds = await read_funds(connection, guild_id, was, channel_id="", home_id="")
        if (
            funds.held.granted_at is not None
        ):  # else nobody had looked yet: the first period is of the new one
            await funds_of(connection, guild_id, before, now, allowance=self._allowance, deciding=True)
        funds = await read_funds(connection, guild_id, period, channel_id="", home_id="")
        if funds.held.turned:
            due = changed_amount(guild_id, before.pot, after.pot, funds.held, new_id())
        else:
            due = turned(guild_id, after.pot, funds.held, now, change=new_id())
        return self._allowance.within(due, await given_this_month(connection, guild_id, now))

    async def _edit(
        self,
        guild_id: str,
        name: str,
        change: Callable[[MoneySettings], dict[str, Any]],
        actor_id: str,
        reason: str | None,
        *,
        also: Also | None = None,
    ) -> MoneySettings:
        def edit(settings: GuildSettings) -> GuildSettings:
            values = dict(settings.money) | change(settings.money)
            try:
                money = MoneySettings.model_validate(values)
            except ValidationError:
                raise InvalidOption(name, "unknown_value") from None
            return settings.model_copy(update={"money": money})

        edited = await self._choices.edit_guild(
            guild_id, f"money.{name}", edit, actor_id=actor_id, reason=reason, also=also
        )
        return edited.guild.money
