"""``bot.moderation.telling.Board`` on Discord: one message a notice, by the bot's own token."""

from __future__ import annotations

import discord

from bot.jobs.preferences import GuildSettings
from bot.moderation.records import HOLD, REPORT, Notice
from bot.moderation.telling import Told
from bot.ui.cards.notices import hold_panel, news_panel, report_panel
from bot.ui.cards.told import member_told
from bot.ui.discord_errors import UNKNOWN_MESSAGE, translated
from bot.ui.languages import FALLBACK, language_of
from bot.ui.mentions import NOBODY
from bot.ui.messages import channel_of, tell_alone


class DiscordBoard:
    """Posts with the notice's id as nonce, so that a repeated try finds the message that stands."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def show(self, told: Told) -> str | None:
        """Post it, or edit its message; None where that was deleted."""
        notice, panel = told.notice, self._panel(told)
        channel = channel_of(self._client, notice.guild_id, told.channel_id)
        with translated(self._client, notice.guild_id, told.channel_id):
            if notice.message_id is None:
                sent = await channel.send(view=panel, nonce=notice.id, allowed_mentions=NOBODY)
                return str(sent.id)
            try:
                message = channel.get_partial_message(int(notice.message_id))
                await message.edit(view=panel, allowed_mentions=NOBODY)
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise
                return None
        return notice.message_id

    async def tell_member(self, notice: Notice, settings: GuildSettings) -> tuple[str, str]:
        """Tell one member alone; channel and message."""
        guild = self._client.get_guild(int(notice.guild_id))
        locale = notice.facts.get("locale") or self._language(notice, settings)
        told = member_told(notice, settings, locale, server="" if guild is None else guild.name)
        with translated(self._client, notice.guild_id, "0"):
            sent = await tell_alone(self._client, str(notice.facts["to"]), told, nonce=notice.id)
        return str(sent.channel.id), str(sent.id)

    def _language(self, notice: Notice, settings: GuildSettings) -> str:
        """The server's, else that of whoever it came about by, as for cards."""
        guild = self._client.get_guild(int(notice.guild_id))
        return settings.language or language_of(guild) or notice.facts.get("locale") or FALLBACK

    def _panel(self, told: Told) -> discord.ui.LayoutView:
        locale = self._language(told.notice, told.settings)
        if told.notice.kind == HOLD and told.waiting is not None:
            return hold_panel(told.waiting, locale)
        if told.notice.kind == REPORT and told.report is not None:
            return report_panel(told.report, locale)
        return news_panel(told.notice, locale, set_aside=told.set_aside)
