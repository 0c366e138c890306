"""Stems add up to the mix."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from bot.engine.mix import mixdown
from bot.engine.mix.stems import Stem, write_stems
from bot.engine.mix.stretch import stretches
from bot.engine.score.model import Underlay
from tests.engine.support import riff
from tests.engine.test_mix_songs import song

if TYPE_CHECKING:
    from pathlib import Path

    from bot.engine.arrays import Samples


RAIN = "rainy lofi hip hop"


@pytest.fixture(scope="module")
def rain_stems(tmp_path_factory: pytest.TempPathFactory) -> list[Stem]:
    """The stems of a riff with textures and tape, written once and only read."""
    return write_stems(riff(RAIN, seed=2).score, tmp_path_factory.mktemp("stems"))


def difference_db(mix: Samples, stems: list[Stem]) -> float:
    """Return how far the sum of the written stems is below the mix."""
    total = np.zeros_like(mix, np.float64)
    for stem in stems:
        sound, rate_hz = soundfile.read(stem.path)
        assert rate_hz == 44_100
        assert stem.path.stem == stem.name
        total += sound
    return float(10 * np.log10(np.square(total - mix).mean() / np.square(mix).mean()))


def test_a_riffs_stems_sum_to_it(rain_stems: list[Stem]) -> None:
    """Textures and tape included, the sum differs by less than -60 dB."""
    assert difference_db(riff(RAIN, seed=2).audio, rain_stems) < -60.0


def test_a_masked_riffs_stems_sum_to_it(tmp_path: Path) -> None:
    """What is heard through a mask, and what lies beneath it, add up as well."""
    masked = riff("death metal", seed=2, seed_image_id="mask_beat_lines_80", denoising=0.75)
    assert difference_db(masked.audio, write_stems(masked.score, tmp_path)) < -60.0


def test_a_songs_stems_sum_to_it(tmp_path: Path) -> None:
    """So do a song's, those of the music under a span made anew included."""
    old = song(RAIN, length_s=20.0)
    new = replace(old, tracks=song("techno", length_s=20.0).tracks, underlay=Underlay(old, 4.0, 8.0))
    assert difference_db(mixdown(new), write_stems(new, tmp_path)) < -60.0


def test_each_track_that_sounds_has_a_stem_of_its_name(rain_stems: list[Stem]) -> None:
    """There is a file for each track and each texture."""
    score = riff(RAIN, seed=2).score
    names = {stem.name for stem in rain_stems}
    assert {f"{track.role}-{track.instrument}" for track in score.tracks if track.notes} <= names
    assert "texture-rain" in names


class Enough(Exception):
    """Nobody waits any more."""


def test_what_progress_raises_ends_mix_and_stems(tmp_path: Path) -> None:
    """A song is told stretch by stretch and layer by layer, and can be stopped at each."""
    score = song("techno")
    assert len(stretches(score)) > 1
    told: list[tuple[int, int]] = []
    write_stems(score, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert len(told) > len(score.tracks)
    assert told[-1][0] == told[-1][1]

    def stop(done: int, _: int) -> None:
        told.append((done, 0))
        raise Enough

    for work in (lambda: mixdown(score, stop), lambda: write_stems(score, tmp_path / "no", stop)):
        told.clear()
        with pytest.raises(Enough):
            work()
        assert len(told) == 1


def test_stems_have_24_bits(rain_stems: list[Stem]) -> None:
    """Half as large again as the mix, not four times: floats only where a stem passes full scale."""
    for stem in rain_stems:
        told = soundfile.info(stem.path)
        sound, _ = soundfile.read(stem.path)
        assert told.subtype == ("PCM_24" if np.abs(sound).max() <= 1.0 else "FLOAT")
