"""A model for Cog with the inputs and outputs of ``riffusion/riffusion``; the musician is our own engine."""

from __future__ import annotations

import tempfile
import wave
from dataclasses import dataclass

from cog import BaseModel, BaseRunner, Input, Path

from bot.engine import SAMPLE_RATE_HZ, RiffSpec, make_riff, warm
from tests.peers.cog.misbehaviour import misbehave


@dataclass
class Output(BaseModel, auto_dataclass=False):
    """The two files."""

    audio: Path
    spectrogram: Path


class Runner(BaseRunner):
    """Plays riffs, and misbehaves when it is asked to."""

    def setup(self, weights: Path | str | None = None) -> None:
        """Load the engine."""
        warm()

    def run(
        self,
        prompt_a: str = Input(default="funky synth solo"),
        denoising: float = Input(default=0.75, ge=0, le=1),
        prompt_b: str | None = Input(default=None),
        alpha: float = Input(default=0.5, ge=0, le=1),
        num_inference_steps: int = Input(default=50, ge=1),
        seed_image_id: str = Input(default="vibes"),
    ) -> Output:
        """One riff."""
        misbehave(prompt_a)
        spec = RiffSpec(
            prompt_a=prompt_a,
            prompt_b=prompt_b,
            alpha=alpha,
            denoising=denoising,
            num_inference_steps=num_inference_steps,
            seed_image_id=seed_image_id,
        )
        piece = make_riff(spec, progress=tell)
        folder = Path(tempfile.mkdtemp())
        with wave.open(str(folder / "riff.wav"), "wb") as wav:
            wav.setnchannels(piece.audio.shape[1])
            wav.setsampwidth(2)
            wav.setframerate(SAMPLE_RATE_HZ)
            wav.writeframes((piece.audio * 32_767).round().astype("<i2").tobytes())
        (folder / "spectrogram.jpg").write_bytes(piece.picture_bytes("JPEG"))
        return Output(audio=Path(folder / "riff.wav"), spectrogram=Path(folder / "spectrogram.jpg"))


def tell(done: int, total: int) -> None:
    """Progress as tqdm prints it."""
    print(f"{100 * done // max(1, total)}%|")  # noqa: T201  this is how a model tells
