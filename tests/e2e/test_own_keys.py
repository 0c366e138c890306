"""``/key``: own keys from the form to the host: the real client before a stand-in with several accounts."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, cast

import discord
import pytest
import pytest_asyncio
from pydantic import SecretStr
from simcord import InteractionResult, MemberActor
from sqlalchemy.exc import OperationalError

from bot.client import RiffcordClient
from bot.jobs.records import Job
from bot.keys.records import Owner
from bot.keys.vault import Vault, new_secret
from bot.library.choices import Choices
from bot.library.shelf import Library
from bot.moderation.deeds import Sought
from bot.store.audit_log import find_deeds
from bot.store.db import open_database
from bot.store.ledger import read_transfers
from tests.e2e.scene import Backstage, Scene, card_of, read, told
from tests.peers.standin import TOKEN, StandIn, standin
from tests.providers.clients import configured_client

ADAS = "r8_adas-own-key-0123456789abcdef"
SERVERS = "r8_servers-own-key-0123456789abc"


@pytest_asyncio.fixture
async def house() -> AsyncGenerator[StandIn]:
    """A host at which the bot has an account, as Ada and the server have."""
    async with standin("predictions") as host:
        host.account(ADAS)
        host.account(SERVERS)
        yield host


@pytest_asyncio.fixture
async def backstage(sqlite_url: str, tmp_path: Path, house: StandIn) -> AsyncGenerator[Backstage]:
    """What outlives the bot, with that host and a vault."""
    async with open_database(sqlite_url) as database:
        client = configured_client(house)
        stage = Backstage(database, tmp_path, vault=Vault([SecretStr(new_secret())]))
        stage.others["replicate"] = client
        stage.prices["replicate"] = 3
        yield stage
        for keys in stage.keys:
            await keys.close()
        await client.close()


@pytest_asyncio.fixture
async def here(scene: Scene) -> Scene:
    """The server makes its music there."""
    choices = Choices(scene.backstage.database, scene.clock)
    await choices.set_for_guild(str(scene.guild.id), "host", "replicate", actor_id="1")
    return scene


@pytest.fixture
def keeper(scene: Scene) -> MemberActor:
    """Somebody who may manage the server."""
    role = scene.guild.create_role("owner", permissions=discord.Permissions(manage_guild=True))
    return scene.guild.add_member(scene.env.create_user("kit", global_name="Kit"), roles=[role])


async def bring(scene: Scene, member: MemberActor, key: str, **whose: str) -> InteractionResult:
    """A member types /key add and fills in the form."""
    shown = await member.slash(scene.channel, "key add", host="replicate", **whose)
    assert shown.modal is not None
    return await member.submit_modal(shown, {"key": key})


async def order(scene: Scene, member: MemberActor, **options: Any) -> Job:
    """A riff, as far as it gets by itself: the host has it."""
    placed = await scene.riff(member, **options)
    await scene.jobs.step_until_idle()
    return await scene.job(placed)


async def later(scene: Scene, job: Job, seconds: float = 45.0) -> Job:
    """The job after some time."""
    scene.clock.advance(seconds)
    await scene.jobs.step_until_idle()
    return await scene.jobs.get(job.id)


def keys_seen(house: StandIn, since: int) -> set[str]:
    """With which keys the host was asked for anything but files."""
    asked = [call for call in house.calls[since:] if call.point != "file"]
    return {call.headers.get("Authorization", "").removeprefix("Bearer ") for call in asked}


async def pot_entries(scene: Scene) -> list[str]:
    """What the pot was asked for."""
    async with scene.backstage.database.connect() as connection:
        return [each.key for each in await read_transfers(connection) if each.source.startswith("pot:")]


def fields_of(result: InteractionResult) -> str:
    """All that the fields of an answer's card say."""
    return "\n".join(read(field.value) for field in card_of(result.response).fields)


def kept_anywhere(scene: Scene, secret: str) -> list[str]:
    """Where a secret can be read: files of the data folder, log lines."""
    folder = scene.backstage.folder
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = [str(path) for path in files if secret.encode() in path.read_bytes()]
    return found + [str(entry) for entry in scene.log if secret in repr(entry)]


async def test_a_members_own_key_pays_for_what_they_order(here: Scene, house: StandIn) -> None:
    """That key alone is used, by nobody else, no pot pays, and it stands nowhere."""
    scene = here
    (offered,) = await scene.ada.autocomplete(scene.channel, "key add", "host", "repl")
    assert offered["value"] == "replicate"
    forgotten = await scene.ada.slash(scene.channel, "key add", host="replicate")
    await scene.restart()
    late = await scene.ada.submit_modal(forgotten, {"key": ADAS})
    assert told(late).startswith("This form is not open any more")
    assert cast("Any", late.response).attachments == []  # no key is ever given back
    wrong = await bring(scene, scene.ada, "r8_wrong-key-0123456789")
    assert "does not accept this key" in told(wrong)
    assert "That is no key" in told(await bring(scene, scene.ada, "with a space"))
    added = await bring(scene, scene.ada, ADAS)
    (mine,) = await scene.backstage.keys[-1].of(Owner("user", str(scene.ada.id)))
    assert f"takes your key (mark {mine.fingerprint})" in told(added)
    began = len(house.calls)
    job = await order(scene, scene.ada)
    (run_id,) = house.accounts[ADAS].rows
    await scene.restart()
    await house.accounts[ADAS].ends(run_id)
    done = await later(scene, job)
    assert (done.state, done.key_id, done.paid_from) == ("done", mine.id, f"own:user:{mine.id}")
    assert keys_seen(house, began) == {ADAS}
    assert house.predictions.rows == {}
    assert await pot_entries(scene) == []
    assert "own key" in str(card_of(scene.messages()[-1]).footer.text)
    told_first = card_of(scene.messages()[-1])
    await scene.ada.slash(scene.channel, "library play", take=done.take_id or "")
    again = card_of(scene.messages()[-1])
    assert (again.description, again.footer.text) == (told_first.description, told_first.footer.text)
    story = await scene.ada.slash(scene.channel, "jobs show", job=job.id)
    assert "Paid with the own key of Ada" in fields_of(story)
    # nobody else's order goes there
    began = len(house.calls)
    of_bob = await order(scene, scene.bob)
    assert (of_bob.key_id, keys_seen(house, began)) == (None, {TOKEN})
    assert await pot_entries(scene) != []
    # switched off it is only kept
    (offered,) = await scene.ada.autocomplete(scene.channel, "key use", "host", "")
    off = await scene.ada.slash(scene.channel, "key use", host="replicate", in_use=False)
    assert "not made with this key" in told(off)
    assert (await order(scene, scene.ada, prompt="tango")).key_id is None
    shown = await scene.ada.slash(scene.channel, "key show")
    assert mine.fingerprint in fields_of(shown)
    assert "not in use" in fields_of(shown)
    assert mine.fingerprint not in fields_of(await scene.bob.slash(scene.channel, "key show"))
    about = await scene.ada.slash(scene.channel, "privacy about")
    assert "kept sealed" in str(card_of(about.response).description)
    assert await scene.jobs.check_books() == []
    assert kept_anywhere(scene, ADAS) == []
    assert all(ADAS not in repr(each) for each in (mine, done, *scene.env.errors))


async def test_a_key_that_is_taken_back_is_not_replaced_by_another(
    here: Scene, house: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was being made ends refunded and says why; the host hears neither of that key nor of the bot's.

    Its owner is told, in English where nobody can say in which language.
    """
    scene = here
    await bring(scene, scene.ada, ADAS, whose="user")
    job = await order(scene, scene.ada)
    began = len(house.calls)
    (offered,) = await scene.ada.autocomplete(scene.channel, "key remove", "host", "")
    gone = await scene.ada.slash(scene.channel, "key remove", host=offered["value"])
    assert "is forgotten" in told(gone)
    ended = await later(scene, job)
    assert (ended.state, ended.ending) == ("failed", "ending.key_gone")
    assert keys_seen(house, began) == set()
    assert "was removed" in str(card_of(scene.messages()[-1]).description)
    for command, host, more, answer in (
        ("remove", "replicate", {}, "There is no such key"),
        ("use", "replicate", {"in_use": True}, "There is no such key"),
        ("add", "engine", {}, "No key can be brought for engine"),
    ):
        refused = await scene.ada.slash(scene.channel, f"key {command}", host=host, **more)
        assert answer in told(refused)
    assert await scene.jobs.check_books() == []
    # one that the host itself revoked: said on the card, and to its owner once
    await bring(scene, scene.ada, ADAS)
    del house.accounts[ADAS]
    messages = len(scene.requests("POST", "/users/@me/channels"))
    await Choices(scene.backstage.database).set_for_guild(str(scene.guild.id), "language", "de", actor_id="1")
    for prompt in ("one", "two"):
        failed = await order(scene, scene.ada, prompt=prompt)
        assert failed.ending == "ending.member_key_refused"
    assert len(scene.requests("POST", "/users/@me/channels")) - messages == 1
    said = [repr(each.json) for each in scene.requests("POST", "/messages")]
    assert any("nimmt den Schlüssel nicht an" in each for each in said)
    assert house.predictions.rows == {}
    await scene.backstage.keys[-1].forget_guild(str(scene.guild.id))  # not the server's
    (key,) = await scene.backstage.keys[-1].of(Owner("user", str(scene.ada.id)))
    await scene.jobs.check_books()

    async def locked(*_: object) -> str:
        """A database that is too busy to say which language somebody speaks."""
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr(Library, "language_of", locked)
    await scene.backstage.keys[-1].tell(key, "bad_key")
    said = [repr(each.json) for each in scene.requests("POST", "/messages")]
    assert "does not accept the key that you brought" in said[-1]


async def test_the_servers_key(here: Scene, house: StandIn, keeper: MemberActor) -> None:
    """Changed by who manages the server alone; used by whoever has none; gone when the bot is."""
    scene, whose = here, {"host": "replicate", "whose": "guild"}
    for command, more in (("add", {}), ("remove", {}), ("use", {"in_use": False})):
        refused = await scene.mod.slash(scene.channel, f"key {command}", **whose, **more)
        assert "Only people with Manage Server" in told(refused)
    await bring(scene, keeper, SERVERS, whose="guild")
    off = await keeper.slash(scene.channel, "key use", in_use=False, **whose)
    assert "not made with this key" in told(off)
    assert "is forgotten" in told(await keeper.slash(scene.channel, "key remove", **whose))
    await bring(scene, keeper, SERVERS, whose="guild")
    shown = await keeper.slash(scene.channel, "key show")
    assert f"<@{keeper.id}>" in fields_of(shown)
    job = await order(scene, scene.bob)
    assert job.paid_from == f"own:guild:{scene.guild.id}"
    assert len(house.accounts[SERVERS].rows) == 1
    await bring(scene, scene.ada, ADAS)
    assert (await order(scene, scene.ada)).paid_from.startswith("own:user:")
    assert house.predictions.rows == {}
    async with scene.backstage.database.connect() as connection:
        deeds = await find_deeds(connection, Sought(guild_id=str(scene.guild.id)), limit=20)
    actions = [each.deed.action for each in deeds]
    assert (actions.count("key_added"), actions.count("refused")) == (2, 3)
    assert all(SERVERS not in repr(each) for each in deeds)
    keys = scene.backstage.keys[-1]
    form = await keeper.slash(scene.channel, "key add", **whose)
    before = await keys.of(Owner("guild", str(scene.guild.id)))
    scene.forbid("manage_guild")
    sent = await keeper.submit_modal(form, {"key": "r8_" + "z" * 37})
    assert "Only people with Manage Server" in told(sent)
    assert await keys.of(Owner("guild", str(scene.guild.id))) == before
    await keys.forget_guilds_besides({str(scene.guild.id)})
    assert len(await keys.of(Owner("guild", str(scene.guild.id)))) == 1
    client = scene.env.bot
    assert isinstance(client, RiffcordClient)
    sent_away = client.get_guild(scene.guild.id)
    assert sent_away is not None
    await client.on_guild_remove(sent_away)
    assert await keys.of(Owner("guild", str(scene.guild.id))) == []
    assert (await later(scene, job)).ending == "ending.key_gone"
    assert kept_anywhere(scene, SERVERS) == []
    assert await scene.jobs.check_books() == []
    # and all of a member's go with the member
    assert scene.backstage.house is not None
    await scene.backstage.house.privacy.erase(str(scene.ada.id))
    assert await keys.of(Owner("user", str(scene.ada.id))) == []


async def test_a_server_brings_its_key_on_the_page_of_setup(here: Scene, keeper: MemberActor) -> None:
    """The page says for which hosts there is one, and opens the form that ``/key add`` opens."""
    shown = await keeper.slash(here.channel, "setup start", page="keys")
    assert shown.response is not None
    panel = shown.response.message
    assert "No own key." in str([part.to_dict() for part in panel.components])
    opened = await keeper.select(panel, ["replicate"], custom_id="rm1:setup-key:any")
    choices = Choices(here.backstage.database, here.clock)
    await choices.set_for_guild(str(here.guild.id), "host", "engine", actor_id="1")
    added = told(await keeper.submit_modal(opened, {"key": SERVERS}))
    assert "is made by" in added
    assert "Choose " in added
    again = await keeper.select(panel, ["keys"], custom_id="rm1:setup-page:any")
    assert again.response is not None
    assert "Own keys for:" in str([part.to_dict() for part in again.response.message.components])
