"""How fast and how small the musician is: `python -m tests.bench.engine` prints one JSON object.

Times are CPU seconds of one process; "times real time" are seconds of music for each. Whatever has a bound on
its memory is made in a process of its own, as a render worker would: its peak is told as well.

`--prototype FOLDER` (or ENGINE_PROTOTYPE) plays the same twelve prompts on an earlier musician whose module
`riff` has a function `riff(prompt, seed=...)`, in the same run: one prompt here, then the same prompt there.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

from tests.engine.support import TWELVE_PROMPTS

ROOT = Path(__file__).parents[2]
IMPORT_RUNS = 5
FORBIDDEN = ("scipy", "librosa", "numba", "torch")
VERSE = """[Verse]
City lights are falling like the rain
I hear the echo of your name
Every street is calling me to stay
Every morning steals another day
[Chorus]
We are dancing in the neon light
Singing through the middle of the night
Nothing in the world can bring us down
We are every window of this town
"""
SONG_TAGS = "pop, female voice, 112 bpm"
HOSTILE_PROMPTS = (
    "a" * 500,
    "鼓" * 500,
    "no " * 166,
    " ".join(f"saxofone{number}"[:9] for number in range(100, 155)),
    " ".join(["violim", "gitar", "pianno", "drumz", "trumpit"] * 14),
    "-".join("abcdefghi" * 5),
)

PROTOTYPE = """
import sys, time, json
sys.path.insert(0, ".")
import riff
riff.riff("warm up", seed=1)
for line in sys.stdin:
    started = time.process_time()
    made = riff.riff(json.loads(line), seed=3)
    print(json.dumps([made["dur"], time.process_time() - started]), flush=True)
"""


def peak_rss_mb() -> int:
    """Return the most memory that this process ever held."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def timed(audio_s: float, cpu_s: float) -> dict[str, float]:
    """Return a row of the report."""
    return {
        "audio_s": round(audio_s, 2),
        "cpu_s": round(cpu_s, 3),
        "times_real_time": round(audio_s / cpu_s, 1),
    }


# ------------------------------------------------------- each in a process of its own


STARTING = """
import json, sys, time
started = time.process_time()
import bot.engine
imported = time.process_time()
loaded = sorted({name.partition(".")[0] for name in sys.modules})
from bot.engine.words.lexicon_table import lexicon
from bot.engine.styles.templates import genres, seed_templates
before = time.process_time()
lexicon(), genres(), seed_templates()
read = time.process_time()
bot.engine.warm()
warm = time.process_time()
print(json.dumps([imported - started, read - before, warm - read, loaded]))
"""


def starting() -> dict[str, Any]:
    """Import, tables, warm-up: what a worker pays before its first riff; the best of five starts."""
    command = [sys.executable, "-c", STARTING]
    runs = [
        json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout)
        for _ in range(IMPORT_RUNS)
    ]
    return {
        "import_cpu_s": round(min(run[0] for run in runs), 3),
        "tables_cpu_s": round(min(run[1] for run in runs), 3),
        "warm_cpu_s": round(min(run[2] for run in runs), 3),
        "forbidden_modules": sorted({*FORBIDDEN} & {name for run in runs for name in run[3]}),
    }


def reading() -> dict[str, Any]:
    """The slowest of prompts that were made to be slow to read."""
    from bot.engine.words.lexicon import understand

    spent: list[float] = []
    for prompt in HOSTILE_PROMPTS:
        started = time.process_time()
        understand(prompt)
        spent.append(time.process_time() - started)
    return {"slowest_cpu_s": round(max(spent), 4)}


def riffs(prototype: Path | None = None) -> dict[str, Any]:
    """The twelve prompts with their pictures, warm, and the prototype's beside them."""
    from bot.engine import RiffSpec, make_riff, warm

    other = _prototype(prototype) if prototype else None
    warm()
    make_riff(RiffSpec(prompt_a="warm up", seed=1))
    rows: dict[str, dict[str, Any]] = {}
    for prompt in TWELVE_PROMPTS:
        started = time.process_time()
        riff = make_riff(RiffSpec(prompt_a=prompt, seed=3))
        played = time.process_time()
        riff.picture_bytes()
        row: dict[str, Any] = timed(riff.duration_s, time.process_time() - started)
        row["picture_cpu_s"] = round(time.process_time() - played, 3)
        if other:
            row["prototype"] = timed(*other(prompt))
        rows[prompt] = row
    told: dict[str, Any] = {
        "prompts": rows,
        "mean_times_real_time": _mean(rows),
        "peak_rss_mb": peak_rss_mb(),
    }
    if other:
        told["prototype_mean_times_real_time"] = _mean(
            {prompt: row["prototype"] for prompt, row in rows.items()}
        )
    return told


def song(length_s: float) -> dict[str, Any]:
    """A song with a singer, written, played and sung."""
    from bot.engine.songs import make_song
    from bot.engine.spec import SongSpec

    lyrics = VERSE * max(1, round(length_s / 60.0))
    started = time.process_time()
    made = make_song(SongSpec(tags=SONG_TAGS, lyrics=lyrics, length_s=length_s, seed=3))
    row: dict[str, Any] = timed(made.duration_s, time.process_time() - started)
    row["lines"] = len(made.score.singer.lines) if made.score.singer else 0
    row["peak_rss_mb"] = peak_rss_mb()
    made.picture_bytes()
    row["peak_rss_mb_with_picture"] = peak_rss_mb()
    return row


def minute(seed_image_id: str) -> dict[str, Any]:
    """A riff of a minute, under a seed image or a mask."""
    from bot.engine import RiffSpec, make_riff

    started = time.process_time()
    made = make_riff(RiffSpec(prompt_a=TWELVE_PROMPTS[0], length_s=60.0, seed_image_id=seed_image_id))
    made.picture_bytes()
    row: dict[str, Any] = timed(made.duration_s, time.process_time() - started)
    row["peak_rss_mb"] = peak_rss_mb()
    return row


def picture() -> dict[str, Any]:
    """Picture to sound to picture: seconds for 512 columns, and how alike the pictures are."""
    import numpy as np

    from bot.engine import RiffSpec, make_riff
    from bot.engine.picture.from_picture import audio_from_picture
    from bot.engine.picture.spectrogram import mel_spectrogram, spectrogram_image

    alike: list[float] = []
    spent: list[float] = []
    for prompt in TWELVE_PROMPTS:
        audio = make_riff(RiffSpec(prompt_a=prompt, seed=3)).audio[: 441 * 512]
        drawn = spectrogram_image(mel_spectrogram(audio))
        started = time.process_time()
        back = audio_from_picture(drawn)
        spent.append(time.process_time() - started)
        again = spectrogram_image(mel_spectrogram(back))
        first, second = (np.array(each.convert("L"), np.float64)[:, :500].ravel() for each in (drawn, again))
        alike.append(float(np.corrcoef(first, second)[0, 1]))
    return {
        "cpu_s_first": round(spent[0], 3),
        "cpu_s_mean": round(mean(spent[1:]), 3),
        "correlation_mean": round(mean(alike), 4),
        "correlation_least": round(min(alike), 4),
    }


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "starting": starting,
    "reading": reading,
    "riffs": lambda: riffs(_prototype_folder()),
    "minute_with_seed": lambda: minute("vibes"),
    "minute_with_mask": lambda: minute("mask_beat_lines_80"),
    "song_of_a_minute": lambda: song(60.0),
    "song_of_four_minutes": lambda: song(240.0),
    "picture": picture,
}


# --------------------------------------------------------------------------- together


def _mean(rows: dict[str, dict[str, Any]]) -> float:
    return round(mean(row["times_real_time"] for row in rows.values()), 1)


def _prototype_folder() -> Path | None:
    named = os.environ.get("ENGINE_PROTOTYPE")
    return Path(named) if named else None


def _prototype(folder: Path) -> Callable[[str], tuple[float, float]]:
    """Return a function from a prompt to seconds of music and of CPU, by the earlier musician."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROTOTYPE],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def play(prompt: str) -> tuple[float, float]:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(prompt) + "\n")
        process.stdin.flush()
        audio_s, cpu_s = json.loads(process.stdout.readline())
        return audio_s, cpu_s

    return play


def _apart(part: str) -> dict[str, Any]:
    """Return what a part tells, measured in a fresh process."""
    command = [sys.executable, "-m", "tests.bench.engine", "--part", part]
    # One thread for linear algebra: seconds of CPU are then what they seem.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def measure() -> dict[str, Any]:
    """Return all measurements."""
    told: dict[str, Any] = {"load_before": os.getloadavg()[0], "cores": os.cpu_count()}
    for part in PARTS:
        told[part] = _apart(part)
    if _prototype_folder() is None:
        told["prototype"] = "not measured: its folder was not given"
    return told


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="only this part, in this process")
    parser.add_argument("--prototype", type=Path, help="the folder of an earlier musician")
    given = parser.parse_args()
    if given.prototype:
        os.environ["ENGINE_PROTOTYPE"] = str(given.prototype.resolve())
    told = PARTS[given.part]() if given.part else measure()
    sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
