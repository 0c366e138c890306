"""When something goes wrong between the command and the music: what people see, and that nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.errors import DiscordDown, HostError, NoSpace, Unreachable
from bot.jobs.parcels import Delivery, Packed, Part
from bot.jobs.states import State
from bot.jobs.upkeep import Keeping
from tests.e2e.scene import Scene, card_of, labels, read, told


def said(scene: Scene) -> str:
    """What the one message of the channel says."""
    (message,) = scene.messages()
    return read(card_of(message).description)


async def ended(scene: Scene, ending: str | None) -> None:
    """The one job is over, and the books are exact."""
    (job,) = await scene.all_jobs()
    assert (job.state, job.ending) == (State.DONE if ending is None else State.FAILED, ending)
    assert await scene.jobs.check_books() == []


async def test_a_deleted_card_does_not_lose_the_music(scene: Scene) -> None:
    """A moderator deletes the card while the riff is made: the result is posted anew, once."""
    ordered = await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    assert ordered.response is not None
    await scene.mod.delete(ordered.response.message)
    scene.clock.advance(3)
    await scene.report(status="processing", progress=0.5)
    assert scene.messages() == []
    await scene.play()
    (message,) = scene.messages()
    assert len(message.attachments) == 2
    await ended(scene, None)
    pressed = await scene.press(scene.bob, message, "Re-roll")
    assert not pressed.ephemeral


async def test_a_deleted_card_that_is_cancelled_stays_deleted(scene: Scene) -> None:
    """Whoever cancels was answered already; no new message says it again."""
    ordered = await scene.riff(scene.ada)
    job = await scene.job(ordered)
    assert ordered.response is not None
    await scene.mod.delete(ordered.response.message)
    assert told(await scene.ada.slash(scene.channel, "jobs cancel", job=job.id)).startswith("Stopping it.")
    await scene.jobs.step_until_idle()
    assert (await scene.jobs.get(job.id)).state is State.CANCELLED
    assert scene.messages() == []


async def test_a_deleted_channel_ends_the_job_refunded(scene: Scene) -> None:
    """Its owner hears it alone; the job ends, the books are exact, no error is loud."""
    await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    scene.env.backend.delete_channel(scene.channel.id)
    await scene.report(status="succeeded")
    await ended(scene, "ending.channel_gone")
    (opened,) = scene.requests("POST", "/users/@me/channels")
    assert opened.json == {"recipient_id": str(scene.ada.id)}
    (direct,) = [each for each in scene.requests("POST", "/messages") if each.json.get("nonce")]
    assert direct.json["embeds"][0]["description"].startswith("The channel is gone.")


async def test_a_lost_server_ends_the_job_refunded(scene: Scene) -> None:
    """The bot was removed from the server while it played."""
    await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    scene.env.backend.remove_guild(scene.guild.id)
    await scene.env.settle()
    await scene.report(status="succeeded")
    await ended(scene, "ending.channel_gone")


async def test_without_permission_nothing_is_ordered(scene: Scene) -> None:
    """Where the result could not be posted, the command says what is missing."""
    scene.forbid("attach_files", "embed_links")
    answer = told(await scene.riff(scene.ada))
    assert answer.startswith("I need the permission “Embed Links, Attach Files” in this channel.")
    assert await scene.all_jobs() == []


async def test_a_permission_that_was_taken_away_is_named(scene: Scene) -> None:
    """The card says which permission is missing, and nothing is charged."""
    await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    scene.forbid("attach_files")
    await scene.env.settle()
    scene.env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50013)
    await scene.report(status="succeeded")
    assert said(scene).startswith("I may not post the result here: I lack “Attach Files”.")
    await ended(scene, "ending.missing_permission")


async def test_where_discord_takes_no_file_the_music_is_not_lost(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card stands without files, and says how to get at what was paid for."""
    monkeypatch.setattr("tests.conftest.UPLOAD_LIMIT_BYTES", 5)
    await scene.riff(scene.ada)
    await scene.play()
    (message,) = scene.messages()
    assert message.attachments == []
    assert "Discord took no file here. The music is kept." in said(scene)
    assert (await scene.take(message)).id in said(scene)
    await ended(scene, None)


async def test_discord_down_is_waited_out(scene: Scene) -> None:
    """A result that Discord does not take now is delivered later, once."""
    await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    scene.env.inject_error("PATCH", "/channels/*/messages/*", status=503, times=3)
    await scene.report(status="succeeded")
    (job,) = await scene.all_jobs()
    assert job.state is State.DELIVER
    for _ in range(5):
        scene.clock.advance(60)
        await scene.jobs.step_until_idle()
    (message,) = scene.messages()
    assert len(message.attachments) == 2
    await ended(scene, None)


async def test_a_dead_interaction_does_not_lose_the_order(scene: Scene) -> None:
    """Discord gave the interaction up before our answer came: the riff is played and posted all the same."""
    scene.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
    await scene.riff(scene.ada)
    assert scene.messages() == []
    scene.clock.advance(11)
    await scene.play()
    (message,) = scene.messages()
    assert len(message.attachments) == 2
    await ended(scene, None)


async def test_a_card_that_was_not_recorded_is_found_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died after it answered and before it noted so: the card becomes the result."""

    async def died(job_id: str, message_id: str) -> None:
        raise DiscordDown(cause="kill -9")

    monkeypatch.setattr(scene.jobs, "card_shown", died)
    ordered = await scene.riff(scene.ada)
    await scene.restart()
    scene.clock.advance(11)
    await scene.play()
    assert ordered.response is not None
    (message,) = scene.messages()
    assert message.id == ordered.response.id
    assert len(message.attachments) == 2


async def test_a_result_that_was_posted_and_not_recorded_is_not_posted_again(scene: Scene) -> None:
    """The nonce brings the message back that a dead process left."""
    scene.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
    await scene.riff(scene.ada)
    scene.clock.advance(11)
    await scene.play()
    (job,) = await scene.all_jobs()
    (message,) = scene.messages()
    take = await scene.take(message)
    upload = scene.backstage.folder / "again.mp3"
    upload.write_bytes(b"sound")
    sound = Packed(file=upload, format="mp3", channels=2)
    client: Any = scene.env.bot
    again = await client.stage.deliver(
        replace(job, message_id=None, message_at=None),
        Delivery(parts=(Part(take=take, sound=sound, picture=None),)),
    )
    assert again.message_id == str(message.id)
    assert len(scene.messages()) == 1


@pytest.mark.parametrize("ending", ["ending.cancelled", "ending.discord_down"])
async def test_music_whose_sending_was_not_heard_of_does_not_stay_behind_an_end(
    scene: Scene, ending: str
) -> None:
    """The end finds that message by its nonce, and makes it say so: no second one, and no unpaid music."""
    await scene.riff(scene.ada)
    await scene.play()
    (job,) = await scene.all_jobs()
    (message,) = scene.messages()
    take = await scene.take(message)
    client: Any = scene.env.bot
    unheard = replace(job, state=State.DELIVER, message_id=None, message_at=None)
    upload = scene.backstage.folder / "again.mp3"
    upload.write_bytes(b"sound")
    sound = Packed(file=upload, format="mp3", channels=2)
    delivery = Delivery(parts=(Part(take=take, sound=sound, picture=None),))
    posted = (await client.stage.deliver(unheard, delivery)).message_id
    facts = {"hours": 24} if ending == "ending.discord_down" else {}
    assert await client.stage.end(unheard, ending, facts) == posted
    assert len(scene.messages()) == 2
    after = scene.messages()[-1]
    assert (str(after.id), after.attachments, labels(after)) == (posted, [], [])
    assert "Nothing was charged" in read(card_of(after).description)


async def test_a_failing_host_is_named_on_the_card(scene: Scene) -> None:
    """What the host said is told, harmless, and nothing is charged."""
    await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    await scene.report(status="failed", error="CUDA *out* of @everyone")
    assert said(scene).startswith("The music host (engine) failed to play this. Nothing was charged;")
    assert said(scene).endswith("It said: CUDA *out* of @everyone")
    assert "\\*out\\*" in str(card_of(scene.messages()[0]).description)
    assert labels(scene.messages()[0]) == []
    await ended(scene, "ending.host_failed")


async def test_an_engine_that_is_down_is_told_while_it_is_tried_again(scene: Scene) -> None:
    """The card says what holds it up; when the engine is back, the music comes."""
    scene.backstage.accidents.plan("create", *[Unreachable("engine") for _ in range(3)])
    await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    scene.clock.advance(5)
    await scene.jobs.step_until_idle()
    assert said(scene) == "The music host (engine) cannot be reached right now. Trying again…"
    for _ in range(8):
        scene.clock.advance(30)
        await scene.jobs.step_until_idle()
    await scene.play()
    (message,) = scene.messages()
    assert len(message.attachments) == 2


async def test_a_full_disk_is_told_before_anything_is_ordered(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is refused in a sentence."""

    async def full(*_: object, **__: object) -> None:
        raise NoSpace

    monkeypatch.setattr(scene.jobs, "order", full)
    assert told(await scene.riff(scene.ada)).startswith("The bot's disk is full")


async def test_our_bug_is_a_reference_that_stands_in_the_log(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People see a short reference and no exception text; the log has it with the traceback."""

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(scene.jobs, "order", broken)
    scene.expected_bugs = 1
    answer = told(await scene.riff(scene.ada))
    (entry,) = [entry for entry in scene.log if entry["log_level"] == "error"]
    assert answer.endswith(f"tell the bot's owner this reference: {entry['reference']}")
    assert "secret" not in answer
    assert isinstance(entry["exc_info"], RuntimeError)


async def test_a_bug_while_it_is_made_is_told_on_the_card(scene: Scene) -> None:
    """After three tries the card gives up with a reference that stands in the log; nothing is charged."""
    scene.backstage.accidents.plan("fetch", *[RuntimeError("secret detail") for _ in range(3)])
    scene.expected_bugs = 3
    await scene.riff(scene.ada)
    await scene.play()
    for _ in range(3):
        scene.clock.advance(20)
        await scene.jobs.step_until_idle()
    last = [entry for entry in scene.log if entry["log_level"] == "error"][-1]
    assert said(scene).endswith(f"tell the bot’s owner this reference: {last['reference']}")
    assert "secret" not in said(scene)
    await ended(scene, "ending.bug")


async def test_a_bug_behind_a_button_ends_in_the_same_place(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A press is answered with a reference too."""
    message = await scene.result(scene.ada)

    async def broken(take_id: str) -> None:
        raise KeyError(take_id)

    monkeypatch.setattr(scene.jobs, "take", broken)
    scene.expected_bugs = 1
    assert "reference" in told(await scene.press(scene.ada, message, "Re-roll"))


async def test_a_remote_failure_is_a_warning(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's fault here: a sentence for the person, a warning in the log."""

    async def down(*_: object, **__: object) -> None:
        raise HostError("engine", "503")

    monkeypatch.setattr(scene.jobs, "order", down)
    assert told(await scene.riff(scene.ada)).startswith("The music host (engine) has a problem.")
    assert [entry["event"] for entry in scene.log if entry["log_level"] == "warning"] == ["remote.failure"]


async def test_a_full_house_says_what_to_do(scene: Scene) -> None:
    """The kept music reached its bound: nothing is ordered or charged until some is deleted."""
    scene.backstage.keeping = Keeping(blobs_max_gb=1e-9)
    await scene.restart()
    message = await scene.result(scene.ada)
    assert told(await scene.riff(scene.bob)) == (
        "The riffs kept here fill the 1e-09 GB that they may take up, so nothing was ordered or charged. "
        "Delete some that nobody needs; the bot's owner can also raise BLOBS_MAX_GB."
    )
    assert len(await scene.all_jobs()) == 1
    await scene.delete(scene.ada, message)
    assert (await scene.job(await scene.riff(scene.bob))).state is State.QUEUED
