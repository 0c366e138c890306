"""The desk for members' credits: what is left, the history, and gifts."""

from __future__ import annotations

import io
from functools import partial

import discord

from bot.errors import InvalidOption, NotAllowed
from bot.library.house import House
from bot.treasury.records import Quota, Who
from bot.ui.answers import locale_of, show_panel
from bot.ui.buttons import number_in
from bot.ui.cards.history import LINES, history_card, history_row
from bot.ui.cards.quota import BARS_MOST, PICTURE_NAME, drawing_of, picture_in_words, quota_card
from bot.ui.desks.giving import tell_all
from bot.ui.desks.here import home_of, settings_here
from bot.ui.desks.people import moderates, role_ids
from bot.ui.desks.presses import Handler
from bot.ui.desks.public_words import give_for
from bot.ui.forms.blanks import BlankForms


class QuotaDesk:
    """Shows members what there is, and lets them give."""

    def __init__(self, house: House, forms: BlankForms) -> None:
        self._house = house
        self._forms = forms
        self._treasury = house.treasury

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"money-on": self.turn, "money-top": self.turn}

    async def show(self, interaction: discord.Interaction) -> None:
        """``/quota show``: the pot and one's share as a picture and in words, to this person alone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        locale, viewer_id = locale_of(interaction), str(interaction.user.id)
        settings = await settings_here(interaction, self._house.choices)
        quota = await self._treasury.quota(
            str(interaction.guild_id),
            user_id=viewer_id,
            role_ids=role_ids(interaction),
            channel_id=home_of(interaction),
            moderates=moderates(interaction, settings),
        )
        server = interaction.guild.name if interaction.guild is not None else ""
        names = await self._names(interaction, quota)
        drawing = drawing_of(quota, server=server, viewer_id=viewer_id, names=names, locale=locale)
        picture = await self._house.draw_pot(drawing)
        described = picture_in_words(quota, server=server, locale=locale)
        file = discord.File(io.BytesIO(picture), filename=PICTURE_NAME, description=described)
        card = quota_card(quota, server=server, locale=locale)
        await interaction.edit_original_response(embed=card, attachments=[file])

    async def _names(self, interaction: discord.Interaction, quota: Quota) -> dict[str, str]:
        """What those who used most are called."""
        listed = [each.user_id for each in quota.uses[: BARS_MOST + 1]]
        return await self._house.library.names_of(str(interaction.guild_id), listed)

    async def history(
        self, interaction: discord.Interaction, member: discord.abc.User | None, *, everybody: bool
    ) -> None:
        """``/quota history``: the newest lines of one's own, or for moderators of anybody or of all.

        Raises:
            NotAllowed: ``history``: somebody else's, and no moderator.
        """
        mine = str(interaction.user.id)
        whose = "all" if everybody else mine if member is None else str(member.id)
        await self._page(interaction, whose, None)

    async def turn(self, interaction: discord.Interaction, whose: str, more: str) -> None:
        """Older lines, or the newest again. Raises as :meth:`history`."""
        await self._page(interaction, whose, number_in(more))

    async def _page(self, interaction: discord.Interaction, whose: str, before_id: int | None) -> None:
        guild_id, viewer_id, locale = (
            str(interaction.guild_id),
            str(interaction.user.id),
            locale_of(interaction),
        )
        if whose != viewer_id:
            settings = await settings_here(interaction, self._house.choices)
            if not moderates(interaction, settings):
                raise NotAllowed("history")
        of_member = None if whose == "all" else whose
        found = await self._treasury.history(
            guild_id, user_id=of_member, before_id=before_id, limit=LINES + 1
        )
        lines = found[:LINES]
        older_than = lines[-1].id if len(found) > LINES else None
        card = history_card(lines, whose=whose, viewer_id=viewer_id, locale=locale)
        row = history_row(whose, older_than=older_than, newest=before_id is None, locale=locale)
        await show_panel(interaction, embed=card, view=row)

    async def gift(
        self, interaction: discord.Interaction, member: discord.abc.User, amount: int, reason: str
    ) -> None:
        """``/quota gift``: part of one's share of today becomes somebody else's; everybody here sees it.

        Raises:
            InvalidOption: To oneself or to a bot, or more than one may give.
            NotAllowed: The server wants no gifts, or nothing bounds the giver.
            NotEnough: So much is not left.
        """
        if member.id == interaction.user.id:
            raise InvalidOption("member", "gift_to_self")
        if member.bot:
            raise InvalidOption("member", "gift_to_bot")
        if not isinstance(member, discord.Member):
            raise InvalidOption("member", "gift_to_absent")
        await give_for(interaction, self._house, self._forms, reason, partial(self._give, member, amount))

    async def _give(
        self, member: discord.Member, amount: int, interaction: discord.Interaction, reason: str
    ) -> None:
        await self._treasury.gift(
            str(interaction.guild_id),
            amount,
            giver=Who(str(interaction.user.id), role_ids(interaction)),
            to_id=str(member.id),
            channel_id=home_of(interaction),
            reason=reason,
            key=str(interaction.id),
        )
        key = "quota.gift.done" if reason.strip() else "quota.gift.plain"
        await tell_all(interaction, self._house.choices, key, amount, reason, name=member.mention)

    async def sponsor(self, interaction: discord.Interaction, amount: int, reason: str) -> None:
        """``/quota sponsor``: part of one's share of today pays what everybody orders here next.

        Raises:
            NotAllowed: As :meth:`gift`.
            NotEnough: So much is not left of the share or in the pot.
        """
        await give_for(interaction, self._house, self._forms, reason, partial(self._sponsor, amount))

    async def _sponsor(self, amount: int, interaction: discord.Interaction, reason: str) -> None:
        await self._treasury.sponsor_of_share(
            str(interaction.guild_id),
            home_of(interaction),
            amount,
            giver=Who(str(interaction.user.id), role_ids(interaction)),
            reason=reason,
            key=str(interaction.id),
        )
        await tell_all(interaction, self._house.choices, "quota.sponsor.done", amount, reason)
