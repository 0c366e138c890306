"""What a result carries: files that fit in the server's format, and extras for phones; with real encoders."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import av
import pytest
import pytest_asyncio
import soundfile as sf
from structlog.typing import EventDict

from bot.audio import AudioFinisher
from bot.client import RiffcordClient
from bot.jobs.parcels import Delivery, Packed, Part, Voice
from bot.jobs.preferences import ChannelSettings, GuildSettings
from bot.jobs.records import Facts, Fetched, Job
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.protocol.runs import Result
from bot.store.blobs import FolderBlobs
from bot.store.settings import write_channel_settings, write_guild_settings
from bot.web.app import build_app, serving
from bot.web.downloads import DownloadDoor
from tests.audio.sounds import plucks, write
from tests.e2e.scene import Backstage, Scene, card_of, read

VOICE_FLAG = 1 << 13


@pytest_asyncio.fixture
async def finisher() -> AsyncGenerator[AudioFinisher]:
    """The real audio room."""
    finisher = AudioFinisher()
    yield finisher
    await finisher.stop()


@pytest.fixture
def bot(
    backstage: Backstage, log: list[EventDict], finisher: AudioFinisher, monkeypatch: pytest.MonkeyPatch
) -> tuple[RiffcordClient, Jobs]:
    """The bot with real audio workers."""
    monkeypatch.setattr("tests.e2e.scene.FinisherDouble", lambda _accidents: finisher)  # pyright: ignore
    return backstage.new_bot()


def playing(scene: Scene, duration_s: float) -> None:
    """The host's next results are music of this length."""

    async def fetch(result: Result, folder: Path) -> Fetched:
        sound = write(folder / "fetched.wav", plucks(duration_s=duration_s))
        return Fetched(audio=sound, facts=Facts(bpm=120.0, key="A minor", seed=7))

    scene.host.fetch = fetch  # pyright: ignore[reportAttributeAccessIssue]


async def bytes_of(message: Any, suffix: str) -> bytes:
    """The one attachment of this kind, as everybody can download it."""
    (found,) = [each for each in message.attachments if each.filename.endswith(suffix)]
    return await found.read()


async def test_music_over_the_limit_ends_as_a_preview_with_a_link_to_all_of_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused (40005), made smaller, taken; the whole is fetched in ranges."""
    monkeypatch.setattr("tests.conftest.UPLOAD_LIMIT_BYTES", 400_000)
    monkeypatch.setattr("bot.jobs.handing_over._STEPS", (400_000,))  # each costs an encoder's time
    app = build_app(DownloadDoor(scene.jobs), _healthy)
    async with serving(app, bind="127.0.0.1", port=0) as url:
        scene.jobs.people_base = url
        playing(scene, 70.0)
        await scene.riff(scene.ada, "爵士 piano")
        await scene.play()
        (message,) = scene.messages()
        names = [each.filename for each in message.attachments]
        assert names == ["爵士-piano-preview.mp3", "spectrogram.jpg"]
        preview = await bytes_of(message, ".mp3")
        assert len(preview) <= 400_000
        assert sf.info(io.BytesIO(preview)).duration == pytest.approx(60.0, abs=0.1)
        told = card_of(message).description or ""
        assert "These are the first 60 seconds" in told
        link = told.partition("](")[2].partition(")")[0]
        assert link.startswith(f"{url}/takes/")
        async with aiohttp.ClientSession() as session:
            parts: list[bytes] = []
            for asked in ("bytes=0-999999", "bytes=1000000-"):
                async with session.get(link, headers={"Range": asked}) as answer:
                    assert (answer.status, answer.content_type) == (206, "audio/mpeg")
                    parts.append(await answer.read())
            assert sf.info(io.BytesIO(b"".join(parts))).duration == pytest.approx(70.0, abs=0.05)
            scene.clock.advance(8 * 86_400)
            async with session.get(link) as answer:
                assert answer.status == 410
    (job,) = await scene.all_jobs()
    assert (job.state, job.ending) == (State.DONE, None)
    assert await scene.jobs.check_books() == []
    assert len([each for each in scene.log if each["event"] == "delivery.refused"]) == 1


async def _healthy() -> dict[str, object]:
    return {"ok": True}


def _outdated(_job: Job) -> bool:
    """What a cache says that has not heard of a change."""
    return True


async def settle_on(scene: Scene, guild: GuildSettings, channel: ChannelSettings) -> None:
    """The server decides."""
    guild_id, channel_id = str(scene.guild.id), str(scene.channel.id)
    async with scene.backstage.database.begin() as connection:
        await write_guild_settings(connection, guild_id, guild)
        await write_channel_settings(connection, guild_id, channel_id, channel)


async def test_a_channel_gets_its_format_a_video_and_a_voice_message(
    scene: Scene, bot: tuple[RiffcordClient, Jobs]
) -> None:
    """Opus with tags and cover, an MP4, and an answer that phones play; asked again it is not sent again."""
    playing(scene, 3.0)
    extras = ChannelSettings(voice_message=True, video=True)
    await settle_on(scene, GuildSettings(format="ogg", picture=False), extras)
    await scene.riff(scene.ada, "funky @everyone solo")
    await scene.play()
    card, voice = scene.messages()
    assert [each.filename for each in card.attachments] == [
        "funky-everyone-solo.ogg",
        "funky-everyone-solo.mp4",
    ]
    assert card_of(card).image.url is None
    with av.open(io.BytesIO(await bytes_of(card, ".ogg"))) as file:
        assert file.streams.audio[0].codec_context.name == "opus"
        assert file.streams.audio[0].metadata["artist"] == "Ada"
        assert len(file.streams.video) == 1
    with av.open(io.BytesIO(await bytes_of(card, ".mp4"))) as file:
        assert file.streams.video[0].codec_context.name == "h264"
    assert voice.flags.voice
    assert voice.reference is not None
    assert (voice.reference.message_id, voice.content, len(voice.attachments)) == (card.id, "", 1)
    sent = [
        each for each in scene.requests("POST", "/messages") if (each.json.get("flags") or 0) & VOICE_FLAG
    ]
    (attachment,) = sent[0].json["attachments"]
    assert attachment["duration_secs"] == pytest.approx(3.0, abs=0.1)
    assert 1 <= len(base64.b64decode(attachment["waveform"])) <= 256
    assert sent[0].json["allowed_mentions"]["parse"] == []
    (job,) = await scene.all_jobs()
    take = await scene.take(card)
    kept = await FolderBlobs(scene.backstage.folder / "blobs").path(take.audio or "")
    again = Voice(file=kept, duration_s=3.0, waveform="AA==")
    assert await bot[0].stage.speak(job, take, again, str(card.id)) == str(voice.id)
    assert take.voice_message_id == str(voice.id)
    part = Part(
        take=take, sound=Packed(file=kept, format="flac", channels=2), picture=kept.with_name("picture.jpg")
    )
    await bot[0].stage.deliver(job, Delivery(parts=(part, part)))
    both, _ = scene.messages()
    assert [each.image.url for each in both.embeds] == [
        None,
        "attachment://spectrogram.jpg",
        "attachment://spectrogram2.jpg",
    ]
    assert [each.filename for each in both.attachments][::2] == [
        "funky-everyone-solo-A.flac",
        "funky-everyone-solo-B.flac",
    ]
    await scene.press(scene.ada, both, "Keep A")
    await scene.delete(scene.ada, scene.messages()[0])
    assert scene.messages() == []


async def test_voice_that_is_not_allowed_is_told_once_and_costs_nothing(
    scene: Scene, bot: tuple[RiffcordClient, Jobs], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The music is there; only the first card says what is missing. What Discord refuses ends in the log."""
    playing(scene, 1.0)
    await settle_on(scene, GuildSettings(), ChannelSettings(voice_message=True))
    scene.forbid("send_voice_messages")
    await scene.env.settle()
    for _ in range(2):
        await scene.riff(scene.ada)
        await scene.play()
    first, second = scene.messages()
    assert "I lack “Send Voice Messages” here." in read(card_of(first).description)
    assert "Voice" not in read(card_of(second).description)
    assert [len(each.attachments) for each in (first, second)] == [2, 2]
    monkeypatch.setattr(bot[0].stage, "may_speak", _outdated)
    scene.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    await scene.riff(scene.ada)
    await scene.play()
    assert [each.state for each in await scene.all_jobs()] == [State.DONE] * 3
    assert any(each["event"] == "delivery.no_voice_message" for each in scene.log)
