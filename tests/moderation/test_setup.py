"""Setting up on both databases: several administrators at once, what is gone, and files applied."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.errors import InvalidOption, NotFound
from bot.jobs.recipes import Recipe
from bot.library.choices import Choices
from bot.moderation.carrying import Carrying
from bot.moderation.deeds import Sought
from bot.moderation.references import Reference
from bot.moderation.screen_rules import ScreenRules
from bot.moderation.screening import Screening
from bot.moderation.setup import Setup
from bot.moderation.setup_plan import Known
from bot.moderation.trail import Trail
from bot.money.allowance import Allowance
from bot.money.policy import MoneySettings, PotPolicy, Share
from bot.safety.words import Rule
from bot.store.db import Database
from bot.treasury.service import Treasury
from tests.jobs.world import HandClock

HERE = Known(
    guild_id="1",
    channel_ids=frozenset({"11", "12", "13"}),
    role_ids=frozenset({"21"}),
    hosts=frozenset({"engine"}),
)


def _one(recipe: Recipe, host: str, money: MoneySettings) -> int:
    """What anything costs."""
    del recipe, host, money
    return 1


async def _breaks(*_: object, **__: object) -> None:
    """Something that nobody thought of."""
    raise RuntimeError


async def test_two_administrators_lose_nothing_of_each_other(database: Database) -> None:
    """Rules, prices, shares, pot and channels at the same moment: all of it stands, and each is noted."""
    clock = HandClock()
    choices = Choices(database, clock)
    treasury = Treasury(database, choices, _one, clock, allowance=Allowance(320))
    screen = ScreenRules(database, Screening(database, clock=clock), clock)
    setup, trail = Setup(database, choices, treasury), Trail(database, clock)
    files = Carrying(database, choices, setup, screen, clock)
    await asyncio.gather(
        setup.set_rule("1", "hold_above", 5, actor_id="7"),
        setup.set_rule("1", "newcomer_role_id", "21", actor_id="8"),
        setup.set_rule("1", "music_channel_ids", ("11", "12"), actor_id="7"),
        setup.price("1", "engine", "riff", 3, actor_id="8"),
        setup.price("1", "engine", "song", 9, actor_id="7"),
        treasury.set_share("1", Share(subject="channel", id="12", cap=4), actor_id="8"),
        treasury.set_pot("1", PotPolicy(amount=50, period="week"), actor_id="7"),
        setup.set_channels("1", "strictness", "strict", ["11", "12"], actor_id="8"),
        choices.set_for_guild("1", "format", "ogg", actor_id="7"),
    )
    stands = await setup.layout("1")
    assert (stands.guild.rules.hold_above, stands.guild.rules.newcomer_role_id) == (5, "21")
    assert {each.credits for each in stands.guild.money.prices} == {3, 9}
    assert (stands.guild.money.pot.amount, stands.guild.format) == (50, "ogg")
    assert sorted(stands.those("strictness", "strict")) == ["11", "12"]
    noted = await trail.everything(Sought(guild_id="1"))
    assert len(noted) == 10
    assert {each.deed.actor_id for each in noted} == {"7", "8"}

    await setup.set_channels("1", "strictness", "strict", ["13"], actor_id="7", among=HERE.channel_ids)
    assert (await setup.layout("1")).those("strictness", "strict") == ["13"]
    with pytest.raises(InvalidOption):
        await setup.set_rule("1", "hold_hours", 0, actor_id="7")
    with pytest.raises(InvalidOption):
        await setup.set_rule("1", "model_config", 0, actor_id="7")
    with pytest.raises(InvalidOption):
        await setup.price("1", "engine", "riff", -1, actor_id="7")

    assert await setup.remove("1", Reference(kind="channel", id="12"), actor_id="7") == 2
    assert await setup.remove("1", Reference(kind="role", id="21"), actor_id="7") == 1
    stands = await setup.layout("1")
    assert (stands.guild.money.shares, stands.guild.rules.music_channel_ids) == ((), ("11",))

    await screen.add("1", [Rule(id=0, kind="word", text=text) for text in ("zonk", "bazzle")], actor_id="8")
    exported = json.loads(await files.export("1"))
    exported["screen"][0]["texts"] = ["zonk", "zink"]
    exported["settings"]["money"]["pot"] |= {"amount": 300, "period": "month"}  # no week may bring so much
    exported["settings"]["money"]["prices"] = [{"host": "engine", "kind": "riff", "credits": 4}]
    exported["settings"]["money"]["shares"] = [{"subject": "role", "id": "21", "cap": 2}]
    exported["settings"]["presets"] = [{"name": "Rain", "prompt": "lofi"}]
    exported["channels"]["11"] = {"slow_mode_s": 30}
    content = json.dumps(exported).encode()
    key = await files.keep(content, guild_id="1", user_id="7")
    for guild_id, user_id in (("2", "7"), ("1", "8")):
        stranger = Known(guild_id=guild_id, channel_ids=frozenset(), role_ids=frozenset(), hosts=frozenset())
        with pytest.raises(NotFound):
            await files.apply(key, stranger, user_id=user_id)
    before = await trail.everything(Sought(guild_id="1"))
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr("bot.moderation.screen_rules.put_rules", _breaks)  # the last of the changes
        with pytest.raises(RuntimeError):
            await files.apply(key, HERE, user_id="7")
    assert await trail.everything(Sought(guild_id="1")) == before
    assert (await setup.layout("1")).guild.money.pot.amount == 50
    assert [each.text for each in await screen.all("1")] == ["zonk", "bazzle"]
    plan = await files.apply(key, HERE, user_id="7")
    assert (len(plan.changes), plan.count) == (6, 7)
    assert (await files.plan(content, HERE)).count == 0
    assert [each.text for each in await screen.all("1")] == ["zonk", "zink"]
    noted = await trail.everything(Sought(guild_id="1"))
    assert [(each.deed.action, each.deed.actor_id) for each in noted[-3:]] == [
        *(("screen_remove", "7"), ("screen_add", "7"), ("import", "7")),
    ]
    assert noted[-1].deed.after == {"changes": 7, "left_out": 0}
    with pytest.raises(NotFound):
        await files.apply(key, HERE, user_id="7")
    stands = await setup.layout("1")
    assert (stands.guild.money.pot.amount, stands.channels["11"].slow_mode_s) == (300, 30)
    assert [each.credits for each in stands.guild.money.prices] == [4]
    key = await files.keep(content, guild_id="1", user_id="7")
    clock.advance(86_500)
    await files.keep(content, guild_id="1", user_id="7")
    with pytest.raises(NotFound):
        await files.apply(key, HERE, user_id="7")
