"""What the pages of ``/setup`` tell of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import discord

from bot.jobs.pricing import HostPrices
from bot.moderation.references import Reference
from bot.moderation.setup import Layout

OF_SETTINGS: Final = ("language", "format", "host", "picture")
"""Menus that stand in ``/settings`` as well."""
OF_POT: Final = ("period", "carry_over", "hard_stop")
"""Menus that stand in ``/pot`` as well."""
PRICED: Final = ("riff", "song", "morph", "image", "parts")
MUSIC_KINDS: Final = (discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum)
"""Channels that music can be made in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the pages tell of, as it stands now."""

    layout: Layout
    hosts: Sequence[str]
    default_host: str
    costs: Sequence[HostPrices]
    """What things cost at each host."""
    lacking: Mapping[str, Sequence[str]]
    """Channels that were looked at, with the permissions that the bot lacks there, by their names."""
    bot_name: str = "Riffcord"
    """As it is called in this server."""
    is_public: bool = False
    """Whether everybody sees the moderators' channel."""
    gone: Sequence[Reference] = ()
    """What the settings name and this server has no more."""
    key_hosts: Sequence[str] | None = None
    """Those that keys can be brought for; None: nobody can bring any."""
    keys: Sequence[str] = field(default_factory=tuple[str, ...])
    """Hosts that the server brought a key for."""

    @property
    def gone_ids(self) -> frozenset[str]:
        """Their ids."""
        return frozenset(each.id for each in self.gone)

    @property
    def host(self) -> str:
        """Where this server's music is made."""
        return self.layout.guild.host or self.default_host
