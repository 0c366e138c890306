"""A server's money while somebody moves it: what there is, what may be moved, and what is written of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption
from bot.moderation.deeds import Deed
from bot.money import ledger
from bot.money.allowance import Allowance
from bot.money.policy import CREDITS_MOST, REASON_MAX, MoneySettings
from bot.money.pots import Span, span_of
from bot.store.audit_log import note
from bot.store.ledger import write_transfers
from bot.store.pots import Funds
from bot.treasury.giving import own_share, require_left, share_state
from bot.treasury.means import funds_of, given_this_month
from bot.treasury.records import ShareState, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """A server's money while nobody else decides about it."""

    connection: AsyncConnection
    guild_id: str
    money: MoneySettings
    allowance: Allowance
    now: datetime

    @property
    def day(self) -> Span:
        """That of the shares."""
        return span_of(self.money.pot, self.now, "day")

    async def funds(self, channel_id: str = "") -> Funds:
        """What there is."""
        return await funds_of(
            self.connection,
            self.guild_id,
            self.money,
            self.now,
            allowance=self.allowance,
            home_id=channel_id,
            deciding=True,
        )

    async def share(self, giver: Who, channel_id: str) -> ShareState:
        """What is left of the share that somebody can give of. Raises ``NotAllowed``."""
        own = own_share(self.money, giver, channel_id)
        return await share_state(self.connection, self.guild_id, own, giver.user_id, channel_id, self.day)

    async def require_left(self, giver: Who, channel_id: str, amount: int) -> None:
        """See that somebody can give so much. Raises as :func:`bot.treasury.giving.require_left`."""
        await require_left(
            self.connection,
            self.money,
            own_share(self.money, giver, channel_id),
            guild_id=self.guild_id,
            giver=giver,
            channel_id=channel_id,
            amount=amount,
            day=self.day,
        )

    async def require_allowed(self, amount: int) -> None:
        """See that so much may come to the server. Raises ``InvalidOption``."""
        given = await given_this_month(self.connection, self.guild_id, self.now)
        left = self.allowance.left(self.money.pot, given, self.now)
        if left is not None and amount > left:
            raise InvalidOption("amount", "allowance", limit=self.allowance.credits, left=left)

    async def enter(self, *entries: ledger.Transfer) -> None:
        """Write what was decided."""
        await write_transfers(self.connection, entries, self.now)

    async def note(self, entry: ledger.Transfer, subject: str, before: int | None, after: int | None) -> None:
        """Note who decided that, and what there was before and is now."""
        deed = Deed(
            at=self.now,
            guild_id=self.guild_id,
            actor_id=entry.actor_id or "",
            action=entry.kind,
            subject=subject,
            channel_id=entry.channel_id,
            reason=entry.reason,
            before=before,
            after=after,
        )
        await note(self.connection, deed)


def checked_amount(amount: int) -> int:
    """Credits that can be moved. Raises ``InvalidOption``."""
    if not 0 < amount <= CREDITS_MOST:
        raise InvalidOption("amount", "out_of_range", low=1, high=CREDITS_MOST)
    return amount


def checked_reason(reason: str, *, must: bool = True) -> str:
    """A reason in one line. Raises ``InvalidOption`` where there is none and must be, or too long a one."""
    reason = " ".join(reason.split())
    if must and not reason:
        raise InvalidOption("reason", "empty")
    if len(reason) > REASON_MAX:
        raise InvalidOption("reason", "too_long", limit=REASON_MAX, length=len(reason))
    return reason
