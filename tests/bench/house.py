"""The main job in numbers: ``python -m tests.bench.house`` starts the shipped processes and prints JSON.

Start to address, idle memory and CPU of the bot, command to acknowledgement, command to music in the channel,
and the command line from a cold start. Absolute times depend on the machine; say which one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from tests.live.house import House, house, rss_mb
from tests.live.test_tree import ROOT, address_of, started

IDLE_S = 20.0
PROMPTS = (
    "lofi rain piano",
    "funky synth solo",
    "jazz piano trio",
    "bossa nova guitar",
    "acid techno",
    "drum and bass",
    "church bells",
    "death metal riff",
    "reggae bass",
    "string quartet",
)


def spread(values: list[float]) -> dict[str, float]:
    """Median, 99th percentile and maximum."""
    ordered = sorted(values)
    return {
        "n": len(ordered),
        "p50": round(statistics.median(ordered), 3),
        "p99": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 3),
        "max": round(ordered[-1], 3),
    }


async def start_to_address(times: int) -> dict[str, float]:
    """Seconds from the command to its printed address; the first start makes the database as well."""
    took: list[float] = []
    with tempfile.TemporaryDirectory() as data:
        for _ in range(times):
            began = time.perf_counter()
            async with started(Path(data)) as process:
                await address_of(process)
                took.append(time.perf_counter() - began)
                process.terminate()
                await process.wait()
    return {"first": round(took[0], 2), **spread(took)}


async def idle(home: House) -> dict[str, float]:
    """The bot's memory, and its share of a core while nothing happens."""
    assert home.bot is not None
    process = psutil.Process(home.bot.pid)
    process.cpu_percent()
    await asyncio.sleep(IDLE_S)
    return {"rss_mb": round(rss_mb(home.bot), 1), "cpu_percent": process.cpu_percent()}


async def riffs(home: House, times: int) -> dict[str, Any]:
    """Acknowledgement in ms and, to the finished message, seconds; one member, one riff after the other."""
    acks: list[float] = []
    took: list[float] = []
    for number in range(times):
        prompt = f"{PROMPTS[number % len(PROMPTS)]} {number}"
        began = time.perf_counter()
        done = await home.room.slash("Ana", "riffs", "riff", {"prompt": prompt})
        acks.append(done.ack_ms or float("inf"))
        await home.result(prompt)
        took.append(time.perf_counter() - began)
    return {"ack_ms": spread(acks), "to_music_s": spread(took)}


async def crowd(home: House, members: int) -> dict[str, Any]:
    """Everybody at the same instant."""
    channel = await home.room.add_channel("crowd")
    names = [f"member{number}" for number in range(members)]
    for name in names:
        await home.room.add_user(name)
    began = time.perf_counter()
    orders = (
        home.room.slash(name, channel, "riff", {"prompt": f"techno {name}"}, wait_s=10.0) for name in names
    )
    acks = [done.ack_ms or float("inf") for done in await asyncio.gather(*orders)]

    async def look() -> bool:
        found = await home.room.messages(channel)
        return sum(bool(message["attachments"]) for message in found) == members

    await home.room.until(look, what="everybody's riff", limit_s=300)
    return {"ack_ms": spread(acks), "all_delivered_s": round(time.perf_counter() - began, 1)}


def command_line(times: int) -> dict[str, float]:
    """Seconds of ``python -m bot riff``, nothing warm but the disk cache."""
    took: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(times):
            began = time.perf_counter()
            command = ["riff", PROMPTS[number % len(PROMPTS)], "--out", f"{folder}/{number}.mp3"]
            subprocess.run(
                [sys.executable, "-m", "bot", *command], cwd=ROOT, env=dict(os.environ), check=True
            )
            took.append(time.perf_counter() - began)
    return spread(took)


async def measure(times: int, members: int) -> dict[str, Any]:
    """Everything."""
    result: dict[str, Any] = {"load_before": os.getloadavg()[0], "cores": os.cpu_count()}
    result["start_to_address_s"] = await start_to_address(5)
    result["command_line_s"] = command_line(5)
    with tempfile.TemporaryDirectory() as data:
        async with house(Path(data)) as home:
            result["idle"] = await idle(home)
            await riffs(home, 3)
            result["one_member"] = await riffs(home, times)
            if members:
                result["crowd"] = await crowd(home, members)
    return result


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--members", type=int, default=100)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(asyncio.run(measure(given.times, given.members)), indent=1) + "\n")


if __name__ == "__main__":
    main()
