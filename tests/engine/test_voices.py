"""Single notes: what was played before changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from bot.engine import voices
from bot.engine.voices import play_note
from bot.engine.voices.cache import ByteCache


@pytest.mark.parametrize("name", ["violin", "synth_lead", "piano"])
@pytest.mark.parametrize(("slide", "other_slide"), [(None, None), (57.001, 57.004)])
def test_what_was_played_before_changes_nothing(
    name: str, slide: float | None, other_slide: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note has the same samples whether or not nearly the same one is still in memory."""

    def with_empty_memory() -> None:
        monkeypatch.setattr(voices, "_notes", ByteCache(limit_bytes=16_000_000))

    with_empty_memory()
    fresh = play_note(name, 59.996, 0.5, 0.7, other_slide).copy()
    with_empty_memory()
    play_note(name, 60.004, 0.5, 0.7, slide)
    after = play_note(name, 59.996, 0.5, 0.7, other_slide)
    assert np.array_equal(fresh, after)
