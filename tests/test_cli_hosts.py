"""The command line at hosts of every dialect: what is listed, made, refused and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import threading
from collections.abc import AsyncGenerator, Generator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import get_args

import aiohttp
import numpy as np
import pytest
import soundfile as sf
from aiohttp import web

from bot.audio.probe import decode
from bot.cli import following
from bot.cli.hosts import run_hosts
from bot.cli.parser import build_parser
from bot.cli.riff import run_riff
from bot.cli.song import run_morph, run_song
from bot.cli.telling import why
from bot.errors import (
    ExitCode,
    InvalidOption,
    OutcomeUnknown,
    PromptRefused,
    StartupError,
    Unreachable,
)
from bot.jobs.records import Offers
from bot.named_hosts import Dialect, NamedHost
from bot.processes import free_port
from bot.protocol.engine import EngineInput
from bot.protocol.runs import FailureCause, Run
from bot.providers import health
from bot.providers.hosts import table
from bot.providers.songs import SongsHost
from bot.settings import Settings, load
from bot.ui.words import sentence
from bot.web import webhooks
from bot.web.api.render import Rendered, RenderJob
from bot.web.listener import listening
from bot.web.reach import Reach, reach
from tests.jobs.world import Accidents, HandClock, HostDouble
from tests.peers.cog import container, riffusion_schema
from tests.providers.support import scripted
from tests.web.api.support import AUDIO_NAME, server
from tests.web.songs.support import TinySinger


def _settings(url: str) -> Settings:
    studio = NamedHost(name="studio", dialect="songs", base_url=url)
    riffs = NamedHost(name="riffs", dialect="predictions", base_url=f"{url}/v1")
    return load(None, named_hosts=(studio, riffs))


def _double(offers: Offers) -> HostDouble:
    host = HostDouble("double", HandClock(), Accidents())
    host.offers = offers
    return host


async def test_hosts_are_listed_and_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Name, dialect, address, whether it answers; the engine that is not running yet; never a key."""
    async with server(tmp_path) as here:
        settings = _settings(here.url).model_copy(
            update={"cog_base_url": "http://127.0.0.1:1", "default_host": "studio"}
        )
        assert await run_hosts(build_parser().parse_args(["hosts", "--json"]), settings) is ExitCode.OK
        listed = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
        await run_hosts(build_parser().parse_args(["hosts"]), settings)
    assert {name: each["answers"] for name, each in listed.items()} == {
        "engine": None,
        "cog": False,
        "studio": True,
        "riffs": True,
    }
    assert {each["dialect"] for each in listed.values()} == {"predictions", "songs", "cog"}
    assert [name for name, each in listed.items() if each["default"]] == ["studio"]
    assert "no answer" in capsys.readouterr().out


class Singer(TinySinger):
    """Its songs are long enough to be music."""

    def __call__(self, job: RenderJob) -> Rendered:
        """Four plucked notes in two seconds."""
        made = super().__call__(job)
        times_s = np.arange(22_050) / 44_100
        notes = [np.sin(math.tau * hz * times_s) * np.exp(-8 * times_s) for hz in (440, 660, 550, 880)]
        side = 0.5 * np.concatenate(notes)
        sf.write(job.folder / AUDIO_NAME, np.column_stack((side, side)), 44_100)
        return made


async def test_both_songs_of_a_host_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """FILE-1 and FILE-2; what it cannot make or take is refused before anything is ordered."""
    out = tmp_path / "song.mp3"
    parse = build_parser().parse_args
    async with server(tmp_path / "data", engine=Singer()) as here:
        settings = _settings(here.url)
        made = parse(["song", "folk", "--lyrics", "la", "--host", "studio", "--out", str(out), "--json"])
        assert await run_song(made, settings) is ExitCode.OK
        with pytest.raises(InvalidOption, match="no_songs"):
            await run_song(parse(["song", "folk", "--host", "riffs", "--out", str(out)]), settings)
        with pytest.raises(InvalidOption, match="engine_only"):
            await run_song(
                parse(["song", "a", "--seed", "1", "--host", "studio", "--out", str(out)]), settings
            )
        score = tmp_path / "score.json"
        score.write_text("{}")
        words = ["--transform", "cover", "--tags", "techno", "--host", "studio", "--out", str(out)]
        with pytest.raises(InvalidOption, match="no_scores"):
            await run_morph(parse(["morph", str(score), *words]), settings)
    takes = json.loads(capsys.readouterr().out)["takes"]
    assert [Path(take["audio"]).name for take in takes] == ["song-1.mp3", "song-2.mp3"]
    for take in takes:
        assert decode(Path(take["audio"])).duration_s == pytest.approx(2, abs=0.1)


async def test_a_container_tells_the_command_itself(tmp_path: Path) -> None:
    """It can only be waited for by webhook: the command listens for as long as it runs."""
    out = tmp_path / "riff.wav"
    folder = tmp_path / "container"
    folder.mkdir()
    with container(folder, schema=riffusion_schema()) as here:
        await asyncio.to_thread(here.wait_for, "READY")
        settings = load(None, cog_base_url=here.url)
        asked = ["riff", "lofi piano", "--steps", "2", "--host", "cog", "--out", str(out)]
        assert await run_riff(build_parser().parse_args(asked), settings) is ExitCode.OK
    assert out.read_bytes().startswith(b"RIFF")


async def test_a_container_out_there_needs_our_public_address() -> None:
    """Said before anything is ordered."""
    host = _double(Offers(polls=False))
    host.local = False
    with pytest.raises(StartupError, match="no_webhook_address"):
        async with listening(load(None), host):
            pass
    async with listening(load(None), _double(Offers())) as listener:
        assert listener is None


async def test_a_command_keeps_only_so_much_unread_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies are bounded in size and time, and the host is told to come again where nobody takes its news."""
    host = _double(Offers(polls=False))
    host.base_url = "http://127.0.0.1:1"

    async def dripping() -> AsyncGenerator[bytes]:
        yield b"{"
        await asyncio.sleep(60)

    monkeypatch.setattr(webhooks, "READ_S", 0.05)
    async with listening(load(None), host) as listener, aiohttp.ClientSession() as session:
        assert listener is not None

        async def told(body: bytes | AsyncGenerator[bytes]) -> int:
            async with session.post(listener.address, data=body) as answer:
                return answer.status

        assert await told(dripping()) == 408
        news = [Run(id=f"r{number}", status="processing").model_dump_json().encode() for number in range(9)]
        assert [await told(body) for body in news] == [204] * 8 + [503]
        assert (await listener.news.get()).id == "r0"
        assert await told(news[8]) == 204


async def test_ctrl_c_stops_what_is_still_being_ordered() -> None:
    """The host's answer is waited for, and what it names is cancelled."""
    host = _double(Offers())
    host.base_url = "http://127.0.0.1:1"
    answering, interrupted = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        answering.set()
        await interrupted.wait()

    host.during_create = slowly
    made = asyncio.create_task(following.made_by(host, EngineInput(prompt_a="funk"), load(None)))
    await answering.wait()
    made.cancel()
    await asyncio.sleep(0)
    interrupted.set()
    with pytest.raises(asyncio.CancelledError):
        await made
    assert host.cancelled == ["p0"]


async def test_refused_words_are_told_as_such() -> None:
    """Also where the model found out only when it ran."""

    async def ordered() -> Run:
        return Run(id="p", status="failed", error="NSFW", cause=FailureCause.PROMPT_REFUSED)

    with pytest.raises(PromptRefused):
        await following.until_made(_double(Offers()), ordered())


async def test_hosts_in_the_network_are_told_the_address_towards_them() -> None:
    """And the web port listens there, unless it listens everywhere or is told how it is reached."""
    ways = Reach({"box": "192.168.1.5", "cog": "127.0.0.1"}, {"far": "https://us.example"})
    assert ways.bases(7000) == {
        "box": "http://192.168.1.5:7000",
        "cog": "http://127.0.0.1:7000",
        "far": "https://us.example",
    }
    assert ways.listened("127.0.0.1") == ["192.168.1.5"]
    assert ways.listened("0.0.0.0") == []  # noqa: S104
    assert ways.listened("192.168.1.5") == ["127.0.0.1"]
    assert Reach({"six": "fd00::5"}, {}).bases(80) == {"six": "http://[fd00::5]:80"}
    inside = await reach(
        load(None, local_url="http://172.17.0.1:8080"), {"cog": _double(Offers(polls=False))}
    )
    assert inside.bases(1) == {"cog": "http://172.17.0.1:8080"}
    assert inside.listened("127.0.0.1") == []
    assert (await reach(load(None), {"songs": _double(Offers(webhooks=False))})).bases(1) == {}


class NotAHost(SimpleHTTPRequestHandler):
    """Any web server: pages, and 404 in HTML."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name for it
        """Nothing."""


@contextlib.contextmanager
def any_web_server() -> Generator[str]:
    """Its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), NotAHost) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


async def test_any_web_server_is_not_taken_for_a_host(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the dialect: the setting to look at is named; and who does not listen is told plainly."""
    dialects: tuple[Dialect, ...] = get_args(Dialect)
    with any_web_server() as url:
        named = [NamedHost(name=f"my_{dialect}", dialect=dialect, base_url=url) for dialect in dialects]
        nobody = f"http://127.0.0.1:{free_port()}"
        named.append(NamedHost(name="nobody", dialect="songs", base_url=nobody))
        settings = load(None, named_hosts=tuple(named))
        await run_hosts(build_parser().parse_args(["hosts", "--json"]), settings)
    listed = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    for dialect in dialects:
        told = listed[f"my_{dialect}"]
        setting = f"HOST_MY_{dialect.upper()}_BASE_URL"
        assert told["answers"] is False
        assert told["told"] == f"answers, but not as a host of the {dialect} dialect: check {setting}"
    assert listed["nobody"]["state"] == "silent"
    assert listed["nobody"]["told"] == f"nothing listens at {nobody.removeprefix('http://')}"


async def test_a_default_host_that_cannot_be_used_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With the list, by a line and the exit code; only what is set up is offered instead."""
    settings = load(None, default_host="studoi", cog_base_url="http://127.0.0.1:1")
    arguments = build_parser().parse_args(["hosts"])
    assert await run_hosts(arguments, settings) is ExitCode.BAD_SETTINGS
    told = capsys.readouterr()
    assert "cog" in told.out
    assert "no music host studoi. Choose one of: engine, cog." in told.err


async def test_a_client_that_breaks_does_not_hide_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has a line of its own that says so."""

    async def broken(_: SongsHost) -> None:
        raise RuntimeError("of this host")

    monkeypatch.setattr(SongsHost, "check", broken)
    settings = _settings("http://127.0.0.1:1")
    await run_hosts(build_parser().parse_args(["hosts"]), settings)
    told = capsys.readouterr().out
    assert "RuntimeError" in told
    assert "nothing listens at 127.0.0.1:1" in told


async def test_a_slow_host_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked once, for so long and no longer."""
    calls: list[str] = []

    async def slow(request: web.Request) -> web.Response:
        calls.append(request.path)
        await asyncio.sleep(60)
        return web.Response()

    monkeypatch.setattr(health, "PATIENCE_S", 0.2)
    async with scripted(slow) as script:
        (host,) = table(load(None, cog_base_url=script.url)).values()
        told = await host.check()
        await host.close()
    assert (told.state, told.told) == ("silent", "took longer than 0 s")
    assert len(calls) == 1


@pytest.mark.parametrize(
    "option",
    [
        ["--seed", "1"],
        ["--steps", "9"],
        ["--seed-image", "vibes"],
        ["--prompt-b", "jazz"],
        ["--alpha", "0.2"],
        ["--denoising", "0.5"],
    ],
)
async def test_what_a_songs_host_would_drop_is_refused(tmp_path: Path, option: list[str]) -> None:
    """One sentence names the option and the hosts that take it."""
    settings = _settings("http://127.0.0.1:1")
    asked = ["riff", "funk", *option, "--host", "studio", "--out", str(tmp_path / "x.wav")]
    with pytest.raises(InvalidOption, match="not_at_song_hosts") as refused:
        await run_riff(build_parser().parse_args(asked), settings)
    assert option[0] in sentence(refused.value)
    takers = "engine." if option[0] == "--seed" else "engine, riffs."
    assert sentence(refused.value).endswith(f"takes it: {takers}")


async def test_a_songs_host_decides_the_length(tmp_path: Path) -> None:
    """Refused instead of ignored."""
    asked = ["song", "folk", "--length-s", "30", "--host", "studio", "--out", str(tmp_path / "x.wav")]
    with pytest.raises(InvalidOption, match="length_is_the_hosts"):
        await run_song(build_parser().parse_args(asked), _settings("http://127.0.0.1:1"))


async def test_what_a_command_tells_of_a_host_holds_for_a_command() -> None:
    """Nobody goes on checking once it has ended; a refused connection is told without a library's words."""
    unknown = why(OutcomeUnknown("studio", "broken off"))
    assert "before you order it again" in unknown
    assert "We keep checking" not in unknown
    host = table(_settings("http://127.0.0.1:1"))["riffs"]
    with pytest.raises(Unreachable) as refused:
        await host.create(EngineInput(prompt_a="a"), reference="r", webhook=None)
    await host.close()
    assert "The reason: nothing listens at 127.0.0.1:1." in why(refused.value)
