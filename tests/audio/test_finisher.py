"""Worker processes: what they deliver, how they die, what happens then."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import psutil
import pytest

from bot.audio import AudioFinisher
from bot.audio.sound import Audio
from bot.errors import UnusableAudio
from bot.jobs.ports import Finisher
from bot.jobs.records import Facts, Fetched, Finished
from bot.library.family import Drawing, Line
from bot.money.drawing import Gauge, PotDrawing
from tests.audio.meters import decoded, ebu_r128, tags
from tests.audio.sounds import noise, order, plucks, write

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def finisher() -> AsyncGenerator[AudioFinisher]:
    """One worker, started."""
    finisher = AudioFinisher()
    await finisher.start()
    yield finisher
    await finisher.stop()


@pytest.fixture
def clip(riff_file: Path) -> Fetched:
    """A clip that our own engine made."""
    return Fetched(audio=riff_file, facts=Facts(bpm=96.0, key="E dorian", seed=1))


def sound_of(made: Finished) -> tuple[Path, Path]:
    """Master and upload; only pictures have none."""
    assert made.lossless is not None
    assert made.upload is not None
    return made.lossless, made.upload


async def test_a_clip_becomes_the_three_files_of_a_take(
    finisher: AudioFinisher, clip: Fetched, riff_audio: Audio, tmp_path: Path
) -> None:
    """Master, upload and picture lie in the folder, and the record tells the truth about them."""
    room: Finisher = finisher
    made = await room.finish(clip, order("funky synth solo", user_name="Ana ✨"), tmp_path)
    lossless, upload = sound_of(made)
    assert {lossless.parent, upload.parent, made.picture.parent} == {tmp_path}
    assert len(decoded(lossless)) == len(decoded(upload)) == len(riff_audio)
    assert made.duration_s == pytest.approx(len(riff_audio) / 44_100, abs=0.001)
    assert (made.bpm, made.key) == (96.0, "E dorian")
    told = ebu_r128(decoded(upload))
    assert told.lufs == pytest.approx(-14.0, abs=0.5)
    assert told.lufs == pytest.approx(made.lufs, abs=0.15)
    assert told.true_peak_db <= -1.0 + 0.051
    assert tags(upload)["artist"] == tags(lossless)["artist"] == "Ana ✨"
    assert made.picture.stat().st_size < 300_000
    family = Drawing(heading="家族", lines=(Line(title="a riff", note="Ana", goes_on=()),), footing="Ana")
    assert (await finisher.draw_tree(family)).startswith(b"\x89PNG")
    pot = PotDrawing(heading="Pot", gauges=(Gauge(title="Pot", amount="3", note="of 10", filled=0.3),))
    assert (await finisher.draw_pot(pot)).startswith(b"\x89PNG")


async def test_what_is_no_music_is_refused_and_the_worker_lives(
    finisher: AudioFinisher, clip: Fetched, tmp_path: Path
) -> None:
    """The refusal crosses the process border as itself; the next clip is served by the same process."""
    before = finisher.pids
    (tmp_path / "text.mp3").write_text("502 Bad Gateway")
    for name, problem in (
        (write(tmp_path / "noise.wav", noise()), "noise"),
        (tmp_path / "text.mp3", "not_audio"),
    ):
        with pytest.raises(UnusableAudio) as refused:
            await finisher.finish(Fetched(audio=name, facts=Facts()), order(), tmp_path)
        assert refused.value.problem == problem
    assert sound_of(await finisher.finish(clip, order(), tmp_path))[1].is_file()
    assert finisher.pids == before


async def test_a_folder_that_cannot_be_written_is_an_os_error(
    finisher: AudioFinisher, clip: Fetched, tmp_path: Path
) -> None:
    """A full or missing disk is not blamed on the clip."""
    with pytest.raises(OSError, match="gone"):
        await finisher.finish(clip, order(), tmp_path / "gone")


async def test_a_worker_killed_while_it_works_is_replaced_and_the_clip_done(
    finisher: AudioFinisher, clip: Fetched, tmp_path: Path
) -> None:
    """The out-of-memory killer costs a second, not a clip."""
    [victim] = finisher.pids
    os.kill(victim, signal.SIGSTOP)
    finishing = asyncio.create_task(finisher.finish(clip, order(), tmp_path))
    await asyncio.sleep(0)
    os.kill(victim, signal.SIGKILL)
    assert sound_of(await finishing)[1].is_file()
    assert finisher.pids != [victim]


async def test_a_worker_killed_between_clips_is_replaced(
    finisher: AudioFinisher, clip: Fetched, tmp_path: Path
) -> None:
    """Nobody notices."""
    [victim] = finisher.pids
    os.kill(victim, signal.SIGKILL)
    assert sound_of(await finisher.finish(clip, order(), tmp_path))[1].is_file()


async def test_a_clip_that_takes_too_long_is_given_up(clip: Fetched, tmp_path: Path) -> None:
    """A decoder that hangs is ended from outside of Python; after two workers the file is unusable."""
    finisher = AudioFinisher(limit_s=0.001)
    with pytest.raises(UnusableAudio, match="not_audio"):
        await finisher.finish(clip, order(), tmp_path)
    await finisher.stop()
    assert finisher.pids == []


async def test_a_cancelled_clip_frees_its_caller_at_once_and_the_next_one_waits_its_turn(
    finisher: AudioFinisher, clip: Fetched, tmp_path: Path
) -> None:
    """The worker cannot be interrupted, so it ends the old clip before it takes the new one."""
    [pid] = finisher.pids
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await finisher.finish(clip, order(), tmp_path)
    second = asyncio.create_task(finisher.finish(clip, order(), tmp_path))
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGCONT)
    assert sound_of(await second)[1].is_file()
    assert finisher.pids == [pid]


async def test_one_clips_death_does_not_touch_another(clip: Fetched, tmp_path: Path) -> None:
    """Each worker has its own pool: killing one leaves the other at work."""
    finisher = AudioFinisher(workers=2)
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    await asyncio.gather(*(finisher.finish(clip, order(), folder) for folder in folders))
    first, second = finisher.pids
    os.kill(first, signal.SIGSTOP)
    finishing = [asyncio.create_task(finisher.finish(clip, order(), folder)) for folder in folders]
    await asyncio.sleep(0)
    os.kill(first, signal.SIGKILL)
    made: list[Finished] = await asyncio.gather(*finishing)
    assert [sound_of(one)[1].is_file() for one in made] == [True, True]
    assert finisher.pids[1] == second
    await finisher.stop()


async def test_many_clips_at_once_share_one_worker(finisher: AudioFinisher, tmp_path: Path) -> None:
    """They queue; none is lost, and no second process is started."""
    short = Fetched(audio=write(tmp_path / "in.wav", plucks(duration_s=2.0)), facts=Facts(bpm=120.0, key="A"))
    folders = [tmp_path / str(number) for number in range(8)]
    for folder in folders:
        folder.mkdir()
    made = await asyncio.gather(*(finisher.finish(short, order(), folder) for folder in folders))
    assert len({one.upload for one in made}) == 8
    assert len(finisher.pids) == 1


async def test_stopping_ends_a_busy_worker(clip: Fetched, tmp_path: Path) -> None:
    """Stop returns although the worker does not answer, and no process is left."""
    finisher = AudioFinisher()
    await finisher.start()
    [pid] = finisher.pids
    os.kill(pid, signal.SIGSTOP)
    finishing = asyncio.create_task(finisher.finish(clip, order(), tmp_path))
    await asyncio.sleep(0)
    await finisher.stop()
    with pytest.raises(RuntimeError):
        await finishing
    assert not psutil.pid_exists(pid)


def test_workers_die_with_a_killed_bot(tmp_path: Path) -> None:
    """kill -9 of the bot leaves no worker behind."""
    script = tmp_path / "bot_process.py"
    script.write_text(
        "import asyncio\n"
        "from bot.audio import AudioFinisher\n"
        "async def main():\n"
        "    finisher = AudioFinisher()\n"
        "    await finisher.start()\n"
        "    print(*finisher.pids, flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=environment) as bot:
        assert bot.stdout is not None
        worker = psutil.Process(int(bot.stdout.readline()))
        bot.kill()
    worker.wait(timeout=10)
    assert not worker.is_running()


def test_the_bot_process_loads_no_audio_library() -> None:
    """Importing the room costs the bot neither numpy nor a codec."""
    code = (
        "import sys, bot.audio, bot.audio.formats, bot.audio.label\n"
        "heavy = {'numpy', 'soundfile', 'PIL', 'av', 'pydub', 'lameenc'}\n"
        "sys.exit(len(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
