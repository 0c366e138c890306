"""The pictures of docs/engine.md, drawn from one real riff: `python docs/engine_pictures.py` makes them anew.

One prompt, one other to lean towards; each picture is what a stage of the engine handed to the next.
"""

from __future__ import annotations

import colorsys
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bot.engine import Piece, RiffSpec, make_riff
from bot.engine.arrays import Samples
from bot.engine.mix import premaster
from bot.engine.mix.master import BLOCK_SAMPLES, block_powers, master
from bot.engine.mix.stems import stems
from bot.engine.score.model import Note, Score, Track
from bot.engine.theory.chord_names import chord_name
from bot.engine.words.lexicon import understand

FOLDER = Path(__file__).parent / "engine"
PROMPT = "slow rainy bossa nova with vibraphone in E minor, no flute, flibbert"
OTHER = "techno"
ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)
SEED = 7

WIDTH = 720
PAPER, INK, GREY, PALE = (255, 255, 255), (32, 34, 44), (128, 132, 146), (232, 234, 240)
MARGIN = 12
LINE = 20
COLOURS = 48  # of the files' palettes
SAMPLE_RATE_HZ = 44_100

Colour = tuple[int, int, int]
Curve = NDArray[np.float64]


@dataclass(frozen=True)
class Sheet:
    """A white picture and the pen for it."""

    image: Image.Image
    pen: ImageDraw.ImageDraw

    @classmethod
    def of_height(cls, height: int) -> Sheet:
        """Return an empty one, as wide as all."""
        image = Image.new("RGB", (WIDTH, height), PAPER)
        return cls(image, ImageDraw.Draw(image))

    def write(self, x: float, y: float, text: str, colour: Colour = INK, size: int = 13) -> float:
        """Write a line of text and return where it ends."""
        self.pen.text((x, y), text, colour, font(size))
        return x + self.pen.textlength(text, font(size))

    def trace(self, box: tuple[float, float, float, float], heights: Curve, colour: Colour) -> None:
        """Draw a curve of heights 0..1 into a box (left, top, right, bottom)."""
        left, top, right, bottom = box
        across = np.linspace(left, right, len(heights))
        up = bottom - heights.clip(0.0, 1.0) * (bottom - top)
        self.pen.line(list(zip(across.tolist(), up.tolist(), strict=True)), colour, 2)


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own font."""
    return ImageFont.load_default(size)


@cache
def riff(alpha: float = 0.0) -> Piece:
    """Return the riff of all pictures, or one on the way to the other prompt."""
    return make_riff(RiffSpec(prompt_a=PROMPT, prompt_b=OTHER, alpha=alpha, denoising=1.0, seed=SEED))


def hue(place: int, count: int) -> Colour:
    """Return one of `count` colours that can be told apart."""
    red, green, blue = colorsys.hsv_to_rgb(place / count, 0.75, 0.8)
    return int(red * 255), int(green * 255), int(blue * 255)


def player(track: Track) -> str:
    """Return what a player is called in the pictures."""
    return f"{track.role}-{track.instrument}"


def player_colours(score: Score) -> dict[str, Colour]:
    """Return a colour for each player."""
    names = list(dict.fromkeys(player(track) for track in score.tracks))
    return {name: hue(place, len(names)) for place, name in enumerate(names)}


def write_legend(sheet: Sheet, colours: dict[str, Colour], y: float) -> None:
    """Write the players' names in their colours, in one line."""
    x = float(MARGIN)
    for name, colour in colours.items():
        x = sheet.write(x, y, name, colour) + 14


def words() -> Image.Image:
    """The prompt, and what each part of it came to mean."""
    intent = understand(PROMPT)
    rows = {
        "genres": intent.genres,
        "instruments": [name for name, _ in intent.instruments],
        "moods": intent.moods,
        "key": [intent.key_spelling],
        "left out": intent.refused_words,
        "tints only": intent.ignored,
    }
    changes = [f"{name} {amount:+.2f}" for name, amount in intent.mood.items() if name != "tempo"]
    rows["feel"] = [*changes, f"tempo x{intent.mood.get('tempo', 1.0):.2f}"]
    sheet = Sheet.of_height(MARGIN * 3 + 30 + LINE * len(rows))
    sheet.write(MARGIN, MARGIN, f'"{PROMPT}"', size=17)
    for number, (title, found) in enumerate(rows.items()):
        y = MARGIN * 2 + 28 + number * LINE
        sheet.write(MARGIN, y, title, GREY)
        sheet.write(MARGIN + 100, y, ", ".join(found) or "-")
    return sheet.image


def styles() -> Image.Image:
    """The first bar's drums at five values of alpha: hits are added and taken away, each once."""
    scores = [riff(alpha).score for alpha in ALPHAS]
    drums = sorted({note.mark for score in scores for note in _hits(score)})
    cell, left = 7, 70
    sheet = Sheet.of_height(MARGIN * 2 + 40 + 14 * len(drums))
    for row, drum in enumerate(drums):
        sheet.write(MARGIN, MARGIN + 38 + 14 * row, drum, GREY, 11)
    for place, (alpha, score) in enumerate(zip(ALPHAS, scores, strict=True)):
        x = left + place * 129
        sheet.write(x, MARGIN, f"alpha {alpha:g}")
        sheet.write(x, MARGIN + 16, f"{score.bpm:.0f} beats a minute", GREY, 11)
        for row in range(len(drums)):
            for step in range(16):
                corner = (x + step * cell, MARGIN + 40 + 14 * row)
                sheet.pen.rectangle((*corner, corner[0] + cell - 2, corner[1] + 10), PALE)
        for note in _hits(score):
            corner = (x + round(note.start * 4) % 16 * cell, MARGIN + 40 + 14 * drums.index(note.mark))
            shade = round(255 * (1.0 - note.velocity))
            sheet.pen.rectangle((*corner, corner[0] + cell - 2, corner[1] + 10), (shade, shade // 2, 60))
    return sheet.image


def _hits(score: Score) -> list[Note]:
    return [
        note
        for track in score.tracks
        if track.role == "drums"
        for note in track.notes
        if round(note.start * 4) < 16
    ]


def score() -> Image.Image:
    """Every note: across is time, up is pitch, a colour a player; drums are a row each at the bottom."""
    written = riff().score
    colours = player_colours(written)
    pitched = [(track, note) for track in written.tracks if track.role != "drums" for note in track.notes]
    low, high = min(note.pitch for _, note in pitched), max(note.pitch for _, note in pitched)
    top, bottom, scale = 52.0, 262.0, (WIDTH - 2 * MARGIN) / written.beats
    sheet = Sheet.of_height(300)
    for bar, chords in enumerate(written.chords):
        x = MARGIN + bar * written.meter * scale
        sheet.pen.line((x, top - 14, x, 292), PALE, 2)
        sheet.write(x + 3, 30, " ".join(chord_name(each, written.tonic, written.mode) for each in chords))
    for track, note in pitched:
        y = bottom - (note.pitch - low) / (high - low) * (bottom - top)
        x = MARGIN + note.start * scale
        sheet.pen.rectangle((x, y - 2, x + max(2.0, note.length * scale - 1), y + 2), colours[player(track)])
    beat = [(track, note) for track in written.tracks if track.role == "drums" for note in track.notes]
    marks = sorted({note.mark for _, note in beat})
    for track, note in beat:
        x, y = MARGIN + note.start * scale, 270 + 7 * marks.index(note.mark)
        sheet.pen.rectangle((x, y, x + 3, y + 4), colours[player(track)])
    write_legend(sheet, colours, 8)
    return sheet.image


def mix() -> Image.Image:
    """The spectrum of each player in the mix: who is where, and how loud."""
    written = riff().score
    layers = dict(stems(written))
    colours = {name: hue(place, len(layers)) for place, name in enumerate(layers)}
    edges = np.geomspace(30.0, 16_000.0, 73)
    levels = {name: _band_levels(sound, edges) for name, sound in layers.items()}
    loudest = max(float(level.max()) for level in levels.values())
    box = (MARGIN + 30.0, 40.0, WIDTH - float(MARGIN), 240.0)
    sheet = Sheet.of_height(270)
    for hz in (50, 100, 200, 500, 1000, 2000, 5000, 10_000):
        x = box[0] + np.log(hz / 30.0) / np.log(16_000.0 / 30.0) * (box[2] - box[0])
        sheet.pen.line((x, box[1], x, box[3]), PALE, 1)
        sheet.write(x - 12, 244, f"{hz} Hz" if hz < 1000 else f"{hz // 1000} kHz", GREY, 11)
    for down_db in (0, 20, 40):
        y = box[1] + down_db / 60 * (box[3] - box[1])
        sheet.write(MARGIN, y - 6, f"-{down_db} dB" if down_db else "0 dB", GREY, 11)
    for name, level in levels.items():
        sheet.trace(box, 1.0 + (level - loudest) / 60.0, colours[name])
    write_legend(sheet, colours, 10)
    return sheet.image


def _band_levels(sound: Samples, edges: Curve) -> Curve:
    """Return the level in dB between each two edges."""
    power = np.square(np.abs(np.fft.rfft(sound))).sum(axis=0)
    frequency = np.fft.rfftfreq(sound.shape[1], 1.0 / SAMPLE_RATE_HZ)
    sums = np.concatenate([[0.0], np.cumsum(power)])
    places = np.searchsorted(frequency, edges)
    return np.array([10 * np.log10(sums[high] - sums[low] + 1e-9) for low, high in pairwise(places)])


def mastering() -> Image.Image:
    """The mix before and after mastering, and the gain between them."""
    before = premaster(riff(0.0).score)
    after = before.copy()
    curves = master(after, block_powers(after))
    gain_db = 20 * np.log10(np.repeat(np.prod(curves, axis=0), BLOCK_SAMPLES))
    sheet = Sheet.of_height(300)
    loudest = max(float(np.abs(each).max()) for each in (before, after))
    for row, (title, sound) in enumerate((("the mix", before), ("mastered: -14 LUFS, below -1 dBTP", after))):
        middle = 62 + row * 92
        columns = (
            np.abs(sound).max(axis=0)[: WIDTH * (sound.shape[1] // WIDTH)].reshape(WIDTH, -1).max(axis=1)
        )
        for x, peak in enumerate(columns / loudest * 38):
            sheet.pen.line((x, middle - peak, x, middle + peak), hue(row + 5, 9), 1)
        sheet.write(MARGIN, middle - 58, title, GREY)
    columns = gain_db[: WIDTH * (len(gain_db) // WIDTH)].reshape(WIDTH, -1).min(axis=1)
    low, high = float(columns.min()), float(columns.max())
    sheet.write(MARGIN, 204, f"the gain: from {low:+.1f} to {high:+.1f} dB", GREY)
    sheet.trace((0.0, 226.0, float(WIDTH), 292.0), (columns - low) / (high - low + 1e-9), INK)
    return sheet.image


def spectrogram() -> Image.Image:
    """What the channel sees: 512 rows up to 10 kHz, 100 columns a second, dark is loud."""
    return riff().picture().convert("RGB").resize((WIDTH, 256), Image.Resampling.LANCZOS)


PICTURES: tuple[Callable[[], Image.Image], ...] = (words, styles, score, mix, mastering, spectrogram)


def draw(folder: Path) -> list[Path]:
    """Draw all pictures into a folder and return their paths, in the order of the stages."""
    paths: list[Path] = []
    for number, picture in enumerate(PICTURES, start=1):
        path = folder / f"{number}-{picture.__name__}.png"
        picture().quantize(COLOURS).save(path, optimize=True)
        paths.append(path)
    return paths


if __name__ == "__main__":
    for drawn in draw(FOLDER):
        sys.stdout.write(f"{drawn.name} {drawn.stat().st_size // 1024} kB\n")
