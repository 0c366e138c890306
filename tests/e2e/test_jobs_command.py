"""``/jobs list``, ``/jobs show`` and ``/jobs cancel``."""

from __future__ import annotations

import discord
import pytest
from simcord import MemberActor

from bot.jobs.limits import Limits
from bot.jobs.records import Listed
from tests.e2e.scene import Scene, card_of, read, told


async def listed(scene: Scene) -> list[str]:
    """The lines of /jobs list, as one person reads them."""
    answer = await scene.bob.slash(scene.channel, "jobs list")
    assert answer.ephemeral
    return read(card_of(answer.response).description).splitlines()


async def test_an_empty_channel_says_how_to_begin(scene: Scene) -> None:
    """Nothing yet."""
    assert await listed(scene) == ["Nothing plays here yet. Begin with /riff."]


async def test_the_list_tells_states_places_and_ages(scene: Scene) -> None:
    """Open riffs first with their place, then ended ones with a way to hear them."""
    done = await scene.result(scene.ada, "first *one*")
    stopped = await scene.riff(scene.bob, "unwanted")
    await scene.jobs.cancel((await scene.job(stopped)).id, actor_id=str(scene.bob.id), is_moderator=False)
    await scene.jobs.step_until_idle()
    await scene.riff(scene.bob, "second")
    await scene.jobs.step_until_idle()
    await scene.report(status="processing", progress=0.4)
    scene.clock.advance(1)
    await scene.riff(scene.bob, "third")
    born = int(scene.clock.now().timestamp())
    lines = await listed(scene)
    assert lines[0] == f"♪ third · next in line · Bob · <t:{born}:R>"
    assert lines[1] == f"♪ second · playing, 40 % · Bob · <t:{born - 1}:R>"
    where = f"https://discord.com/channels/{scene.guild.id}/{scene.channel.id}/{done.id}"
    assert f"✓ first *one* · [done]({where}) · Ada · <t:{born - 1}:R>" in lines
    assert f"– unwanted · cancelled · Bob · <t:{born - 1}:R>" in lines


async def test_places_in_line_are_counted(scene: Scene) -> None:
    """With one place for all, the second and third wait behind one and two."""
    scene.backstage.limits = Limits(total=1)
    await scene.restart()
    for prompt in ("one", "two", "three"):
        await scene.riff(scene.ada, prompt)
        scene.clock.advance(1)
    await scene.jobs.step_until_idle()
    states = {line.split(" · ")[0]: line.split(" · ")[1] for line in await listed(scene)}
    assert states == {"♪ one": "playing", "♪ two": "next in line", "♪ three": "in line behind 1"}


async def test_other_channels_are_not_listed(scene: Scene) -> None:
    """The list is about this channel."""
    elsewhere = scene.guild.create_text_channel("elsewhere")
    await scene.ada.slash(elsewhere, "riff", prompt="over there")
    assert await listed(scene) == ["Nothing plays here yet. Begin with /riff."]


async def test_many_long_lines_fit(scene: Scene) -> None:
    """Fifteen riffs with the longest markup are listed in whole lines within Discord's limit."""
    for _ in range(15):
        await scene.riff(scene.ada, "*" * 500)
    answer = await scene.bob.slash(scene.channel, "jobs list")
    description = str(card_of(answer.response).description)
    assert len(description) <= 4_096
    assert all(line.endswith(":R>") for line in description.splitlines())


async def test_members_are_offered_their_own_open_riffs(scene: Scene) -> None:
    """Moderators are offered everybody's; ended riffs are offered to nobody."""
    await scene.result(scene.ada, "over")
    mine = await scene.riff(scene.ada, "mine")
    scene.clock.advance(1)
    theirs = await scene.riff(scene.bob, "theirs")
    offered = await scene.ada.autocomplete(scene.channel, "jobs cancel", "job", "")
    assert offered == [{"name": "mine · next in line · Ada", "value": (await scene.job(mine)).id}]
    for_mod = await scene.mod.autocomplete(scene.channel, "jobs cancel", "job", "")
    assert {choice["value"] for choice in for_mod} == {
        (await scene.job(mine)).id,
        (await scene.job(theirs)).id,
    }
    narrowed = await scene.mod.autocomplete(scene.channel, "jobs cancel", "job", "THEIR")
    assert [choice["value"] for choice in narrowed] == [(await scene.job(theirs)).id]


async def test_choices_stay_within_a_hundred_characters(scene: Scene) -> None:
    """However long the prompt."""
    await scene.riff(scene.ada, "🎸" * 500)
    (choice,) = await scene.ada.autocomplete(scene.channel, "jobs cancel", "job", "")
    assert len(choice["name"].encode("utf-16-le")) // 2 <= 100


async def test_cancel_by_command(scene: Scene) -> None:
    """The chosen riff is stopped, its card says so, and nothing is charged."""
    ordered = await scene.riff(scene.ada)
    job = await scene.job(ordered)
    assert told(await scene.ada.slash(scene.channel, "jobs cancel", job=job.id)).startswith("Stopping it.")
    await scene.jobs.step_until_idle()
    assert ordered.response is not None
    assert read(card_of(ordered.response).description) == "Cancelled by Ada. Nothing was charged."
    assert scene.host.runs == {}
    assert await scene.jobs.check_books() == []


async def test_cancel_needs_a_choice(scene: Scene) -> None:
    """Free text instead of an offered job is a sentence."""
    answer = told(await scene.ada.slash(scene.channel, "jobs cancel", job="the loud one"))
    assert answer == "Choose one of the jobs that are offered while you type."


async def test_others_cannot_cancel_by_command(scene: Scene) -> None:
    """Typing somebody else's id does not help."""
    job = await scene.job(await scene.riff(scene.ada))
    answer = told(await scene.bob.slash(scene.channel, "jobs cancel", job=job.id))
    assert answer.startswith("Only the person who ordered this riff")


async def test_failing_suggestions_are_none(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the jobs cannot be read, nothing is offered and the log says why."""

    async def broken(channel_id: str, limit: int) -> list[Listed]:
        raise RuntimeError("no such table")

    await scene.riff(scene.ada)
    monkeypatch.setattr(scene.jobs, "recent", broken)
    assert await scene.ada.autocomplete(scene.channel, "jobs cancel", "job", "") == []
    scene.expected_bugs = 1


async def story(scene: Scene, member: MemberActor, job_id: str) -> discord.Embed:
    """What /jobs show tells this person alone."""
    answer = await member.slash(scene.channel, "jobs show", job=job_id)
    assert answer.ephemeral
    return card_of(answer.response)


async def test_a_story_is_told_step_by_step(scene: Scene) -> None:
    """Each move with its time and cause, what it cost, where the message is."""
    message = await scene.result(scene.ada, "funky *solo*")
    (job,) = await scene.all_jobs()
    card = await story(scene, scene.bob, job.id)
    at = f"<t:{int(scene.clock.now().timestamp())}:T>"
    assert read(card.title) == "funky *solo*"
    assert read(card.description).splitlines() == [
        f"{at} **in line** · ordered · Ada",
        f"{at} **starting** · its turn came",
        f"{at} **playing** · the host took it",
        f"{at} **mixing** · the host told",
        f"{at} **on its way** · sound and picture kept",
        f"{at} **done** · posted",
    ]
    fields = {field.name: read(field.value) for field in card.fields}
    assert fields["Credits"] == "2 set aside\n2 paid"
    assert fields["Host"] == "engine"
    assert fields["Tries"] == "1 × asked the host, 0 × failed in this step"
    assert fields["Message"].endswith(f"/{scene.channel.id}/{message.id})")
    assert card.footer.text == job.id


async def test_the_run_at_the_host_is_not_for_everybody(scene: Scene) -> None:
    """Its owner and moderators see it, others do not."""
    await scene.result(scene.ada)
    (job,) = await scene.all_jobs()
    assert job.run_id is not None
    seen = {
        member: any(job.run_id in str(field.value) for field in (await story(scene, member, job.id)).fields)
        for member in (scene.ada, scene.mod, scene.bob)
    }
    assert seen == {scene.ada: True, scene.mod: True, scene.bob: False}


async def test_a_story_says_who_stopped_it_and_what_came_back(scene: Scene) -> None:
    """The last line is the sentence on the card; a moderator is named by a link that pings nobody."""
    job = await scene.job(await scene.riff(scene.ada))
    await scene.jobs.cancel(job.id, actor_id=str(scene.mod.id), is_moderator=True)
    await scene.jobs.step_until_idle()
    card = await story(scene, scene.ada, job.id)
    last = read(card.description).splitlines()[-1]
    assert last.endswith(f"**cancelled** · Cancelled. Nothing was charged. · <@{scene.mod.id}>")
    assert {field.name: field.value for field in card.fields}["Credits"] == "2 set aside\n2 given back"


async def test_everybody_is_offered_this_channels_jobs(scene: Scene) -> None:
    """Ended ones as well; those of other channels are not told about."""
    await scene.result(scene.ada, "over")
    elsewhere = scene.guild.create_text_channel("elsewhere")
    await scene.ada.slash(elsewhere, "riff", prompt="over there")
    (job,) = await scene.all_jobs()
    offered = await scene.bob.autocomplete(scene.channel, "jobs show", "job", "")
    assert offered == [{"name": "over · done · Ada", "value": job.id}]
    answer = await scene.ada.slash(elsewhere, "jobs show", job=job.id)
    assert told(answer) == "Choose one of the jobs that are offered while you type."
