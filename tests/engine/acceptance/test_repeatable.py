"""The same request is the same music: in one process, in two, and, as a score, on every machine.

After a change that is meant to be heard: ``python -m tests.engine.acceptance.test_repeatable`` writes the
scores' fingerprints anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from bot.engine import RiffSpec, Score, make_riff, score_to_json
from bot.engine.morphs import morph_score
from bot.engine.riff import write_score
from bot.engine.songs import write_song
from bot.engine.spec import MorphSpec, SongSpec
from bot.engine.styles.from_intent import style_for
from bot.engine.words.lexicon import understand
from tests.engine.support import riff, same_music

FINGERPRINTS = Path(__file__).with_name("fingerprints.json")
SONG = SongSpec(
    tags="pop ballad, female voice", lyrics="[Verse]\nThe rain is falling down\n[Chorus]\nOh my love"
)
RIFFS = {
    "plain": RiffSpec(prompt_a="funky synth solo", seed=5),
    "blend": RiffSpec(prompt_a="bossa nova", prompt_b="trap 140 bpm in F minor", alpha=0.3, seed=7),
    "mask": RiffSpec(prompt_a="古筝与电子乐", seed_image_id="mask_top_third_75", seed=1),
    "long": RiffSpec(prompt_a="wobbly xyzzyx in 3/4", length_s=40.0, num_inference_steps=17, seed=2**31),
}

PROBE = """
import hashlib, json
from dataclasses import replace
import numpy as np
from bot.engine import make_riff, score_to_json
from bot.engine.songs import make_song
from tests.engine.acceptance.test_repeatable import SONG, RIFFS
for made in (make_riff(RIFFS["blend"]), make_song(replace(SONG, length_s=16.0))):
    sound = np.round(made.audio * 32767).astype("<i2").tobytes()
    print(hashlib.sha256(sound + json.dumps(score_to_json(made.score)).encode()).hexdigest())
"""


def riff_score(spec: RiffSpec) -> Score:
    """Return a riff's score, unplayed."""
    prompts = [spec.prompt_a, *([spec.prompt_b] if spec.prompt_b else [])]
    return write_score(spec, [style_for(understand(prompt), spec.seed) for prompt in prompts])


def scores() -> dict[str, Score]:
    """Return one score of each kind: riffs, both takes of a song, and a morph."""
    song = write_song(SONG)
    other = write_song(SongSpec(tags="说唱, 男声", lyrics="[主歌]\n今天天气很好\n[副歌]\n我们去看海", take=1))
    extended = morph_score(MorphSpec(transform="cover", tags="techno", cover_strength=1.0), song)
    return {
        **{name: riff_score(spec) for name, spec in RIFFS.items()},
        "song": song,
        "take": other,
        "cover": extended,
    }


def rounded(value: Any) -> Any:
    """Return JSON values with numbers to six digits: another machine's logarithm may end otherwise."""
    if isinstance(value, float):
        return round(value, 6) + 0.0
    if isinstance(value, dict):
        return {
            name: rounded(inner) for name, inner in cast("dict[str, Any]", value).items() if name != "trim"
        }
    if isinstance(value, list):
        return [rounded(inner) for inner in cast("list[Any]", value)]
    return value


def fingerprint(score: Score) -> str:
    """Return a hash of all that a score says, but for what was measured of its sound."""
    told = json.dumps(rounded(score_to_json(score)), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def test_the_same_request_gives_the_same_bits() -> None:
    """Made twice, score, samples and picture are equal; another seed gives other music."""
    spec = RiffSpec(prompt_a="funky synth solo", prompt_b="90's rap", seed=5)
    first, again = make_riff(spec), make_riff(spec)
    assert same_music(first, again)
    assert first.picture_bytes() == again.picture_bytes()
    other = riff("funky synth solo", "90's rap", seed=6)
    assert not np.array_equal(other.audio[:40_000], first.audio[:40_000])


def test_two_processes_make_the_same_bits() -> None:
    """A riff and a song are equal in samples and score in processes that hash strings differently."""
    told = [
        subprocess.run(
            [sys.executable, "-c", PROBE],
            cwd=Path(__file__).parents[3],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]
    assert len(told[0]) == 2
    assert told[0] == told[1]


@pytest.fixture(scope="module")
def expected() -> dict[str, str]:
    """The fingerprints in the repository."""
    return json.loads(FINGERPRINTS.read_text("utf-8"))


def test_scores_are_the_same_on_every_machine(expected: dict[str, str]) -> None:
    """Scores have the fingerprints that were kept; a wanted change is kept as the module says."""
    assert {name: fingerprint(score) for name, score in scores().items()} == expected


if __name__ == "__main__":
    FINGERPRINTS.write_text(
        json.dumps({name: fingerprint(score) for name, score in scores().items()}, indent=1) + "\n", "utf-8"
    )
