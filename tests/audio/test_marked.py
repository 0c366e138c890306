"""What is heard in a member's file, and the picture of what will be made of music."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray
from PIL import Image

from bot.audio.brought import hear
from bot.audio.marked import HEIGHT, WIDTH, mark
from bot.audio.sound import SAMPLE_RATE_HZ
from bot.engine.score.as_json import score_to_json
from bot.engine.songs.song import write_song
from bot.engine.spec import SongSpec
from bot.errors import UnusableAudio
from bot.library.studio import Marking
from tests.audio.sounds import noise, plucks, seconds, sine, stereo

BRIGHT, BAND = (255, 122, 89), (64, 34, 60)


def file_of(folder: Path, duration_s: float = 10.0) -> Path:
    """Music in a file."""
    path = folder / "sound.wav"
    sf.write(path, plucks(duration_s=duration_s), SAMPLE_RATE_HZ)
    return path


def columns(picture: bytes, colour: tuple[int, int, int]) -> NDArray[np.intp]:
    """Where from left to right the picture has a colour."""
    image = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))
    assert image.shape == (HEIGHT, WIDTH, 3)
    return np.flatnonzero((image == np.array(colour)).all(axis=2).any(axis=0))


def x(share: float) -> float:
    """The column at a share of the time axis."""
    return 28 + 944 * share


def test_a_stretch_is_bright_and_nothing_else_is(tmp_path: Path) -> None:
    """From its first second to its last, with lines at both ends; a picture of all has none."""
    seen = mark(file_of(tmp_path), None, Marking(marked="between", start_s=2.0, end_s=5.0))
    bright = columns(seen.picture, BRIGHT)
    assert bright.min() == pytest.approx(x(0.2), abs=4)
    assert bright.max() == pytest.approx(x(0.5), abs=4)
    assert (seen.duration_s, seen.start_s, seen.parts) == (10.0, 2.0, ())
    whole = mark(file_of(tmp_path), None, Marking(marked="all"))
    assert columns(whole.picture, BRIGHT).size == columns(whole.picture, BAND).size == 0


def test_what_is_added_has_its_room(tmp_path: Path) -> None:
    """The axis reaches to the new end; old music after the join is faint. Unknown lengths are open."""
    seen = mark(file_of(tmp_path), None, Marking(marked="from", start_s=5.0, added_s=15.0))
    band = columns(seen.picture, BAND)
    assert band.min() == pytest.approx(x(0.25), abs=4)
    assert band.max() == pytest.approx(x(1.0), abs=4)
    assert columns(seen.picture, BRIGHT).max() == pytest.approx(x(1.0), abs=4)
    open_end = mark(file_of(tmp_path), None, Marking(marked="from"))
    assert open_end.start_s == 10.0
    assert columns(open_end.picture, BRIGHT).max() == pytest.approx(x(0.8), abs=4)


def test_a_songs_parts_are_named_and_its_outro_gives_way(tmp_path: Path) -> None:
    """From the score, in the language of whoever looks; a score that cannot be read is none."""
    score = write_song(SongSpec(tags="pop", topic="rain", length_s=40.0, seed=3))
    path = tmp_path / "score.json"
    path.write_text(json.dumps(score_to_json(score)), encoding="utf-8")
    bar_s = score.meter * 60 / score.bpm
    sound = file_of(tmp_path, score.bars * bar_s)
    seen = mark(sound, path, Marking(marked="from", names={"outro": "Ende"}))
    outro = score.sections[-1]
    assert outro.name == "outro"
    assert seen.start_s == pytest.approx(outro.first_bar * bar_s, abs=0.001)
    assert seen.parts == ("outro",)
    named = mark(sound, path, Marking(marked="all", names={"outro": "Ende"})).picture
    assert named != mark(sound, path, Marking(marked="all")).picture
    path.write_text('{"bpm": []}', encoding="utf-8")
    assert mark(sound, path, Marking(marked="from")).parts == ()


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
def test_what_every_host_reads_stays_as_it_is(tmp_path: Path, kind: str) -> None:
    """By its content, whatever it is called."""
    path = tmp_path / "song.exe"
    sf.write(path, sine(duration_s=3.0), SAMPLE_RATE_HZ, format=kind.upper())
    heard = hear(path, tmp_path)
    assert heard.file.name == f"brought.{kind}"
    assert heard.file.read_bytes() == path.read_bytes()
    assert heard.duration_s == pytest.approx(3.0, abs=0.1)


def test_other_kinds_are_written_anew(tmp_path: Path) -> None:
    """As FLAC, which all can read and which brings no pictures or films along."""
    path = tmp_path / "song"
    sf.write(path, sine(duration_s=3.0), SAMPLE_RATE_HZ, format="AIFF")
    heard = hear(path, tmp_path)
    assert heard.file.name == "brought.flac"
    assert sf.info(heard.file).duration == pytest.approx(3.0)


REFUSED: list[tuple[Any, str]] = [
    (b"MZ\x90\x00 not music at all", "not_audio"),
    (stereo(0 * seconds(3.0)), "silent"),
    (sine(duration_s=1.0), "too_short"),
]


@pytest.mark.parametrize(("content", "problem"), REFUSED, ids=[problem for _, problem in REFUSED])
def test_what_is_no_music_is_refused(tmp_path: Path, content: Any, problem: str) -> None:
    """Each with its reason, and nothing is written."""
    path = tmp_path / "song.mp3"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        sf.write(path, content, SAMPLE_RATE_HZ, format="WAV")
    with pytest.raises(UnusableAudio) as refused:
        hear(path, tmp_path)
    assert refused.value.problem == problem
    assert sorted(each.name for each in tmp_path.iterdir()) == ["song.mp3"]


def test_a_file_of_hours_is_not_read_to_its_end(tmp_path: Path) -> None:
    """Reading stops a second after what is allowed."""
    path = tmp_path / "song.wav"
    sf.write(path, np.tile(noise(1.0)[:8_000, :1], (400, 1)), 8_000)
    with pytest.raises(UnusableAudio) as refused:
        hear(path, tmp_path)
    assert refused.value.problem == "too_long"
