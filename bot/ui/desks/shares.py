"""The desk for shares and prices: how much of the pot for whom, and what things cost."""

from __future__ import annotations

from typing import Final

import discord

from bot.errors import InvalidOption
from bot.library.house import House
from bot.money.policy import Price, Share, Subject
from bot.protocol.image_models import IMAGE_MODELS
from bot.ui.answers import locale_of
from bot.ui.cards.pot_lists import price_told, price_value, share_told, share_value, who_shares
from bot.ui.desks.people import require_manager
from bot.ui.desks.pot_panel import PotPanel
from bot.ui.desks.presses import Handler

_WEIGHED: Final[frozenset[Subject]] = frozenset({"member", "role"})


class SharesDesk:
    """Changes shares and prices. Everything raises ``NotAllowed`` (``pot``)."""

    def __init__(self, house: House, panel: PotPanel) -> None:
        self._house = house
        self._treasury = house.treasury
        self._panel = panel

    def handlers(self) -> dict[str, Handler]:
        """Which menus end here."""
        return {"share-forget": self.share_chosen, "price-forget": self.price_chosen}

    def hosts(self, typed: str) -> list[str]:
        """Where something can cost something, whose name has what was typed."""
        wanted = typed.strip().lower()
        return [name for name in sorted(self._house.hosts) if wanted in name.lower()]

    # shares

    async def share(
        self,
        interaction: discord.Interaction,
        *,
        named: dict[Subject, str],
        cap: int | None,
        weight: float | None,
        exempt: bool,
        forget: bool,
    ) -> None:
        """``/pot share``: put a share, in place of the one of the same, or take it back.

        Args:
            interaction: Not answered yet.
            named: Of what, at most one; none is every member.
            cap: Credits a day.
            weight: Times what every member has.
            exempt: Whether none limits them.
            forget: Whether there shall be none.

        Raises:
            InvalidOption: Several of what can be only one, or none.
        """
        require_manager(interaction, "pot")
        if len(named) > 1:
            raise InvalidOption("member", "one_subject")
        subject, subject_id = next(iter(named.items()), ("member", ""))
        guild_id, actor_id = str(interaction.guild_id), str(interaction.user.id)
        if forget:
            money = await self._panel.money(interaction)
            if not any(each.of == (subject, subject_id) for each in money.shares):
                raise InvalidOption("share", "unknown_share")
            await self._forget(interaction, subject, subject_id)
            return
        if (cap is not None) + (weight is not None) + exempt != 1:
            raise InvalidOption("cap", "one_limit")
        if weight is not None and (subject not in _WEIGHED or not subject_id):
            raise InvalidOption("weight", "no_weight")
        share = Share(subject=subject, id=subject_id, cap=cap, weight=weight or 1.0, exempt=exempt)
        await self._treasury.set_share(guild_id, share, actor_id=actor_id)
        locale = locale_of(interaction)
        await self._panel.show(interaction, share_told(share, locale, who=who_shares(share, locale)))

    async def _forget(self, interaction: discord.Interaction, subject: Subject, subject_id: str) -> None:
        await self._treasury.remove_share(
            str(interaction.guild_id), subject, subject_id, actor_id=str(interaction.user.id)
        )
        await self._panel.show(interaction)

    async def share_chosen(self, interaction: discord.Interaction, _: str, value: str) -> None:
        """One was chosen to be taken back; the panel may be older than what stands."""
        require_manager(interaction, "pot")
        shares = (await self._panel.money(interaction)).shares
        found = next((each for each in shares if share_value(each) == value), None)
        if found is None:
            await self._panel.show(interaction)
            return
        await self._forget(interaction, found.subject, found.id)

    # prices

    async def price(
        self,
        interaction: discord.Interaction,
        *,
        host: str,
        kind: str | None,
        model: str | None,
        amount: int | None,
    ) -> None:
        """``/pot price``: put a price, in place of the one of the same, or take it back.

        Raises:
            InvalidOption: No such host or model, no such price to take back.
        """
        require_manager(interaction, "pot")
        hosts = self.hosts("")
        if host not in hosts:
            raise InvalidOption("host", "unknown_host", choices=", ".join(hosts))
        money = await self._panel.money(interaction)
        if amount is None:
            # Also of a model that is no longer known: what stands can be taken back.
            found = next((each for each in money.prices if each.of == (host, kind, model)), None)
            if found is None:
                raise InvalidOption("price", "unknown_price")
            await self._take_back(interaction, found)
            return
        if model is not None:
            self._require_model(host, kind, model)
        price = Price(host=host, kind=kind, model=model, credits=amount)
        await self._treasury.set_price(str(interaction.guild_id), price, actor_id=str(interaction.user.id))
        await self._panel.show(interaction, price_told(price, money, locale_of(interaction)))

    def _require_model(self, host: str, kind: str | None, model: str) -> None:
        """See that something is made there by that model. Raises ``InvalidOption``."""
        if kind not in (None, "image") or not self._house.hosts[host].offers.images:
            raise InvalidOption("model", "no_models")
        if model not in IMAGE_MODELS:
            raise InvalidOption("model", "unknown_choice", choices=", ".join(IMAGE_MODELS))

    async def price_chosen(self, interaction: discord.Interaction, _: str, value: str) -> None:
        """One was chosen to be taken back; the panel may be older than what stands."""
        require_manager(interaction, "pot")
        prices = (await self._panel.money(interaction)).prices
        found = next((each for each in prices if price_value(each) == value), None)
        if found is None:
            await self._panel.show(interaction)
            return
        await self._take_back(interaction, found)

    async def _take_back(self, interaction: discord.Interaction, price: Price) -> None:
        await self._treasury.remove_price(
            str(interaction.guild_id),
            price.host,
            price.kind,
            price.model,
            actor_id=str(interaction.user.id),
        )
        await self._panel.show(interaction)
