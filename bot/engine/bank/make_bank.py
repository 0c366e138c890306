"""Makes the sample bank: `python bot/engine/bank/make_bank.py FONT` adds every instrument that it lacks.

Only for developers. FONT is `FluidR3Mono_GM.sf3` of Debian's package fluidr3mono-gm-soundfont (MIT, see
LICENSE); it is played by `tinysoundfont` (MIT; `pip install --no-deps tinysoundfont`), which nothing else
needs. Each instrument becomes one Ogg Vorbis file, mono, 32 kHz, with its keys one after the other, dry and
at one level; `bank.json` says where they lie. How far each key is off is measured by `tests/engine/pitch.py`.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from bot.engine.arrays import Samples

RATE_HZ = 32_000
FOLDER = Path(__file__).parent
_KEY_STEP = 9
_LOUDEST = 0.89
_QUIETEST = 3e-3  # of the loudest: what is below, at the end, is cut off
_FADE_S, _GAP_S = 0.02, 0.01
_REST_S = 6
_VELOCITY = 100


@dataclass(frozen=True, slots=True)
class Source:
    """Where an instrument lies in the font; keys from `low` to `high`, `seconds` of each."""

    program: int
    low: int
    high: int
    seconds: float
    sustained: bool = False
    bank: int = 0


SOURCES = {
    "piano": Source(0, 33, 93, 3.0),
    "honkytonk": Source(3, 36, 88, 2.2),
    "epiano": Source(4, 36, 86, 2.6),
    "harpsi": Source(6, 36, 84, 2.0),
    "clav": Source(7, 36, 84, 1.4),
    "celesta": Source(8, 60, 96, 1.8),
    "glock": Source(9, 72, 100, 1.6),
    "musicbox": Source(10, 60, 96, 1.8),
    "vibes": Source(11, 48, 88, 2.6),
    "marimba": Source(12, 40, 84, 1.0),
    "xylo": Source(13, 60, 96, 0.8),
    "bells": Source(14, 48, 84, 3.6),
    "dulcimer": Source(15, 48, 86, 1.8),
    "organ": Source(16, 36, 90, 2.2, sustained=True),
    "churchorgan": Source(19, 36, 90, 2.4, sustained=True),
    "accordion": Source(21, 48, 84, 2.0, sustained=True),
    "harmonica": Source(22, 55, 88, 2.0, sustained=True),
    "bandoneon": Source(23, 48, 86, 2.0, sustained=True),
    "nylon": Source(24, 38, 84, 2.2),
    "ukulele": Source(24, 55, 88, 1.6, bank=8),
    "steel": Source(25, 38, 84, 2.2),
    "twelvestring": Source(25, 38, 84, 2.2, bank=8),
    "mandolin": Source(25, 52, 90, 1.4, bank=16),
    "jazzgtr": Source(26, 38, 82, 2.0),
    "cleangtr": Source(27, 38, 84, 2.2),
    "mutegtr": Source(28, 38, 76, 0.6),
    "odgtr": Source(29, 36, 86, 2.4, sustained=True),
    "distgtr": Source(30, 33, 84, 2.4, sustained=True),
    "upright": Source(32, 26, 57, 1.8),
    "ebass": Source(33, 24, 57, 2.0),
    "slap": Source(36, 26, 57, 1.6),
    "fretless": Source(35, 26, 57, 2.0, sustained=True),
    "violin": Source(40, 55, 96, 2.2, sustained=True),
    "viola": Source(41, 46, 84, 2.2, sustained=True),
    "cello": Source(42, 36, 72, 2.2, sustained=True),
    "pizz": Source(45, 36, 84, 0.8),
    "harp": Source(46, 36, 90, 2.2),
    "timpani": Source(47, 36, 57, 1.8),
    "strings": Source(48, 36, 90, 2.6, sustained=True),
    "choir": Source(52, 43, 84, 2.8, sustained=True),
    "oohs": Source(53, 48, 84, 2.4, sustained=True),
    "trumpet": Source(56, 52, 86, 2.0, sustained=True),
    "trombone": Source(57, 38, 72, 2.0, sustained=True),
    "tuba": Source(58, 27, 58, 1.8, sustained=True),
    "mutetrp": Source(59, 52, 86, 2.0, sustained=True),
    "horn": Source(60, 40, 76, 2.0, sustained=True),
    "brass": Source(61, 43, 84, 1.8, sustained=True),
    "synthbrass": Source(62, 43, 84, 1.8, sustained=True),
    "altosax": Source(65, 49, 84, 2.0, sustained=True),
    "tenorsax": Source(66, 44, 80, 2.0, sustained=True),
    "barisax": Source(67, 36, 70, 2.0, sustained=True),
    "oboe": Source(68, 58, 90, 2.0, sustained=True),
    "enghorn": Source(69, 52, 82, 2.0, sustained=True),
    "bassoon": Source(70, 34, 72, 2.0, sustained=True),
    "clarinet": Source(71, 50, 88, 2.0, sustained=True),
    "piccolo": Source(72, 71, 104, 1.6, sustained=True),
    "flute": Source(73, 60, 96, 2.0, sustained=True),
    "recorder": Source(74, 60, 94, 1.6, sustained=True),
    "panflute": Source(75, 60, 90, 2.0, sustained=True),
    "shaku": Source(77, 55, 88, 2.2, sustained=True),
    "whistle": Source(78, 67, 98, 1.6, sustained=True),
    "sitar": Source(104, 45, 80, 2.0),
    "banjo": Source(105, 48, 84, 1.4),
    "shamisen": Source(106, 48, 84, 1.4),
    "koto": Source(107, 48, 84, 1.8),
    "pipa": Source(107, 48, 86, 1.4, bank=8),
    "kalimba": Source(108, 55, 88, 1.2),
    "bagpipe": Source(109, 55, 84, 2.0, sustained=True),
    "fiddle": Source(110, 55, 91, 2.0, sustained=True),
    "suona": Source(111, 56, 88, 1.8, sustained=True),
    "steeldrum": Source(114, 55, 88, 1.4),
}


def main() -> None:
    """Render what `bank.json` does not have yet, and write it back. Kits stay as they are."""
    index: dict[str, Any] = json.loads((FOLDER / "bank.json").read_text("utf-8"))
    player = _Player(sys.argv[1])
    for name, source in SOURCES.items():
        if name not in index:
            index[name] = _render(name, source, player)
    lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in index.items()]
    (FOLDER / "bank.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


class _Player:
    """The synthesiser with the font loaded."""

    def __init__(self, font: str) -> None:
        self._synth: Any = importlib.import_module("tinysoundfont").Synth(samplerate=RATE_HZ)
        self._font: int = self._synth.sfload(font)

    def note(self, source: Source, key: int) -> Samples:
        """Return one held note, mono; it has died away before the next is struck."""
        self._synth.program_select(0, self._font, source.bank, source.program, False)
        self._synth.noteon(0, key, _VELOCITY)
        sound = self._generated(source.seconds)
        self._synth.noteoff(0, key)
        self._generated(_REST_S)
        return sound

    def _generated(self, seconds: float) -> Samples:
        content = bytes(self._synth.generate(int(seconds * RATE_HZ)))
        return np.frombuffer(content, np.float32).reshape(-1, 2).mean(axis=1)


def _render(name: str, source: Source, player: _Player) -> dict[str, Any]:
    """Write an instrument's file; return its entry: [key, first sample, samples] of each zone, sustained."""
    gap = np.zeros(int(_GAP_S * RATE_HZ), np.float32)
    parts: list[Samples] = []
    zones: list[list[int]] = []
    start = 0
    for key in range(source.low + 3, source.high + 1, _KEY_STEP):
        sound = _trimmed(player.note(source, key), sustained=source.sustained)
        zones.append([key, start, len(sound)])
        parts += [sound, gap]
        start += len(sound) + len(gap)
    soundfile.write(
        FOLDER / f"{name}.ogg",
        np.concatenate(parts),
        RATE_HZ,
        format="OGG",
        subtype="VORBIS",
        compression_level=0.75,
    )
    return {"k": zones, "sus": int(source.sustained)}


def _trimmed(sound: Samples, *, sustained: bool) -> Samples:
    """Return a note at the bank's level, without its silent end, faded out."""
    level = np.abs(sound)
    if not sustained:
        sound = sound[: int(np.flatnonzero(level > _QUIETEST * level.max())[-1]) + 1]
    sound = sound * np.float32(_LOUDEST / level.max())
    fade = min(len(sound) // 4, int(_FADE_S * RATE_HZ))
    sound[-fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    return sound


if __name__ == "__main__":
    main()
