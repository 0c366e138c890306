"""Another model for Cog: three clips of what it is given, under names of its own, and no musician."""

from __future__ import annotations

import os
import tempfile
import time
import wave

from cog import BaseRunner, Input, Path

from tests.peers.cog.misbehaviour import misbehave

_NOTHING = Input(default=None)


class Runner(BaseRunner):
    """Gives back what came in, cut to three lengths; without anything, silence."""

    def setup(self, weights: Path | str | None = None) -> None:
        """Take as long as real weights do, where that is asked for."""
        time.sleep(float(os.environ.get("SETUP_S", "0")))

    def run(
        self,
        prompt: str = Input(description="Names nothing in particular"),
        audio: Path | None = _NOTHING,
    ) -> list[Path]:
        """``clip-8``, ``clip-9`` and ``clip-10``, as many frames long as they are called."""
        misbehave(prompt)
        content = bytes(2 * 100)
        if audio is not None:
            with wave.open(str(audio)) as wav:
                content = wav.readframes(100)
        folder = Path(tempfile.mkdtemp())
        clips = [Path(folder / f"clip-{frames}.wav") for frames in (8, 9, 10)]
        for clip, frames in zip(clips, (8, 9, 10), strict=True):
            with wave.open(str(clip), "wb") as out:
                out.setnchannels(1)
                out.setsampwidth(2)
                out.setframerate(44_100)
                out.writeframes(content[: 2 * frames])
        return clips
