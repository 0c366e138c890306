"""What the channel sees."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bot.audio.picture import draw_picture
from bot.audio.sound import SAMPLE_RATE_HZ, Audio, as_audio
from tests.audio.sounds import noise, plucks, sine

SPECTRUM = (slice(24, 340), slice(24, 976))
RULER = (slice(440, 453), slice(0, 1000))


def pixels(audio: Audio, bpm: float | None = None) -> NDArray[np.float64]:
    """The picture's brightness (500, 1000)."""
    picture = Image.open(io.BytesIO(draw_picture(audio, bpm=bpm)))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (1000, 500))
    return np.asarray(picture, np.float64).mean(axis=2)


@pytest.mark.parametrize("duration_s", [0.3, 5.12, 60.0])
def test_any_length_fits_and_stays_small(duration_s: float) -> None:
    """Noise is the hardest to pack: still under 300 kB."""
    drawn = draw_picture(noise(duration_s), bpm=120.0)
    assert len(drawn) < 300_000


@pytest.mark.parametrize("hz", [60.0, 440.0, 3000.0, 12_000.0])
def test_a_tone_is_a_line_at_its_height(hz: float) -> None:
    """Frequency goes up logarithmically from 45 Hz to 16 kHz."""
    rows = pixels(sine(hz, 5.0))[SPECTRUM].mean(axis=1)
    expected = 316 * (1 - np.log(hz / 45) / np.log(16_000 / 45))
    assert int(rows.argmax()) == pytest.approx(expected, abs=6)


def test_time_runs_to_the_right() -> None:
    """What sounds in the second half is drawn in the right half."""
    late = as_audio(np.concatenate([np.zeros((3 * SAMPLE_RATE_HZ, 2)), plucks(duration_s=3.0)]))
    spectrum = pixels(late)[SPECTRUM]
    ground = float(np.median(spectrum))
    assert abs(spectrum[:, :470].mean() - ground) < 0.1
    assert spectrum[:, 480:].mean() - ground > 5.0


def test_beats_are_ticks_where_the_tempo_is_known() -> None:
    """Ten seconds at 120 have twenty beats and the end, every fourth one taller; without tempo none."""
    ruler = pixels(plucks(), 120.0)[RULER]
    assert marks(ruler[3]) == 21
    assert marks(ruler[9]) == 6
    assert marks(pixels(plucks())[RULER][3]) == 0


def test_a_long_clip_shows_bars_only() -> None:
    """Ticks closer than nine pixels would be a grey bar."""
    ruler = pixels(plucks(duration_s=60.0), 180.0)[RULER]
    assert marks(ruler[3]) == 46


def marks(row: NDArray[np.float64]) -> int:
    """How many separate bright marks a row of pixels has."""
    return int(np.sum(np.diff((row > 45).astype(int), prepend=0) == 1))
