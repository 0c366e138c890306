"""``/pot``: what those who manage a server decide about its money."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from discord.utils import utcnow

from bot.money.policy import CREDITS_MOST, PERIODS, REASON_MAX, Subject
from bot.protocol.image_models import IMAGE_MODELS
from bot.ui.cards.pot import KINDS
from bot.ui.desks.pot import PotDesk
from bot.ui.desks.shares import SharesDesk
from bot.ui.discord_limits import CHOICES_MOST
from bot.ui.money_typed import clock_in, suggest_zones
from bot.ui.text import plain
from bot.ui.words import say

Choices = list[app_commands.Choice[str]]
Credits = app_commands.Range[int, 1, CREDITS_MOST]
Reason = app_commands.Range[str, 1, REASON_MAX]
_SET = (
    *("amount", "period", "reset_time", "zone", "carry_over", "hard_stop", "ask_above"),
    *("credit_value", "currency", "use_shown", "gifts", "gift_most"),
)
_SHARE = ("member", "role", "channel", "command", "cap", "weight", "exempt", "forget")


def _told(command: str, *options: str) -> dict[str, str]:
    return {name: say(f"command.pot.{command}.{name}") for name in options}


def _kinds() -> Choices:
    return [app_commands.Choice(name=say(f"pot.{kind}.choice"), value=kind) for kind in KINDS]


@app_commands.default_permissions(manage_guild=True)
class PotCog(commands.GroupCog, group_name="pot", group_description=say("command.pot")):
    """The command group."""

    def __init__(self, desk: PotDesk, shares: SharesDesk) -> None:
        self._desk = desk
        self._shares = shares

    @app_commands.command(name="show", description=say("command.pot.show"))
    async def show(self, interaction: discord.Interaction) -> None:
        """The panel."""
        await self._desk.show(interaction)

    @app_commands.command(name="set", description=say("command.pot.set"))
    @app_commands.describe(**_told("set", *_SET))
    @app_commands.choices(
        period=[app_commands.Choice(name=say(f"pot.menu.period.{each}"), value=each) for each in PERIODS]
    )
    async def change(
        self,
        interaction: discord.Interaction,
        amount: app_commands.Range[int, 0, CREDITS_MOST] | None = None,
        period: str | None = None,
        reset_time: app_commands.Range[str, 1, 5] | None = None,
        zone: app_commands.Range[str, 1, 60] | None = None,
        carry_over: bool | None = None,
        hard_stop: bool | None = None,
        ask_above: app_commands.Range[int, 0, CREDITS_MOST] | None = None,
        credit_value: app_commands.Range[float, 0.0, 1_000_000.0] | None = None,
        currency: app_commands.Range[str, 1, 8] | None = None,
        use_shown: bool | None = None,
        gifts: bool | None = None,
        gift_most: app_commands.Range[int, 0, CREDITS_MOST] | None = None,
    ) -> None:
        """Change what is given."""
        options: dict[str, Any] = {
            "amount": amount,
            "period": period,
            "reset_time": reset_time,
            "zone": zone,
            "carry_over": carry_over,
            "hard_stop": hard_stop,
            "ask_above": ask_above,
            "credit_value": credit_value,
            "currency": currency,
            "use_shown": use_shown,
            "gifts": gifts,
            "gift_most": gift_most,
        }
        await self._desk.options(interaction, options)

    @app_commands.command(name="top-up", description=say("command.pot.top-up"))
    @app_commands.describe(**_told("top-up", "amount", "reason"))
    async def top_up(self, interaction: discord.Interaction, amount: Credits, reason: Reason) -> None:
        """More credits."""
        await self._desk.top_up(interaction, amount, reason)

    @app_commands.command(name="sponsor", description=say("command.pot.sponsor"))
    @app_commands.describe(**_told("sponsor", "amount", "reason"))
    async def sponsor(self, interaction: discord.Interaction, amount: Credits, reason: Reason) -> None:
        """Credits for this channel."""
        await self._desk.sponsor(interaction, amount, reason)

    @app_commands.command(name="share", description=say("command.pot.share"))
    @app_commands.describe(**_told("share", *_SHARE))
    @app_commands.choices(command=_kinds())
    async def share(
        self,
        interaction: discord.Interaction,
        member: discord.User | None = None,
        role: discord.Role | None = None,
        channel: discord.TextChannel | discord.VoiceChannel | None = None,
        command: str | None = None,
        cap: app_commands.Range[int, 0, CREDITS_MOST] | None = None,
        weight: app_commands.Range[float, 0.01, 100.0] | None = None,
        exempt: bool = False,
        forget: bool = False,
    ) -> None:
        """How much of the pot for whom."""
        given: dict[Subject, Any] = {"member": member, "role": role, "channel": channel}
        named: dict[Subject, str] = {name: str(each.id) for name, each in given.items() if each is not None}
        if role is not None and role.is_default():
            del named["role"]  # that of everybody: what counts where nothing is named
        if command is not None:
            named["command"] = command
        await self._shares.share(
            interaction, named=named, cap=cap, weight=weight, exempt=exempt, forget=forget
        )

    @app_commands.command(name="price", description=say("command.pot.price"))
    @app_commands.describe(**_told("price", "host", "kind", "model"), amount=say("command.pot.price.credits"))
    @app_commands.rename(amount="credits")
    @app_commands.choices(kind=_kinds())
    async def price(
        self,
        interaction: discord.Interaction,
        host: str,
        kind: str | None = None,
        model: app_commands.Range[str, 1, 100] | None = None,
        amount: app_commands.Range[int, 0, CREDITS_MOST] | None = None,
    ) -> None:
        """What things cost."""
        await self._shares.price(interaction, host=host, kind=kind, model=model, amount=amount)

    @change.autocomplete("zone")
    async def zones(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Zones, with what clocks there show."""
        now = utcnow()
        return [
            app_commands.Choice(name=plain(f"{zone} · {clock_in(zone, now)}"), value=zone)
            for zone in suggest_zones(typed)
        ]

    @price.autocomplete("host")
    async def hosts(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Where something can be made."""
        return [
            app_commands.Choice(name=plain(name), value=name)
            for name in self._shares.hosts(typed)[:CHOICES_MOST]
        ]

    @price.autocomplete("model")
    async def models(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Models that have a name."""
        wanted = typed.strip().lower()
        found = [name for name in IMAGE_MODELS if wanted in name.lower()]
        return [app_commands.Choice(name=name, value=name) for name in found[:CHOICES_MOST]]
