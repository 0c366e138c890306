"""The engine's walls: what it imports, how it starts, and what it shows."""

from __future__ import annotations

import json
import subprocess
import sys

import bot.engine

PROBE = """
import json, sys
import bot.engine as engine
riff = engine.make_riff(engine.RiffSpec(prompt_a="jazz", prompt_b="techno", num_inference_steps=2))
riff.picture_bytes()
engine.listen(riff.audio)
print(json.dumps(sorted(sys.modules)))
"""


def test_making_music_loads_nothing_heavy_and_nothing_of_the_bot() -> None:
    """A riff needs numpy, Pillow and soundfile; no scipy, librosa, numba, torch, and no other room."""
    run = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    modules = json.loads(run.stdout)
    tops = {name.split(".")[0] for name in modules}
    assert not tops & {"scipy", "librosa", "numba", "torch", "resampy", "discord", "aiohttp", "pydantic"}
    rooms = {name for name in modules if name.startswith("bot.") and not name.startswith("bot.engine")}
    assert rooms == set()


def test_the_public_names_are_the_promised_ones() -> None:
    """What outsiders build on is there under its name."""
    promised = {
        "RiffSpec",
        "SEED_IMAGE_IDS",
        "Piece",
        "Score",
        "Understood",
        "make_riff",
        "listen",
        "Heard",
        "warm",
    }
    assert promised <= set(bot.engine.__all__)
    assert all(hasattr(bot.engine, name) for name in bot.engine.__all__)
