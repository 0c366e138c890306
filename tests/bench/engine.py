"""How fast the musician is: `python -m tests.bench.engine` prints one JSON object.

CPU seconds and multiples of real time for a whole riff with its picture, over twelve prompts with the
default seed image; one minute of music; import, warm-up, first riff; peak memory of this process.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from statistics import mean

from tests.engine.support import TWELVE_PROMPTS

IMPORT_RUNS = 5
HOSTILE_PROMPTS = (
    "a" * 500,
    "鼓" * 500,
    "no " * 166,
    " ".join(f"saxofone{number}"[:9] for number in range(100, 155)),
    " ".join(["violim", "gitar", "pianno", "drumz", "trumpit"] * 14),
    "-".join("abcdefghi" * 5),
)


def import_s() -> float:
    """Return the CPU seconds that importing the engine adds to a fresh process; the best of five."""
    code = "import time; t = time.process_time(); import bot.engine; print(time.process_time() - t)"
    return min(map(float, (_output(code) for _ in range(IMPORT_RUNS))))


def tables_s() -> float:
    """Return the CPU seconds that reading and checking all tables takes in a new process, best of five."""
    code = (
        "import time\n"
        "from bot.engine.lexicon_table import lexicon\n"
        "from bot.engine.templates import genres, seed_templates\n"
        "t = time.process_time(); lexicon(); genres(); seed_templates(); print(time.process_time() - t)"
    )
    return min(map(float, (_output(code) for _ in range(IMPORT_RUNS))))


def slowest_reading_s() -> float:
    """Return the CPU seconds of the slowest among prompts made to be slow to read."""
    from bot.engine.lexicon import understand

    spent: list[float] = []
    for prompt in HOSTILE_PROMPTS:
        started = time.process_time()
        understand(prompt)
        spent.append(time.process_time() - started)
    return max(spent)


def _output(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def measure() -> dict[str, object]:
    """Return all measurements of this process."""
    from bot.engine import RiffSpec, make_riff, warm

    started = time.process_time()
    warm()
    warm_s = time.process_time() - started
    prompts: dict[str, dict[str, float]] = {}
    for prompt in TWELVE_PROMPTS:
        started = time.process_time()
        riff = make_riff(RiffSpec(prompt_a=prompt, seed=3))
        composed_s = time.process_time() - started
        riff.picture()
        cpu_s = time.process_time() - started
        prompts[prompt] = {
            "audio_s": round(riff.duration_s, 2),
            "cpu_s": round(cpu_s, 3),
            "picture_cpu_s": round(cpu_s - composed_s, 3),
            "times_real_time": round(riff.duration_s / cpu_s, 1),
        }
    loops_rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.process_time()
    minute = make_riff(RiffSpec(prompt_a=TWELVE_PROMPTS[0], length_s=60.0))
    minute.picture()
    minute_s = time.process_time() - started
    return {
        "import_cpu_s": round(import_s(), 3),
        "tables_cpu_s": round(tables_s(), 4),
        "slowest_reading_cpu_s": round(slowest_reading_s(), 4),
        "warm_cpu_s": round(warm_s, 3),
        "prompts": prompts,
        "mean_times_real_time": round(mean(entry["times_real_time"] for entry in prompts.values()), 1),
        "minute_times_real_time": round(minute.duration_s / minute_s, 1),
        "peak_rss_mb_loops": round(loops_rss_mb),
        "peak_rss_mb_with_minute": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
