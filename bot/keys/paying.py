"""Orders that are made with a key of their own: they take nothing from any pot."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption
from bot.gate import Case
from bot.jobs.ports import Passage
from bot.keys.service import OwnKeys
from bot.money.ledger import own


class OwnKeyPayer:
    """Asked before the pot."""

    def __init__(self, keys: OwnKeys) -> None:
        self._keys = keys

    async def pay(self, connection: AsyncConnection, case: Case) -> Passage | None:
        """The member's own account at the host, else the server's; None where neither has a key in use.

        Raises:
            InvalidOption: Neither has, nor has this instance.
        """
        order = case.order
        key = await self._keys.payer(connection, order.host, user_id=order.user_id, guild_id=order.guild_id)
        if key is None and order.host in self._keys.only:
            raise InvalidOption("host", "needs_own_key", host=order.host)
        if key is None:
            return None
        # No account names a member: what their key paid stands under the key, nobody's once it is gone.
        account = own("guild", key.owner.id) if key.owner.kind == "guild" else own("user", key.id)
        return Passage(account=account, price=case.price, key_id=key.id)
