"""Files as other programs read them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from bot.audio import mp3
from bot.audio.codecs import encode
from bot.audio.formats import FORMATS, Format, format_of
from bot.audio.label import Label
from bot.audio.sound import SAMPLE_RATE_HZ, Audio, Sound, as_audio
from bot.errors import InvalidOption
from tests.audio.meters import decoded, ebu_r128, tags
from tests.audio.sounds import order

LABEL = Label.of(order("爵士 🎷 “Info” Xing \u202eتجربة <@&1>", user_name="Ünï ✨"), seed=7)


def written(tmp_path: Path, form: Format, sound: Sound) -> Path:
    """The sound as a file on disk."""
    path = tmp_path / f"clip.{form}"
    path.write_bytes(encode(sound, form, LABEL))
    return path


@pytest.mark.parametrize("form", FORMATS)
def test_tags_survive_in_every_format(tmp_path: Path, riff_audio: Audio, form: Format) -> None:
    """Title, artist, album and recipe, in any script, read back by FFmpeg."""
    told = tags(written(tmp_path, form, Sound(riff_audio, 16)))
    assert {name: told[name] for name in LABEL.tags()} == LABEL.tags()


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_has_exactly_the_length_and_place_of_the_loop(
    tmp_path: Path, riff_audio: Audio, form: Format
) -> None:
    """No padding in front or behind: a loop stays a loop, in lossy files too."""
    path = written(tmp_path, form, Sound(riff_audio, 16))
    for audio in (decoded(path), as_audio(sf.read(path, dtype="float32")[0])):
        assert len(audio) == len(riff_audio)
        part = riff_audio[SAMPLE_RATE_HZ : 3 * SAMPLE_RATE_HZ, 0]
        fits = [
            float(part @ audio[SAMPLE_RATE_HZ + lag : 3 * SAMPLE_RATE_HZ + lag, 0]) for lag in range(-20, 21)
        ]
        assert int(np.argmax(fits)) - 20 == 0


@pytest.mark.parametrize("form", FORMATS)
def test_a_clip_of_nobody_has_no_artist(riff_audio: Audio, tmp_path: Path, form: Format) -> None:
    """The command line may not know who asks: the tag is left out, nothing fails."""
    path = tmp_path / f"clip.{form}"
    path.write_bytes(encode(Sound(riff_audio[:44_100], 16), form, Label.of(order(user_name=""))))
    assert "artist" not in tags(path)
    assert tags(path)["title"] == "funky synth solo"


@pytest.mark.parametrize("form", ["wav", "flac"])
def test_a_sixteen_bit_clip_is_kept_bit_by_bit(tmp_path: Path, riff_file: Path, form: Format) -> None:
    """What the host sent is what the lossless file holds."""
    came, _ = sf.read(riff_file, dtype="int16")
    path = written(tmp_path, form, Sound(as_audio(sf.read(riff_file, dtype="float32")[0]), 16))
    assert sf.info(path).subtype == "PCM_16"
    assert np.array_equal(sf.read(path, dtype="int16")[0], came)


def test_a_computed_clip_is_kept_in_twenty_four_bits(tmp_path: Path, riff_audio: Audio) -> None:
    """Levelling gives samples between the steps of 16 bits; they are not rounded away."""
    audio = as_audio(riff_audio * np.float32(0.7))
    path = written(tmp_path, "flac", Sound(audio, 24))
    assert np.abs(sf.read(path, dtype="float32")[0] - audio).max() <= 2**-23


def test_mp3_is_as_loud_as_the_master_and_its_peaks_stay_under_the_ceiling(
    tmp_path: Path, riff_audio: Audio
) -> None:
    """What Discord plays is measured, not what we encoded from."""
    told = ebu_r128(decoded(written(tmp_path, "mp3", Sound(riff_audio, 16))))
    assert told.lufs == pytest.approx(ebu_r128(riff_audio).lufs, abs=0.11)
    assert told.true_peak_db <= -1.0 + 0.051


def test_mp3_that_overshoots_is_turned_down() -> None:
    """Steep edges at the ceiling overshoot in any lossy codec; the second try holds them."""
    grain = np.random.default_rng(4).standard_normal((2 * SAMPLE_RATE_HZ, 2))
    steep = np.clip(grain, -1, 1) * 10 ** (-2.2 / 20)
    loud, quiet = (
        sf.read(io.BytesIO(mp3.encode(as_audio(steep * gain), LABEL)))[0].std() / gain for gain in (1.0, 0.25)
    )
    assert -0.5 < 20 * np.log10(loud / quiet) < -0.05


def test_only_known_suffixes_are_formats() -> None:
    """Any case; anything else is the person's mistake and names the choices."""
    assert format_of(Path("a/My Song.MP3")) == "mp3"
    for wrong in ("song.aiff", "song", "song.mp3.exe", ".mp3"):
        with pytest.raises(InvalidOption) as refused:
            format_of(Path(wrong))
        assert refused.value.problem == "unknown_format"
        assert refused.value.facts["choices"] == ".mp3, .ogg, .wav, .flac"
