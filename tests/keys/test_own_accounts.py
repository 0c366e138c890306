"""Jobs that an own key pays for: found in its list, woken by its webhooks, and asked for with no other."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bot.cli.jobs import story_as_json, story_in_words
from bot.errors import InvalidOption, KeyGone
from bot.jobs.recipes import Journey
from bot.jobs.states import State
from bot.keys.records import Owner
from bot.keys.vault import new_secret
from bot.store.ledger import balance
from bot.store.tables.notices import notices
from bot.ui.words import sentence
from tests.jobs.world import an_order
from tests.keys.house import ADA, HOST, KEY, House, a_house
from tests.peers.standin import TOKEN
from tests.peers.standin.telling import message


@pytest.fixture
async def house(tmp_path: Path, sqlite_url: str) -> AsyncGenerator[House]:
    """A machine that polls."""
    async with a_house(tmp_path, sqlite_url) as made:
        yield made


@pytest.fixture
async def hearing(tmp_path: Path, sqlite_url: str) -> AsyncGenerator[House]:
    """A machine with its door open."""
    async with a_house(tmp_path, sqlite_url, hears=True) as made:
        yield made


async def test_a_lost_answer_is_found_in_the_keys_own_list(house: House) -> None:
    """The list of the account that was charged is read; the house's shows nothing and is not asked."""
    await house.add()
    house.host.play("create", "lost response")
    job = await house.ordered()
    assert (job.state, job.trouble) == (State.SUBMIT, "trouble.checking")
    job = await house.later(job)
    assert job.state is State.WAITING
    (run_id,) = house.account.rows
    await house.account.ends(run_id)
    assert (await house.later(job)).state is State.DONE
    assert set(house.keys_of("list")) == set(house.keys_of("create")) == {KEY}
    assert set(house.keys_of("file")) == {""}
    story = await house.jobs.whole_story(job.id)
    assert f"Paid with a key of its own: {job.paid_from}" in story_in_words(story)
    assert story_as_json(story)["key"] == job.key_id
    async with house.database.connect() as connection:
        assert await balance(connection, job.paid_from) == -1


async def test_a_key_that_goes_while_nobody_knows_of_the_order(house: House) -> None:
    """Neither is it ordered again nor looked for with the house's key; a cancel needs no key either."""
    await house.add()
    house.host.play("create", "lost response")
    first = await house.ordered()
    second = await house.ordered()
    await house.keys.remove(ADA, HOST, actor_id=ADA.id)
    ended = await house.later(first)
    assert (ended.state, ended.ending) == (State.FAILED, "ending.key_gone")
    await house.jobs.cancel(second.id, actor_id="111", is_moderator=False)
    assert (await house.later(second)).ending in ("ending.cancelled", "ending.key_gone")
    assert TOKEN not in {key for point in ("create", "list", "get", "cancel") for key in house.keys_of(point)}


async def test_webhooks_of_an_own_account_only_wake_the_machine(hearing: House) -> None:
    """We do not have its secret, and its owner knows our address: nothing is believed, all is asked."""
    house = hearing
    await house.add()
    await house.ordered()
    job = await house.ordered()
    other, mine = house.account.rows
    forged = message("whsec_" + "AAAA", {**house.account.rows[mine], "status": "succeeded", "output": "x"})
    assert await house.hears(mine, forged) == 204
    assert (await house.jobs.get(job.id)).state is State.WAITING
    foreign = message("whsec_" + "AAAA", house.account.rows[other])
    assert await house.hears(mine, foreign) == 204
    assert (await house.jobs.get(job.id)).run_id == mine
    await house.account.ends(mine)
    assert await house.hears(mine, message("whsec_" + "AAAA", house.account.rows[mine])) == 204
    assert (await house.jobs.get(job.id)).state is State.DONE
    assert house.keys_of("secret") == []
    await house.keys.remove(ADA, HOST, actor_id=ADA.id)
    assert await house.hears(other, foreign) in (204, 410)


async def test_another_process_sees_at_once_that_a_key_is_gone_or_new(house: House) -> None:
    """What one process removes no other uses again, however warm its client is."""
    key = await house.add()
    worker = house.another()
    try:
        assert (await worker.host(HOST, key.id).check()).answers
        await house.keys.remove(ADA, HOST, actor_id=ADA.id)
        with pytest.raises(KeyGone):
            await worker.host(HOST, key.id).check()
        again = await house.add()
        assert again.id != key.id
        assert again.fingerprint == key.fingerprint
        with pytest.raises(KeyGone):
            await worker.host(HOST, key.id).check()
        with pytest.raises(KeyGone):  # of another host's
            await worker.clients.host("paid", again.id).check()
    finally:
        await worker.close()


async def test_few_clients_are_open_and_none_is_closed_at_a_call(house: House) -> None:
    """The one that was used longest ago goes first, after the call that it is at."""
    clients = house.keys.clients
    clients.most = 2
    keys = [await house.add(Owner("guild", str(number))) for number in range(4)]
    async with clients.borrowed(HOST, keys[0].id) as busy:
        for key in keys[1:]:
            async with clients.borrowed(HOST, key.id) as client:
                assert (await client.check()).answers
        assert len(clients.paces()) == 2
        await busy.get(house.account.accept(RIFFUSION, {})["id"])
    async with clients.borrowed(HOST, keys[0].id) as anew:
        assert anew is not busy
        assert clients.host(HOST, keys[0].id).pace == anew.pace


RIFFUSION = "8cf61ea6c56afd61d8f5b9ffd14d7c216c0a93844ce2d82ac1c9ecc9c7f24e05"


async def test_each_account_waits_for_itself(house: House) -> None:
    """A host that is busy for one account lets the others on, and a pace is an account's own."""
    await house.add()
    house.host.play("create", "429 in body")
    job = await house.ordered()
    assert (job.state, job.trouble) == (State.SUBMIT, "trouble.host_busy")
    theirs = await house.ordered(user="222")
    assert theirs.state is State.WAITING
    behind = await house.ordered()
    assert behind.state is State.QUEUED
    places = [each.place for each in await house.jobs.recent("11", 10) if each.job.id == behind.id]
    assert places[0] is not None


async def test_wrong_and_unreachable_hosts(house: House) -> None:
    """A key that is not taken is not kept, nor one that could not be checked; one without credit is."""
    answers = {"401": "refused_by_host", "503": "not_checked", "HTML body": "not_checked"}
    for planned, problem in answers.items():
        house.host.play("account", planned)
        with pytest.raises(InvalidOption) as refused:
            await house.add()
        assert refused.value.problem == problem
    assert await house.keys.of(ADA) == []
    assert house.hidden == []
    house.host.play("account", "402")
    assert (await house.add()).owner == ADA
    key = await house.add()
    with pytest.raises(InvalidOption) as refused:
        await house.add()
    assert refused.value.problem == "too_many_keys"
    house.host.play("create", "402")
    assert (await house.ordered()).ending == "ending.member_key_no_credit"
    await house.keys.refused(key.id, "no_credit")
    assert house.told == [("111", "no_credit")]
    servers = await house.another().add(Owner("guild", "1"), HOST, SecretStr(KEY), actor_id="222")
    for _ in range(2):
        await house.keys.refused(servers.id, "bad_key")
    async with house.database.connect() as connection:
        (notice,) = (await connection.execute(sa.select(notices))).mappings()
    assert (notice["guild_id"], notice["kind"], notice["facts"]) == ("1", "key_bad_key", {"host": HOST})
    assert house.told[1:] == [("222", "bad_key")]
    await house.keys.accepted(key.id)
    await house.keys.refused(key.id, "no_credit")
    assert len(house.told) == 3


async def test_what_the_database_holds_opens_nothing(house: House) -> None:
    """Neither another instance, nor another row, nor another host gets at a key by what is stored."""
    key = await house.add()
    assert KEY in house.hidden
    assert KEY not in repr(key)
    stranger = house.another(new_secret())
    with pytest.raises(KeyGone) as gone:
        await stranger.host(HOST, key.id).check()
    assert KEY not in repr(gone.value)
    await house.add(Owner("user", "222"), KEY)
    async with house.database.begin() as connection:
        theirs = sa.text("SELECT sealed FROM host_keys WHERE owner_id = '111'")
        sealed = (await connection.execute(theirs)).scalar_one()
        moved = sa.text("UPDATE host_keys SET sealed = :sealed WHERE owner_id = '222'")
        await connection.execute(moved, {"sealed": sealed})
    (copied,) = await house.keys.of(Owner("user", "222"))
    with pytest.raises(KeyGone):
        await house.keys.host(HOST, copied.id).check()
    await stranger.close()
    stored = Path(house.world.url.removeprefix("sqlite+aiosqlite:///"))
    for file in (stored, *stored.parent.glob("*-wal")):
        assert KEY.encode() not in file.read_bytes()


async def test_a_host_that_this_instance_has_no_key_for(house: House) -> None:
    """Who brought one orders there; anybody else hears what to do, and nothing is sent."""
    house.keys.only = frozenset({HOST})
    with pytest.raises(InvalidOption) as refused:
        await house.ordered()
    assert "bring yours with /key add" in sentence(refused.value)
    assert house.host.calls == []
    assert not await house.keys.is_paid(HOST, user_id="111", guild_id="1")
    await house.add(Owner("guild", "1"))
    assert await house.keys.is_paid(HOST, user_id="111", guild_id="1")
    assert (await house.ordered()).paid_from == "own:guild:1"


async def test_all_steps_of_a_journey_are_made_with_the_key(house: House) -> None:
    """Each is reserved from the account of the key, and comes back to it when one stops the journey."""
    key = await house.add()
    journey = Journey(prompt="rain", prompt_b="sun", steps=3)
    order = an_order(host=HOST).model_copy(update={"recipe": journey})
    job = await house.jobs.order(order, interaction_token="token")
    await house.jobs.card_shown(job.id, house.world.stage.card(job, "token"))
    await house.jobs.step_until_idle()
    assert house.keys_of("create") == [KEY, KEY, KEY]
    story = await house.jobs.whole_story(job.id)
    assert {(step.key_id, step.paid_from) for step in story.steps} == {(key.id, f"own:user:{key.id}")}
    await house.jobs.cancel(job.id, actor_id="111", is_moderator=False)
    await house.later(job)
    assert (await house.later(job)).state is State.CANCELLED
    assert set(house.keys_of("cancel")) == {KEY}
    async with house.database.connect() as connection:
        assert await balance(connection, f"own:user:{key.id}") == 0
