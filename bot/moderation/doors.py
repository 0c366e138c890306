"""What moderation asks of every order, in the transaction that accepts it: may this person, must it wait.

They are parts of the gate (:mod:`bot.gate`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Barred
from bot.gate import Case
from bot.jobs.order import Order
from bot.jobs.ports import Passage
from bot.jobs.preferences import Settings
from bot.moderation.deeds import HELD, OURS, SET, THE_BOT, Deed, Sought
from bot.moderation.people import blocked
from bot.moderation.records import Hold, Standing
from bot.safety.judging import Barrier, Person, Spot, barred, slowest_s, why_held
from bot.store.audit_log import find_deeds, note
from bot.store.holds import approvals_in_a_row, open_hold, open_holds_of
from bot.store.standings import get_standing, ordered_since

_PAUSES: Final[Mapping[Barrier, str]] = {"server_paused": "rules.paused", "channel_paused": "paused"}
"""What the trail calls the setting behind each."""
_RULES_NOTED: Final = 5
"""Of one order: they may be long."""
_LATEST: Final = 25
"""Pauses of other channels among which that of this one is looked for."""


class PeopleDoor:
    """Pauses, blocks, mutes and slow mode."""

    async def check(self, connection: AsyncConnection, case: Case) -> tuple[str, ...]:
        """Nothing to look at. Raises ``Barred``: not here, or not now."""
        order, settings, at = case.order, case.settings, case.candidate.at
        standing = await get_standing(connection, order.guild_id, order.user_id)
        person, spot, rules = _person(order, standing), spot_of(order, settings), settings.guild.rules
        slow_s = slowest_s(person, spot)
        since = at - timedelta(seconds=slow_s)
        ordered = await ordered_since(connection, order.guild_id, order.user_id, since) if slow_s else []
        found = barred(person, spot, rules, ordered=ordered, at=at)
        if found is None:
            return ()
        if found.barrier == "blocked":
            raise blocked(standing, rules)
        told: dict[str, object] = {} if found.until is None else {"until": found.until}
        if reason := await self._reason(connection, case, found.barrier, standing):
            told["reason"] = reason
        if found.barrier == "elsewhere":
            told["channels"] = " ".join(f"<#{each}>" for each in rules.music_channel_ids)
        raise Barred(found.barrier, **told)

    async def _reason(
        self, connection: AsyncConnection, case: Case, barrier: Barrier, standing: Standing
    ) -> str | None:
        """What the moderator gave as theirs."""
        if barrier == "muted":
            return standing.reason
        if barrier not in _PAUSES:
            return None
        order = case.order
        where = None if barrier == "server_paused" else order.home
        sought = Sought(guild_id=order.guild_id, action=SET, subject=_PAUSES[barrier])
        for each in await find_deeds(connection, sought, limit=_LATEST):
            if each.deed.channel_id == where:
                return None if each.deed.reason in OURS else each.deed.reason
        return None


class HoldDoor:
    """Orders that wait for a moderator; moderators are told in the same transaction."""

    async def hold(
        self, connection: AsyncConnection, case: Case, passage: Passage, reasons: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Why it waits, by the words ``hold.why.<why>``; empty: it does not.

        Raises ``Barred`` (held): as many orders of this member wait here as may.
        """
        settings, order, at = case.settings, case.order, case.candidate.at
        if not reasons and not may_hold(settings):
            return ()
        price = passage.price * case.candidate.parts
        whys = why_held(
            await _known(connection, order, settings),
            spot_of(order, settings),
            settings.guild.rules,
            price=price,
            flagged=bool(reasons),
            at=at,
        )
        if whys:
            most = settings.guild.rules.held_most
            if len(await open_holds_of(connection, order.guild_id, order.user_id)) >= most:
                raise Barred("held" if most > 1 else "held.one", limit=most)
            hold = Hold(
                job_id=case.candidate.job_id,
                guild_id=order.guild_id,
                channel_id=order.channel_id,
                user_id=order.user_id,
                reasons=whys,
                price=price,
                held_at=at,
                expires_at=at + timedelta(hours=settings.guild.rules.hold_hours),
            )
            await open_hold(connection, hold, order.locale)
            if hold.for_words:
                await note(connection, _held_for(reasons, hold))
        return whys


def _held_for(rules: tuple[str, ...], hold: Hold) -> Deed:
    """The rules as they stand now: they can be changed and removed while it waits."""
    return Deed(
        at=hold.held_at,
        guild_id=hold.guild_id,
        actor_id=THE_BOT,
        action=HELD,
        subject=hold.job_id,
        channel_id=hold.channel_id,
        after={"member": hold.user_id, "rules": rules[:_RULES_NOTED]},
    )


def may_hold(settings: Settings) -> bool:
    """Whether any rule here holds orders, whatever their words."""
    rules = settings.guild.rules
    of_newcomers = rules.newcomer_account_days or rules.newcomer_member_days or rules.newcomer_role_id
    return bool(of_newcomers or settings.channel.approval or rules.hold_above is not None)


async def _known(connection: AsyncConnection, order: Order, settings: Settings) -> Person:
    standing = await get_standing(connection, order.guild_id, order.user_id)
    counts = settings.guild.rules.trust_after and not standing.trusted
    approvals = await approvals_in_a_row(connection, order.guild_id, order.user_id) if counts else 0
    return _person(order, standing, approvals)


def _person(order: Order, standing: Standing, approvals: int = 0) -> Person:
    facts = order.member
    return Person(
        moderates=facts.moderates,
        role_ids=frozenset(facts.role_ids),
        account_created_at=facts.account_created_at,
        joined_at=facts.joined_at,
        blocked=standing.blocked,
        muted_until=standing.muted_until,
        slow_mode_s=standing.slow_mode_s,
        trusted=standing.trusted,
        approvals=approvals,
    )


def spot_of(order: Order, settings: Settings) -> Spot:
    """The channel whose settings count, with what they say."""
    channel = settings.channel
    return Spot(
        id=order.home_id or order.channel_id,
        paused=channel.paused,
        slow_mode_s=channel.slow_mode_s,
        approval=channel.approval,
    )
