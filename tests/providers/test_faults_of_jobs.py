"""Hosts that lose, repeat, delay and forge, seen from a whole job: machine, web door and a real client.

However it goes, the member is charged once or not at all, and the books of the house are exact.
"""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import pytest

from bot.jobs.states import State
from tests.peers.standin import Dialect
from tests.peers.standin.behaviours import PRIVATE
from tests.peers.standin.telling import FRESH, OTHER_SECRET, TELLINGS, Message
from tests.providers.houses import House, a_house


@pytest.fixture
async def house(tmp_path: Path, sqlite_url: str) -> AsyncGenerator[House]:
    """The house, and a stand-in for Replicate."""
    async with a_house(tmp_path, sqlite_url, "predictions") as made:
        yield made


@pytest.mark.parametrize("fault", ["lost response", "500 after acceptance", "HTML body", "truncated JSON"])
async def test_an_order_whose_answer_is_lost_is_found_and_played(house: House, fault: str) -> None:
    """The host took it and charged for it: it is adopted, and never ordered again."""
    house.host.play("create", fault)
    job = await house.ordered()
    assert job.state is State.SUBMIT
    assert house.world.stage.cards_shown(job)
    job = await house.later(job)
    assert job.state is State.WAITING
    await house.host.predictions.ends(house.host.charges[0])
    assert (await house.later(job)).state is State.DONE
    assert len(house.host.at("create")) == len(house.host.charges) == 1


@pytest.mark.parametrize("fault", ["dropped", "500"])
async def test_an_order_that_never_arrived_is_sent_again(house: House, fault: str) -> None:
    """The host's list does not show it, twice with time in between: only then another call is made."""
    house.host.play("create", fault)
    job = await house.ordered()
    for _ in range(3):
        job = await house.later(job)
    assert job.state is State.WAITING
    assert len(house.host.at("create")) == 2
    assert len(house.host.at("list")) >= 2
    assert len(house.host.charges) == 1


@pytest.mark.parametrize(
    "fault", ["401", "402", "403 quota", "404", "422 input", "422 version", "200 with error"]
)
async def test_a_refused_order_ends_and_costs_nobody_anything(house: House, fault: str) -> None:
    """One call, one sentence, the credits go back."""
    house.host.play("create", fault)
    job = await house.ordered()
    assert job.state is State.FAILED
    assert job.ending is not None
    assert house.world.stage.of(job)[0].startswith(job.ending)
    assert house.host.charges == []


async def test_a_host_that_asks_to_wait_is_asked_again_later(house: House) -> None:
    """The job waits as long as the host wishes, and is charged once."""
    house.host.play("create", "429 in body")
    job = await house.ordered()
    assert (job.state, job.trouble) == (State.SUBMIT, "trouble.host_busy")
    assert (await house.later(job)).state is State.WAITING
    assert len(house.host.charges) == 1


BELIEVED = {"in order", "duplicate", "late", "the end alone", *FRESH}


@pytest.mark.parametrize("telling", TELLINGS)
async def test_webhooks_told_in_every_way(house: House, telling: str) -> None:
    """Each is answered: believed, or refused by a plain 4xx. One take at most, and its end is never left."""
    job = await house.ordered()
    run_id = house.host.charges[0]
    row = house.host.predictions.rows[run_id]
    states = [copy.deepcopy(row)]
    for percent in (10, 60):
        await house.host.predictions.goes_on(run_id, status="processing", logs=f"{percent}%|#| 1/10")
        states.append(copy.deepcopy(row))
    await house.host.predictions.ends(run_id)
    states.append(copy.deepcopy(row))
    told = TELLINGS[telling](house.host.predictions.secret, states)
    statuses = {await house.hears(run_id, each) for each in told}
    job = await house.jobs.get(job.id)
    if telling in BELIEVED:
        assert (statuses, job.state) == ({204}, State.DONE)
        assert house.world.accidents.passed.count("deliver") == 1
        assert house.host.at("get") == [], "nothing had to be asked"
    else:
        assert all(400 <= status < 500 for status in statuses)
        assert (job.state, job.progress) == (State.WAITING, None)


async def test_another_end_after_the_end_is_heard_and_ignored(house: House) -> None:
    """Rightly signed, and too late."""
    job = await house.ordered()
    run_id = house.host.charges[0]
    for ending in ("succeeded", "failed"):
        await house.host.predictions.ends(run_id, ending)
        assert await house.hears(run_id, await house.told(run_id)) == 204
    assert (await house.jobs.get(job.id)).state is State.DONE


async def test_a_secret_that_was_changed_is_learned(house: House) -> None:
    """The host signs with another one now: it is asked for it, though not for every wrong signature."""
    job = await house.ordered()
    run_id = house.host.charges[0]
    await house.host.predictions.ends(run_id)
    assert await house.hears(run_id, await house.told(run_id, secret=OTHER_SECRET)) == 401
    house.host.predictions.secret = OTHER_SECRET
    assert await house.hears(run_id, await house.told(run_id)) == 401
    assert len(house.host.at("secret")) == 1
    house.clock.now_s += 61
    assert await house.hears(run_id, await house.told(run_id)) == 204
    assert len(house.host.at("secret")) == 2
    assert (await house.jobs.get(job.id)).state is State.DONE


async def test_an_address_that_was_guessed_does_not_exist(house: House) -> None:
    """Even with the host's own signature."""
    job = await house.ordered()
    run_id = house.host.charges[0]
    await house.host.predictions.ends(run_id)
    said = await house.told(run_id)
    true = house.host.predictions.webhooks[run_id]
    assert true is not None
    for guess in (f"{true}x", true.replace("/1/", "/2/"), true.rpartition("/")[0] + "/" + "A" * 22):
        assert await house.teller.send(guess, said) == 404
    assert (await house.later(job, 0.0)).state is State.WAITING


async def test_a_host_that_is_never_heard_of_again_is_given_up(house: House) -> None:
    """A run that stays in its cold boot is stopped at the deadline; the credits go back."""
    job = await house.ordered()
    run_id = house.host.charges[0]
    await house.host.predictions.ends(run_id, "cold boot")
    for _ in range(4):
        job = await house.later(job, 400.0)
        assert job.trouble in ("trouble.cold_boot", None)
    assert "trouble.cold_boot" in house.world.stage.cards_shown(job)
    assert (job.state, job.ending) == (State.FAILED, "ending.deadline")
    assert house.host.predictions.rows[run_id]["status"] == "canceled"


async def test_the_last_question_goes_through(house: House) -> None:
    """The host wants to be left alone just when the time is over: what it made is not thrown away."""
    job = await house.ordered()
    await house.host.predictions.ends(house.host.charges[0])
    house.host.play("get", "429 in prose")
    job = await house.later(job)
    assert (job.state, job.trouble) == (State.WAITING, "trouble.host_busy")
    job = await house.later(job, 1_300.0)
    assert job.state is State.DONE


async def test_the_last_look_into_the_list_goes_through(house: House) -> None:
    """Likewise for an order whose answer was lost."""
    house.host.play("create", "lost response")
    house.host.play("list", "429 in prose")
    job = await house.ordered()
    assert job.state is State.SUBMIT
    await house.host.predictions.ends(house.host.charges[0])
    job = await house.later(job, 2.0)
    assert (job.state, job.trouble) == (State.SUBMIT, "trouble.host_busy")
    job = await house.later(job, 1_300.0)
    assert job.state is State.DONE
    assert len(house.host.charges) == 1


FAILED_ENDS = {
    "NSFW": "ending.host_prompt_refused",
    "E005": "ending.host_prompt_refused",
    "input validation": "ending.host_failed",
    "failed": "ending.host_failed",
    "failed without a word": "ending.host_failed",
    "interrupted": "ending.host_interrupted",
    "E1001": "ending.host_interrupted",
    "E6716": "ending.host_interrupted",
    "aborted": "ending.host_stopped",
    "canceled": "ending.host_stopped",
}


@pytest.mark.parametrize("ending", FAILED_ENDS)
async def test_a_run_that_fails_ends_the_job_with_a_refund(house: House, ending: str) -> None:
    """Nothing is ordered again by itself, and the card says what happened."""
    job = await house.ordered()
    await house.host.predictions.ends(house.host.charges[0], ending)
    job = await house.later(job)
    assert (job.state, job.ending) == (State.FAILED, FAILED_ENDS[ending])
    assert house.world.stage.of(job)[0].startswith(FAILED_ENDS[ending])
    assert len(house.host.charges) == 1


async def test_what_was_removed_cannot_be_fetched_any_more(house: House) -> None:
    """It succeeded, and its host threw it away before anyone came: refunded."""
    job = await house.ordered()
    await house.host.predictions.ends(house.host.charges[0], "data removed")
    for _ in range(8):
        job = await house.later(job, 120.0)
    assert (job.state, job.ending) == (State.FAILED, "ending.result_lost")


@pytest.mark.parametrize("dialect", ["aggregator", "songs"])
async def test_what_cannot_be_found_again_is_refunded_and_flagged(
    dialect: Dialect, tmp_path: Path, sqlite_url: str
) -> None:
    """No list, nobody who could tell: the job ends at once, and no second order is ever sent."""
    async with a_house(tmp_path, sqlite_url, dialect, hears=False) as house:
        house.host.play("generate" if dialect == "songs" else "create", "lost response")
        job = await house.ordered()
        job = await house.later(job)
        assert (job.state, job.ending) == (State.FAILED, "ending.outcome_unknown")
        assert len(house.host.calls) == len(house.host.charges) == 1


async def test_a_lost_order_at_a_gateway_is_found_by_its_webhook(tmp_path: Path, sqlite_url: str) -> None:
    """It names itself at the address that only this order has; what it says is asked for."""
    async with a_house(tmp_path, sqlite_url, "aggregator") as house:
        house.host.play("create", "lost response")
        job = await house.ordered()
        assert (job.state, job.trouble) == (State.SUBMIT, "trouble.checking")
        run_id = house.host.charges[0]
        await house.host.predictions.ends(run_id)
        assert await house.hears(run_id, unsigned(house.host.predictions.rows[run_id])) == 204
        assert (await house.jobs.get(job.id)).state is State.DONE
        assert len(house.host.at("create")) == len(house.host.charges) == 1


async def test_an_unsigned_webhook_only_makes_us_ask(tmp_path: Path, sqlite_url: str) -> None:
    """Anybody who learned the address can say anything; the host's own answer is what counts."""
    async with a_house(tmp_path, sqlite_url, "aggregator") as house:
        job = await house.ordered()
        run_id = house.host.charges[0]
        lie = {**house.host.predictions.rows[run_id], "status": "succeeded", "output": {"audio": PRIVATE}}
        assert await house.hears(run_id, unsigned(lie)) == 204
        assert (await house.jobs.get(job.id)).state is State.WAITING
        assert [call.rest for call in house.host.at("get")] == [run_id]
        await house.host.predictions.ends(run_id)
        assert await house.hears(run_id, unsigned({"id": run_id, "status": "starting"})) == 204
        assert (await house.later(job)).state is State.DONE


def unsigned(told: Mapping[str, object]) -> Message:
    """A webhook of a host that does not sign."""
    return Message({"Content-Type": "application/json"}, json.dumps(told).encode())
