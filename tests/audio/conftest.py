"""One real clip of our own engine, rendered once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.audio.sound import Audio
from bot.engine import RiffSpec, make_riff
from tests.audio.sounds import write


@pytest.fixture(scope="session")
def riff_audio() -> Audio:
    """A loop of about ten seconds."""
    return make_riff(RiffSpec(prompt_a="funky synth solo", seed=1, length_s=10.0)).audio


@pytest.fixture(scope="session")
def riff_file(riff_audio: Audio, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It as our engine hands it out: 16-bit FLAC."""
    return write(tmp_path_factory.mktemp("riff") / "riff.flac", riff_audio, subtype="PCM_16")
