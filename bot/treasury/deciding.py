"""What administrators decide about a server's money: each change a setting that is noted with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption
from bot.jobs.ids import new_id
from bot.jobs.preferences import GuildSettings
from bot.library.choices import Also
from bot.money.ledger import Transfer, described
from bot.money.policy import (
    PRICES_MOST,
    SHARES_MOST,
    MoneySettings,
    PotPolicy,
    Price,
    Share,
    Subject,
)
from bot.money.pots import changed_amount, span_of, turned
from bot.store.ledger import lock_money, write_transfers
from bot.store.pots import read_funds
from bot.treasury.grounds import Grounds
from bot.treasury.means import funds_of, given_this_month, state_of
from bot.treasury.records import PotState

_Line = TypeVar("_Line", Share, Price)
"""Of a table that a server keeps."""


class Deciding(Grounds):
    """Changes pot, shares and prices. Whoever calls has seen that the person may."""

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
            due = turned(guild_id, after.pot, funds.held, now, missed=False)
        return self._allowance.within(due, await given_this_month(connection, guild_id, after, now))

    async def set_share(
        self, guild_id: str, share: Share, *, actor_id: str, reason: str | None = None
    ) -> MoneySettings:
        """Put a share, in place of the one of the same. Raises ``InvalidOption`` (``too_many``)."""

        def put(money: MoneySettings) -> dict[str, Any]:
            return {"shares": _with(money.shares, share, "share", SHARES_MOST)}

        return await self._edit(guild_id, "shares", put, actor_id, reason)

    async def remove_share(
        self, guild_id: str, subject: Subject, subject_id: str, *, actor_id: str, reason: str | None = None
    ) -> MoneySettings:
        """Take a share back; one that there is not is no error."""

        def remove(money: MoneySettings) -> dict[str, Any]:
            return {"shares": _without(money.shares, (subject, subject_id))}

        return await self._edit(guild_id, "shares", remove, actor_id, reason)

    async def set_price(
        self, guild_id: str, price: Price, *, actor_id: str, reason: str | None = None
    ) -> MoneySettings:
        """Put a price, in place of the one of the same. Raises ``InvalidOption`` (``too_many``)."""

        def put(money: MoneySettings) -> dict[str, Any]:
            return {"prices": _with(money.prices, price, "price", PRICES_MOST)}

        return await self._edit(guild_id, "prices", put, actor_id, reason)

    async def remove_price(
        self,
        guild_id: str,
        host: str,
        kind: str | None,
        model: str | None,
        *,
        actor_id: str,
        reason: str | None = None,
    ) -> MoneySettings:
        """Take a price back; one that there is not is no error."""

        def remove(money: MoneySettings) -> dict[str, Any]:
            return {"prices": _without(money.prices, (host, kind, model))}

        return await self._edit(guild_id, "prices", remove, actor_id, reason)

    async def set_money(
        self, guild_id: str, name: str, value: object, *, actor_id: str, reason: str | None = None
    ) -> MoneySettings:
        """Change one plain setting, by its name in ``MoneySettings``. Raises ``InvalidOption``."""
        if name not in MoneySettings.model_fields or name in ("pot", "prices", "shares"):
            raise InvalidOption("setting", "unknown_setting")
        return await self._edit(guild_id, name, lambda _: {name: value}, actor_id, reason)

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


def _without(kept: Iterable[_Line], of: object) -> tuple[_Line, ...]:
    return tuple(each for each in kept if each.of != of)


def _with(kept: Iterable[_Line], one: _Line, option: str, most: int) -> tuple[_Line, ...]:
    others = _without(kept, one.of)
    if len(others) >= most:
        raise InvalidOption(option, "too_many", limit=most)
    return (*others, one)
