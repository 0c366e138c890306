"""Takes packed to fit, as other programs read them: MP3, Opus, FLAC, WAV, voice messages and videos."""

from __future__ import annotations

import base64
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile as sf
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.audio.codecs import encode
from bot.audio.label import Label
from bot.audio.ladder import PREVIEW_S, SHORTEST_S, ladder
from bot.audio.pack import pack
from bot.audio.sound import Audio, Sound
from bot.audio.video import video
from bot.audio.voice import MOST_POINTS, voice_message, waveform
from bot.errors import UnusableAudio
from bot.jobs.parcels import FileFormat
from tests.audio.meters import decoded, tags
from tests.audio.sounds import plucks, stereo

LABEL = Label(title="爵士 🎷", artist="Ünï, Bo", comment='{"prompt": "jazz"}')
FORMATS: tuple[FileFormat, ...] = ("mp3", "ogg", "flac", "wav")
SMALLEST_BYTES = 24_000
"""Three seconds of the lowest rate, with a title."""


def kept(folder: Path, audio: Audio, label: Label = LABEL) -> Path:
    """A take's lossless file."""
    path = folder / "kept.flac"
    path.write_bytes(encode(Sound(audio, 24), "flac", label))
    return path


@pytest.fixture(scope="module")
def long_take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ninety seconds."""
    return kept(tmp_path_factory.mktemp("long"), plucks(duration_s=90.0))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_keeps_length_and_tags_and_shows_a_cover(
    tmp_path: Path, riff_audio: Audio, form: FileFormat
) -> None:
    """Read back by FFmpeg; only WAV has no place for a picture."""
    packed = pack(kept(tmp_path, riff_audio), tmp_path, name="take", form=form, limit_bytes=10 * 2**20)
    assert (packed.file.suffix, packed.format, packed.preview_s) == (f".{form}", form, None)
    assert {name: tags(packed.file)[name] for name in LABEL.tags()} == LABEL.tags()
    assert len(decoded(packed.file)) == pytest.approx(len(riff_audio), abs=50)
    with av.open(packed.file) as file:
        pictures = [(each.width, each.codec_context.name) for each in file.streams.video]
        assert file.streams.audio[0].codec_context.name == {"ogg": "opus", "wav": "pcm_s24le"}.get(
            form, {"mp3": "mp3float"}.get(form, form)
        )
    assert pictures == ([] if form == "wav" else [(320, "mjpeg")])


@pytest.mark.parametrize(
    ("form", "limit_bytes", "made_as", "channels", "preview_s"),
    [
        ("mp3", 800_000, 64, 1, None),
        ("mp3", 530_000, 64, 1, PREVIEW_S),
        ("mp3", 100_000, 48, 1, 16.0),
        ("ogg", 500_000, 40, 1, None),
        ("wav", 2_000_000, 160, 2, None),
    ],
)
def test_less_room_takes_bits_then_a_channel_then_the_end(
    tmp_path: Path,
    long_take: Path,
    form: FileFormat,
    limit_bytes: int,
    made_as: int,
    channels: int,
    preview_s: float | None,
) -> None:
    """Each step down the ladder, as the file itself tells; lossless wishes end in MP3."""
    packed = pack(long_take, tmp_path, name="take", form=form, limit_bytes=limit_bytes)
    size_bytes = packed.file.stat().st_size
    assert limit_bytes * 0.6 < size_bytes <= limit_bytes
    assert (packed.kbit_s, packed.channels) == (made_as, channels)
    assert packed.preview_s == (preview_s if preview_s is None else pytest.approx(preview_s, abs=1.0))
    told = sf.info(packed.file)
    assert told.channels == channels
    assert told.duration == pytest.approx(packed.preview_s or 90.0, abs=0.1)
    assert size_bytes * 8 / told.duration / 1_000 == pytest.approx(made_as, rel=0.12)
    if preview_s is not None:
        heard = decoded(packed.file)
        assert np.abs(heard[-2_000:]).max() < 0.01 < np.abs(heard[:44_100]).max()
    assert tags(packed.file)["title"] == LABEL.title


@given(
    form=st.sampled_from(FORMATS),
    duration_s=st.floats(0.25, 900.0),
    room_bytes=st.integers(SMALLEST_BYTES, 30 * 2**20),
)
@example(form="mp3", duration_s=3.5, room_bytes=SMALLEST_BYTES)
def test_for_any_length_and_limit_the_ladder_holds_something_that_fits(
    form: FileFormat, duration_s: float, room_bytes: int
) -> None:
    """Whatever is offered fits by its rate, the best comes first, and the whole before any preview."""
    rungs = [each for each in ladder(form, duration_s=duration_s, room_bytes=room_bytes) if each.kbit_s]
    assert rungs
    for rung in rungs:
        assert (rung.kbit_s or 0) * 125 * min(duration_s, rung.preview_s or duration_s) <= room_bytes
        assert SHORTEST_S <= (rung.preview_s or SHORTEST_S) < max(duration_s, SHORTEST_S + 1e-9)
    lengths = [rung.preview_s or duration_s for rung in rungs]
    assert lengths == sorted(lengths, reverse=True)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from(FORMATS),
    duration_s=st.floats(0.3, 8.0),
    limit_bytes=st.integers(SMALLEST_BYTES, 400_000),
    recipe=st.sampled_from(["{}", "la " * 4_000]),
)
@example(form="ogg", duration_s=0.45, limit_bytes=400_000, recipe="{}")
def test_what_is_written_fits_whatever_the_length_limit_and_recipe(
    tmp_path: Path, form: FileFormat, duration_s: float, limit_bytes: int, recipe: str
) -> None:
    """The real encoders, on noise, which no codec likes; the lyrics of a song do not crowd it out."""
    grain = np.random.default_rng(1).standard_normal(round(duration_s * 44_100)) * 0.2
    source = kept(tmp_path, stereo(grain), Label(title="x", artist="y", comment=recipe))
    packed = pack(source, tmp_path, name="take", form=form, limit_bytes=limit_bytes)
    assert packed.file.stat().st_size <= limit_bytes
    told = sf.info(packed.file)
    assert told.duration == pytest.approx(min(packed.preview_s or duration_s, duration_s), abs=0.15)


def test_where_nothing_fits_it_is_said(tmp_path: Path) -> None:
    """A limit below the smallest preview, for a file, a voice message and a video."""
    source = kept(tmp_path, plucks(duration_s=8.0))
    for tried in (
        lambda: pack(source, tmp_path, name="a", form="mp3", limit_bytes=5_000),
        lambda: voice_message(source, tmp_path, name="b", limit_bytes=5_000),
        lambda: video(source, tmp_path, name="c", limit_bytes=5_000),
    ):
        with pytest.raises(UnusableAudio, match="too_large"):
            tried()
    assert [file.name for file in tmp_path.iterdir()] == ["kept.flac"]


def test_a_voice_message_is_opus_with_its_length_and_shape(tmp_path: Path, long_take: Path) -> None:
    """As Discord asks: Ogg Opus, at most 256 bytes of waveform, loudest 255; small where it has to be."""
    voice = voice_message(long_take, tmp_path, name="voice", limit_bytes=400_000)
    told = sf.info(voice.file)
    assert (told.format, told.subtype, told.channels) == ("OGG", "OPUS", 1)
    assert voice.file.stat().st_size <= 400_000
    assert told.duration == pytest.approx(voice.duration_s, abs=0.05) == pytest.approx(90.0, abs=0.05)
    heights = base64.b64decode(voice.waveform)
    assert len(heights) == MOST_POINTS
    assert max(heights) == 255


def test_a_waveform_follows_the_loudness() -> None:
    """Ten points a second; silence is 0, and the quieter half lies lower."""
    loud = plucks(bpm=1_200, duration_s=1.0)
    heights = base64.b64decode(waveform(np.concatenate([loud * np.float32(0.5), loud, loud * np.float32(0)])))
    assert len(heights) == 30
    assert max(heights[:10]) == pytest.approx(max(heights[10:20]) / 2, abs=2)
    assert max(heights[21:]) == 0


def test_a_video_shows_how_far_the_music_has_played(tmp_path: Path, riff_audio: Audio) -> None:
    """H.264 and AAC of the right length, index first, and brightness that wanders from left to right."""
    path = video(kept(tmp_path, riff_audio), tmp_path, name="film", limit_bytes=2_000_000)
    content = path.read_bytes()
    assert len(content) <= 2_000_000
    assert content.index(b"moov") < content.index(b"mdat")
    duration_s = len(riff_audio) / 44_100
    with av.open(path) as file:
        moving = file.streams.video[0]
        heard = file.streams.audio[0]
        assert (moving.codec_context.name, heard.codec_context.name) == ("h264", "aac")
        assert (moving.width, moving.height, moving.pix_fmt) == (1000, 500, "yuv420p")
        assert (file.duration or 0) / 1e6 == pytest.approx(duration_s, abs=0.15)
        greys = [np.asarray(frame.to_ndarray(format="gray"), float) for frame in file.decode(moving)]
    assert len(greys) == pytest.approx(duration_s * 15, abs=1)
    assert len(decoded(path)) == pytest.approx(len(riff_audio), abs=3_000)
    shares = [grey[24:340, :500].mean() / grey[24:340].mean() for grey in (greys[1], greys[len(greys) // 2])]
    assert shares[1] > shares[0] * 1.15
    assert greys[-1][24:340].mean() > greys[1][24:340].mean() * 1.3
