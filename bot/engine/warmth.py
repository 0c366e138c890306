"""Getting ready before anybody waits: tables, samples, noise and filters are loaded once a process."""

from __future__ import annotations

from bot.engine.riff import make_riff
from bot.engine.spec import RiffSpec
from bot.engine.voices import warm_voices


def warm() -> None:
    """Load tables, decode the most used instruments and play a short riff: the first real one is quick.

    Takes about a second of CPU and leaves some 80 MB in memory; calling it again costs one short riff.
    """
    warm_voices()
    make_riff(RiffSpec(prompt_a="pop", num_inference_steps=1, length_s=2.0)).picture()
