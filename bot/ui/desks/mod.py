"""The desk of ``/mod``: what moderators decide about members, channels and the server."""

from __future__ import annotations

from typing import Literal

import discord

from bot.errors import InvalidOption
from bot.library.house import House
from bot.moderation.people import SLOW_MOST_S, Member
from bot.moderation.records import Standing
from bot.ui import text
from bot.ui.answers import answer, locale_of
from bot.ui.buttons import ActionButton, View
from bot.ui.cards.notices import taken_back_in_words
from bot.ui.desks.here import home_of
from bot.ui.desks.people import require_moderator
from bot.ui.desks.presses import Handler
from bot.ui.discord_limits import CHOICES_MOST
from bot.ui.durations import seconds_of
from bot.ui.words import say

Where = Literal["here", "server"]


class ModDesk:
    """Every method raises ``NotAllowed`` (moderate) for whoever does not moderate here."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._people = house.people
        self._choices = house.choices

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"purge-yes": self.purge_confirmed, "purge-no": self.purge_withdrawn}

    # members

    async def block(
        self, interaction: discord.Interaction, user: discord.abc.User, reason: str | None
    ) -> None:
        """They order nothing any more. Raises ``InvalidOption``."""
        by = await require_moderator(interaction, self._choices)
        shut = await self._people.block(_member(user), by, reason=reason)
        await self._told(interaction, "mod.blocked", user.id, taken_back=shut.taken_back)

    async def unblock(self, interaction: discord.Interaction, typed: str, reason: str | None) -> None:
        """Nothing keeps them from ordering any more. Raises ``InvalidOption`` (nobody_barred)."""
        by = await require_moderator(interaction, self._choices)
        wanted = typed.strip().strip("<@!>")
        for each in await self._people.barred(by.guild_id):
            if wanted in (each.user_id, each.user_name):
                who = Member(user_id=each.user_id, name=each.user_name)
                await self._people.unblock(who, by, reason=reason)
                await self._told(interaction, "mod.unblocked", each.user_id)
                return
        raise InvalidOption("member", "nobody_barred")

    async def mute(
        self, interaction: discord.Interaction, user: discord.abc.User, duration: str, reason: str | None
    ) -> None:
        """They order nothing for a while. Raises ``InvalidOption``."""
        by = await require_moderator(interaction, self._choices)
        for_s = seconds_of(duration, option="duration")
        shut = await self._people.mute(_member(user), by, for_s=for_s, reason=reason)
        until = text.moment(shut.standing.muted_until or interaction.created_at)
        await self._told(interaction, "mod.muted", user.id, taken_back=shut.taken_back, until=until)

    async def slow(
        self,
        interaction: discord.Interaction,
        seconds: int,
        user: discord.abc.User | None,
        channel_id: int | None,
        reason: str | None,
    ) -> None:
        """Of one member in the whole server, or of everybody in a channel. Raises ``InvalidOption``."""
        by = await require_moderator(interaction, self._choices)
        off = "" if seconds else ".off"
        if user is not None and channel_id is not None:
            raise InvalidOption("member", "member_or_channel")
        if user is not None:
            await self._people.slow(_member(user), by, seconds=seconds, reason=reason)
            await self._told(interaction, f"mod.slowed{off}", user.id, seconds=seconds)
            return
        if not 0 <= seconds <= SLOW_MOST_S:
            raise InvalidOption("seconds", "out_of_range", low=0, high=SLOW_MOST_S)
        where = home_of(interaction) if channel_id is None else str(channel_id)
        await self._choices.set_for_channel(
            by.guild_id, where, "slow_mode_s", seconds, actor_id=by.actor_id, reason=reason
        )
        told = say(f"mod.slowed.channel{off}", locale_of(interaction), channel=f"<#{where}>", seconds=seconds)
        await answer(interaction, told)

    async def trust(
        self, interaction: discord.Interaction, user: discord.abc.User, trusted: bool, reason: str | None
    ) -> None:
        """Their orders wait for their words alone, or no longer. Raises ``InvalidOption``."""
        by = await require_moderator(interaction, self._choices)
        await self._people.trust(_member(user), by, trusted=trusted, reason=reason)
        await self._told(interaction, "mod.trusted" if trusted else "mod.distrusted", user.id)

    async def barred(self, interaction: discord.Interaction, typed: str) -> list[Standing]:
        """Who can be freed, by what is typed; nobody for whoever does not moderate."""
        by = await require_moderator(interaction, self._choices)
        wanted = typed.strip().casefold()
        found = await self._people.barred(by.guild_id)
        fitting = [each for each in found if wanted in f"{each.user_name} {each.user_id}".casefold()]
        return fitting[:CHOICES_MOST]

    async def _told(
        self,
        interaction: discord.Interaction,
        key: str,
        user_id: int | str,
        *,
        taken_back: int = 0,
        **facts: object,
    ) -> None:
        locale = locale_of(interaction)
        told = [say(key, locale, member=f"<@{user_id}>", **facts), *taken_back_in_words(taken_back, locale)]
        await answer(interaction, "\n".join(told))

    # channels and server

    async def pause(
        self, interaction: discord.Interaction, where: Where, *, paused: bool, reason: str | None
    ) -> None:
        """Orders are taken no more, or again; what is being made goes on."""
        by = await require_moderator(interaction, self._choices)
        what = "paused" if paused else "resumed"
        key = f"mod.{what}.{where}"
        if where == "server":
            await self._house.setup.set_rule(
                by.guild_id, "paused", paused, actor_id=by.actor_id, reason=reason
            )
        else:
            settings = await self._choices.set_for_channel(
                by.guild_id, home_of(interaction), "paused", paused, actor_id=by.actor_id, reason=reason
            )
            key += ".but" if not paused and settings.guild.rules.paused else ""
        await answer(interaction, say(key, locale_of(interaction), channel=f"<#{home_of(interaction)}>"))

    # everything of a member

    async def purge(self, interaction: discord.Interaction, user: discord.abc.User) -> None:
        """Ask whether it is really all to go."""
        await require_moderator(interaction, self._choices)
        locale = locale_of(interaction)
        row = View(timeout=None)
        for action in ("purge-yes", "purge-no"):
            row.add_item(ActionButton(action, str(user.id), locale))
        await answer(interaction, say("mod.purge.sure", locale, member=f"<@{user.id}>"), view=row)

    async def purge_confirmed(self, interaction: discord.Interaction, user_id: str, _: str) -> None:
        """It goes, a part at a time, whatever happens to this process meanwhile."""
        by = await require_moderator(interaction, self._choices)
        await self._house.takedown.purge(Member(user_id=user_id), by)
        told = say("mod.purge.begun", locale_of(interaction), member=f"<@{user_id}>")
        await interaction.response.edit_message(content=told, view=None)

    async def purge_withdrawn(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """They thought better of it."""
        kept = say("mod.purge.kept", locale_of(interaction))
        await interaction.response.edit_message(content=kept, view=None)


def _member(user: discord.abc.User) -> Member:
    """Whom it is about. Raises ``InvalidOption``: a bot orders nothing."""
    if user.bot:
        raise InvalidOption("member", "is_bot")
    return Member(user_id=str(user.id), name=user.display_name)
