"""Prompts at which a model does anything but make music."""

from __future__ import annotations

import os
import signal
import time

HOLD, FAIL, DIE = "hold the line", "fail at it", "die of it"


def misbehave(prompt: str) -> None:
    """Wait to be stopped, raise an error or kill the own process, if the prompt says so."""
    if prompt == FAIL:
        raise ValueError("NSFW content detected, try something else")
    if prompt == DIE:
        os.kill(os.getpid(), signal.SIGKILL)
    while prompt == HOLD:
        print("40%|")  # noqa: T201  as tqdm tells
        time.sleep(0.02)
