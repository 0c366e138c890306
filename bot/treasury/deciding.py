"""What administrators decide about a server's money: each change a setting that is noted with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from bot.errors import InvalidOption
from bot.money.policy import (
    PRICES_MOST,
    SHARES_MOST,
    MoneySettings,
    Price,
    Share,
    Subject,
)
from bot.treasury.filling import Filling

_Line = TypeVar("_Line", Share, Price)
"""Of a table that a server keeps."""


class Deciding(Filling):
    """Changes shares, prices and the rest. Whoever calls has seen that the person may."""

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


def _without(kept: Iterable[_Line], of: object) -> tuple[_Line, ...]:
    return tuple(each for each in kept if each.of != of)


def _with(kept: Iterable[_Line], one: _Line, option: str, most: int) -> tuple[_Line, ...]:
    others = _without(kept, one.of)
    if len(others) >= most:
        raise InvalidOption(option, "too_many", limit=most)
    return (*others, one)
