"""Which language is said to whom."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.jobs.preferences import GuildSettings, Settings
from bot.ui.answers import locale_of, locale_of_guild


def interaction(features: list[str] | None, locale: discord.Locale | None) -> Any:
    """One by a German, in a server with these features, or in none that is known."""
    guild = None if features is None else SimpleNamespace(features=features)
    return SimpleNamespace(guild=guild, guild_locale=locale, locale=discord.Locale.german)


@pytest.mark.parametrize(
    ("features", "chosen", "said"),
    [
        (["COMMUNITY"], discord.Locale.japanese, "ja"),
        (["COMMUNITY"], discord.Locale.american_english, "en-US"),
        ([], discord.Locale.american_english, "de"),
        (["NEWS"], None, "de"),
        (None, discord.Locale.american_english, "de"),
    ],
)
def test_a_servers_language_counts_where_it_could_choose_one(
    features: list[str] | None, chosen: discord.Locale | None, said: str
) -> None:
    """Without Community Discord says American English for everybody: then whoever asks decides."""
    asked = interaction(features, chosen)
    assert Settings().locale(of_guild=locale_of_guild(asked), of_user=locale_of(asked)) == said


def test_the_language_of_the_settings_comes_first() -> None:
    """What a moderator has set counts for what everybody sees."""
    asked = interaction(["COMMUNITY"], discord.Locale.japanese)
    settings = Settings(guild=GuildSettings(language="zh-TW"))
    assert settings.locale(of_guild=locale_of_guild(asked), of_user=locale_of(asked)) == "zh-TW"
