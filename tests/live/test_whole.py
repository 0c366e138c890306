"""From a slash command to music in the channel, over real sockets, through the real engine and audio path."""

from __future__ import annotations

import asyncio
import io
import json
import re
from typing import Any

import av
import numpy as np
import psutil
import pytest
import soundfile as sf

from bot.engine.loudness import integrated_lufs, true_peak_db
from bot.errors import ExitCode
from tests import forked
from tests.live.house import House, title_of
from tests.room.driver import Refused

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ordered(home: House, prompt: str, user: str = "Ana", **options: Any) -> dict[str, Any]:
    """Order a riff and wait for its message."""
    done = await home.room.slash(user, "riffs", "riff", {"prompt": prompt, **options})
    assert done.acknowledged
    assert not done.ephemeral
    return await home.result(prompt)


def buttons_of(message: dict[str, Any]) -> dict[str, str]:
    """Label -> custom id of a message's buttons."""
    return {c["label"]: c["custom_id"] for row in message["components"] for c in row["components"]}


async def sound_of(home: House, message: dict[str, Any]) -> tuple[bytes, np.ndarray[Any, Any]]:
    """The attached file and its samples."""
    data = await home.room.download(message["attachments"][0])
    samples, rate = sf.read(io.BytesIO(data), always_2d=True, dtype="float32")
    assert rate == 44_100
    return data, samples


async def test_a_riff_is_one_message_with_sound_picture_and_buttons(home: House) -> None:
    """Levelled MP3 with tags, the picture in the embed, tempo, key, who asked, and five buttons."""
    message = await ordered(home, "lofi rain piano", seed=11)
    data, samples = await sound_of(home, message)
    assert message["attachments"][0]["filename"].endswith(".mp3")
    assert abs(integrated_lufs(samples) + 14) <= 0.5
    assert true_peak_db(samples) <= -1.0
    with av.open(io.BytesIO(data)) as container:
        tags = {name.lower(): value for name, value in container.metadata.items()}
    assert tags["title"] == "lofi rain piano"
    assert tags["artist"] == "Ana"
    assert "11" in tags["comment"]
    embed = message["embeds"][0]
    assert "BPM" in embed["description"]
    assert "seed 11" in embed["description"]
    assert embed["footer"]["text"] == "Asked by Ana"
    picture = await home.room.download({"url": embed["image"]["url"]})
    assert picture[:3] == b"\xff\xd8\xff" or picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert set(buttons_of(message)) == {
        *["Re-roll", "Vary slight", "Vary strong", "Edit prompt", "Extend", "Morph", "Like", "More"]
    }


async def test_the_same_seed_plays_the_same_again(home: House) -> None:
    """Two orders with one seed sound alike to the sample; another seed does not."""
    _, first = await sound_of(home, await ordered(home, "delta blues alpha", seed=5))
    _, second = await sound_of(
        home, await ordered(home, "delta blues  alpha".replace("  ", " "), "Bo", seed=5)
    )
    _, other = await sound_of(home, await ordered(home, "delta blues omega", seed=6))
    assert np.array_equal(first, second)
    assert first.shape != other.shape or not np.array_equal(first, other)


async def test_length_is_what_was_asked(home: House) -> None:
    """``length_s`` makes the engine play on, to the next bar line at most."""
    _, samples = await sound_of(home, await ordered(home, "reggae bass at length", length_s=30))
    assert 29 <= len(samples) / 44_100 <= 36


async def test_webhooks_bring_the_news(home: House) -> None:
    """The engine's signed webhook gets through to the job, which need not wait for its next poll."""
    await ordered(home, "chiptune news")
    assert ("told by webhook",) in home.rows("SELECT cause FROM events WHERE new = 'collect'")


async def test_anyone_may_reroll_and_vary(home: House) -> None:
    """Bo presses Ana's buttons: new messages, in his name, from her words."""
    message = await ordered(home, "bossa nova mother")
    for number, label in enumerate(("Re-roll", "Vary slight", "Vary strong"), start=2):
        pressed = await home.room.click("Bo", message["id"], label=label)
        assert pressed.acknowledged

        async def look(wanted: int = number) -> bool:
            found = await home.messages_about("bossa nova mother")
            return sum(bool(each["attachments"]) for each in found) == wanted

        await home.room.until(look, what=f"the result of {label}", limit_s=60)
    newest = (await home.messages_about("bossa nova mother"))[-1]
    assert newest["embeds"][0]["footer"]["text"].startswith("Asked by Bo")


async def test_hostile_prompts_are_played_escaped_and_ping_nobody(home: House) -> None:
    """Right-to-left text, emoji, markdown and @everyone are music like any other."""
    for prompt in (
        "@everyone techno",
        "**bold** [x](https://evil.example) jazz",
        "שיר שמח עם תופים",
        "🎷🔥 funk",
    ):
        message = await ordered(home, prompt)
        assert message["mention_everyone"] is False
        assert message["mentions"] == []
        assert title_of(message) == prompt


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"prompt": "   "}, "empty"),
        ({"prompt": "x" * 501}, "500"),
    ],
)
async def test_bad_input_is_one_sentence_and_no_job(home: House, options: dict[str, Any], told: str) -> None:
    """Only the person who typed sees it; nothing is ordered."""
    before = home.rows("SELECT count(*) FROM jobs")
    answered = await home.room.slash("Bo", "lounge", "riff", options)
    assert answered.ephemeral
    assert answered.response is not None
    shown = await home.room.messages("lounge", user="Bo")
    assert told in shown[-1]["content"]
    assert home.rows("SELECT count(*) FROM jobs") == before


@pytest.mark.parametrize(
    "options", [{"alpha": 1.5}, {"denoising": -0.1}, {"steps": 0}, {"length_s": 61}, {"seed": -4}]
)
async def test_a_number_out_of_bounds_is_not_even_sent(home: House, options: dict[str, Any]) -> None:
    """Discord was told the bounds, and says so where the number is typed."""
    before = home.rows("SELECT count(*) FROM jobs")
    with pytest.raises(Refused, match="must be"):
        await home.room.slash("Bo", "lounge", "riff", {"prompt": "a", **options})
    assert home.rows("SELECT count(*) FROM jobs") == before


async def test_a_hundred_members_at_the_same_instant(home: House) -> None:
    """All are acknowledged within the three seconds that Discord waits, and all get their music."""
    names = [f"member{number}" for number in range(100)]
    channel = await home.room.add_channel("crowd")
    for name in names:
        await home.room.add_user(name)
    orders = [
        home.room.slash(
            name, channel, "riff", {"prompt": f"techno {name}", "steps": 1, "length_s": 1}, wait_s=10.0
        )
        for name in names
    ]
    done = await asyncio.gather(*orders)
    acks = sorted(each.ack_ms or float("inf") for each in done)
    assert acks[-1] <= 3_000

    async def look() -> bool:
        found = await home.room.messages(channel)
        return sum(bool(message["attachments"]) for message in found) == len(names)

    await home.room.until(look, what="a hundred riffs", limit_s=110)
    await home.until_states("done", "failed", "cancelled")
    ended = home.rows("SELECT channel_id, state FROM jobs")
    assert [state for where, state in ended if where == channel] == ["done"] * 100


async def typed(home: House, *words: str) -> tuple[int, str, str]:
    """Type a command beside the running bot: exit code, standard output, standard error."""
    done = await asyncio.to_thread(forked.run, "bot", *words, environment=home.environment())
    return done.returncode, done.stdout, done.stderr


async def test_whoever_runs_it_can_look_at_it(home: House) -> None:
    """Beside the bot: a job's story, and that all agrees; mending has to wait for its end."""
    await ordered(home, "a story of a job")
    await home.until_states("done", "failed", "cancelled")
    ((job_id, run_id),) = home.rows("SELECT id, run_id FROM jobs ORDER BY created_at DESC LIMIT 1")
    story, check, repair = await asyncio.gather(
        typed(home, "jobs", "show", job_id, "--json"),
        typed(home, "db", "check"),
        typed(home, "db", "check", "--repair"),
    )
    told = json.loads(story[1])
    assert (told["run"], told["moves"][-1]["new"], told["prompt"]) == (run_id, "done", "a story of a job")
    assert check == (ExitCode.OK, "All is well: jobs, money, takes and files agree.\n", "")
    assert (repair[0], repair[1]) == (ExitCode.DATA_IN_USE, "")
    assert repair[2].startswith("Another Riffcord already uses the data folder")


async def told(home: House, user: str, command: str, **options: Any) -> tuple[str, dict[str, Any]]:
    """Somebody types a command in the attic: all that its answer says, and the answer."""
    done = await home.room.slash(user, "attic", command, options)
    shown = {done.message_id, *done.followup_ids}

    async def look() -> dict[str, Any] | None:
        seen = await home.room.messages("attic", user)
        return next((each for each in reversed(seen) if each["id"] in shown), None)

    answer = await home.room.until(look, what=f"the answer to {command}")
    return json.dumps([answer["content"], answer["embeds"], answer["components"]], ensure_ascii=False), answer


async def test_rules_stay_sane_whatever_goes(home: House) -> None:
    """An age-restricted channel; a role, a channel and a member that go; a bot that goes and comes back."""
    room = home.room
    for name in ("attic", "council"):
        await room.add_channel(name)
    await room.add_user("Lee")
    role_id = await room.add_role("helpers", "Lee")
    await told(home, "Mira", "screen add", rule="zonk", spare_adult_channels=True)
    assert "want some of these words" in (await told(home, "Lee", "riff", prompt="zonk drums"))[0]
    await room.restrict_age("attic")
    council: dict[str, Any] = {"moderators_channel": {"channel": "council"}}
    await told(home, "Mira", "setup rules", **council, newcomer_role={"role": "helpers"})
    await told(home, "Mira", "setup channel", channel={"channel": "attic"}, approval=True)
    await told(home, "Mira", "pot share", role={"role": "helpers"}, cap=9)
    await told(home, "Mira", "pot share", member={"member": "Lee"}, cap=5)
    assert "Waits for this server" in (await told(home, "Lee", "riff", prompt="zonk drums"))[0]

    await room.delete_role("helpers")
    await room.delete_channel("council")
    await room.remove_user("Lee")
    assert f"A deleted role ({role_id})" in (await told(home, "Mira", "pot show"))[0]
    queue, answer = await told(home, "Mira", "mod queue")
    assert "moderators’ channel is not there any more" in queue
    (menu,) = [
        part
        for box in answer["components"]
        for row in box["components"]
        for part in row.get("components", [])
        if part.get("custom_id") == "rm1:queue:any"
    ]
    chosen = await room.select("Mira", answer["id"], menu["custom_id"], [menu["options"][0]["value"]])
    card = await room.until_message("attic", lambda each: each["id"] == chosen.message_id)
    assert "has left this server" in json.dumps(card["components"])

    await room.send_bot_away()
    with pytest.raises(Refused):
        await told(home, "Mira", "mod queue")
    await room.invite_bot()
    trail, _ = await told(home, "Mira", "mod audit")
    assert trail.index("invited to this server") < trail.index("removed from this server")
    check, answer = await told(home, "Mira", "setup start", page="check")
    named = re.findall(r"rc1:setup-gone:\w+", check)
    assert len(named) == 3  # the channel, the role, the one who left
    for custom_id in named:
        await room.click("Mira", answer["id"], custom_id=custom_id)
        check, answer = await told(home, "Mira", "setup start", page="check")
    assert "Everything that the settings name is there" in check
    form = await room.click("Mira", card["id"], label="Reject…")
    await room.submit("Mira", form, {"reason": "They are gone"})
    assert "Nothing waits" in (await told(home, "Mira", "mod queue"))[0]
    await home.until_states("done", "rejected", "failed", "cancelled")


async def test_the_bot_stays_small(home: House) -> None:
    """After all that it still fits: the audio libraries live in the worker."""
    assert home.bot is not None
    mapped = {entry.path for entry in psutil.Process(home.bot.pid).memory_maps()}
    assert not [path for path in mapped if "/numpy/" in path or "/av/" in path or "libsndfile" in path]
