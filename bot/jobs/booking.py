"""Entries of the ledger that tell what order they are of."""

from __future__ import annotations

from dataclasses import replace

from bot.jobs.order import Order
from bot.money.ledger import Transfer


def booked(transfer: Transfer, order: Order) -> Transfer:
    """The same entry with whom, where and what it is for; a journey's steps are told as the journey."""
    return replace(
        transfer,
        guild_id=order.guild_id,
        user_id=order.user_id,
        channel_id=order.home,
        what=order.recipe.kind,
    )
