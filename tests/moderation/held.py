"""A world in whose server every order waits for a moderator."""

from __future__ import annotations

from typing import Any

from bot.gate import ServerGate
from bot.jobs.preferences import ChannelSettings, GuildSettings
from bot.jobs.recipes import Journey, Recipe, Riff
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.moderation.doors import HoldDoor, PeopleDoor
from bot.safety.policy import RuleSettings
from bot.store.db import Database
from bot.store.settings import write_channel_settings, write_guild_settings
from tests.jobs.world import World, an_order

GUILD, CHANNEL = "1", "11"
JOURNEY = Journey(prompt="soul", prompt_b="funk", steps=3)


def guarded(world: World) -> World:
    """Its gate asks moderation."""
    world.gate = ServerGate(checks=[PeopleDoor()], holds=HoldDoor())
    return world


async def decide_rules(database: Database, *, held: bool = True, **rules: Any) -> None:
    """The server's rules; in its channel every order waits, or none."""
    async with database.begin() as connection:
        settings = GuildSettings(rules=RuleSettings(**rules))
        await write_guild_settings(connection, GUILD, settings)
        await write_channel_settings(connection, GUILD, CHANNEL, ChannelSettings(approval=held))


async def order(world: World, jobs: Jobs, recipe: Recipe | None = None, *, host: str = "paid") -> Job:
    """A member orders, and the card is shown."""
    wanted = an_order(host=host).model_copy(update={"recipe": recipe or Riff(prompt="funk")})
    world.clock.advance(0.001)
    token = f"token {world.clock.time.isoformat()}"
    job = await jobs.order(wanted, interaction_token=token)
    await jobs.card_shown(job.id, world.stage.card(job, token))
    return job
