"""Lives in a running room for a while, as a person does, and tells what it cost.

``python -m tests.bench.room_soak --minutes 20 --url URL --pid PID [--pid PID ...]`` drives a real Chromium:
every few seconds a /riff, a button, a message, another member, another channel, now and then a reload. It
prints one JSON object: how many acts were done and which failed, the memory of the processes and of the
page's JavaScript before, during and after, and how long answers took to be seen.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

import psutil
from playwright.async_api import CDPSession
from playwright.async_api import Error as PageError

from tests.browser import RoomPage, chromium

MEMBERS = ("Ana", "Bo", "Mira")
CHANNELS = ("riffs", "lounge")
PROMPTS = ("lofi piano in the rain", "slow jazz at night", "church bells", "surf rock", "funk bass")
PAUSE_S = 2.0
SAMPLE_EVERY_S = 30.0
ACT_LIMIT_S = 30.0


@dataclass
class Soak:
    """One life in the room and its diary."""

    room: RoomPage
    pids: list[int]
    button: str
    done: Counter[str] = field(default_factory=Counter[str])
    failures: list[str] = field(default_factory=list[str])
    seen_after_s: list[float] = field(default_factory=list[float])
    samples: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def live(self, minutes: float) -> None:
        """Do things until the time is over, then let go of what can be let go."""
        devtools = await self.room.page.context.new_cdp_session(self.room.page)
        acts: list[tuple[int, str, Callable[[], Awaitable[None]]]] = [
            (6, "riff", self.riff),
            (5, "button", self.press),
            (3, "message", self.say),
            (2, "member", self.become_somebody),
            (2, "channel", self.go_somewhere),
            (1, "reload", self.room.reload),
        ]
        weights = [weight for weight, _, _ in acts]
        began_s = time.monotonic()
        next_sample_s = 0.0
        while (now_s := time.monotonic() - began_s) < minutes * 60:
            if now_s >= next_sample_s:
                self.samples.append(await self.sample(devtools, now_s))
                next_sample_s += SAMPLE_EVERY_S
            _, name, act = random.choices(acts, weights)[0]
            await self.attempt(name, act)
            await asyncio.sleep(PAUSE_S)
        self.samples.append(await self.sample(devtools, time.monotonic() - began_s))

    async def attempt(self, name: str, act: Callable[[], Awaitable[None]]) -> None:
        """Do one thing; a failure is written down and does not end the soak."""
        try:
            async with asyncio.timeout(ACT_LIMIT_S):
                await act()
            self.done[name] += 1
        except (PageError, TimeoutError, AssertionError) as error:
            self.failures.append(
                f"{name}: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
            )
        notice = self.room.page.locator("#room-notice:not([hidden])")
        if await notice.count():
            self.failures.append(f"{name}: the page said: {await notice.inner_text()}")

    async def riff(self) -> None:
        """Ask for music and see the card."""
        prompt = f"{random.choice(PROMPTS)} {len(self.seen_after_s)}"
        before = await self.messages()
        await self.room.slash("riff", {"prompt": prompt})
        await self.room.page.wait_for_function(
            "count => document.querySelectorAll('.channel-message').length > count"
            " || document.querySelectorAll('.channel-message').length >= 50",
            arg=before,
        )
        self.seen_after_s.append(time.monotonic() - self.room.sent_at_s)

    async def press(self) -> None:
        """Press the newest button of that label, when there is one."""
        buttons = self.room.page.locator(".component-button", has_text=self.button)
        if await buttons.count():
            await buttons.last.click()

    async def say(self) -> None:
        """Write a few words."""
        await self.room.say(f"listening, {random.randrange(10**6)}")

    async def become_somebody(self) -> None:
        """Play as another member."""
        await self.room.choose_member(random.choice(MEMBERS))

    async def go_somewhere(self) -> None:
        """Go to another channel."""
        await self.room.pick_channel(random.choice(CHANNELS))

    async def messages(self) -> int:
        """How many messages the conversation shows."""
        return await self.room.page.locator(".channel-message").count()

    async def sample(self, devtools: CDPSession, at_s: float) -> dict[str, Any]:
        """Memory now: resident MiB of each process, used MiB of the page's heap after a collection."""
        await devtools.send("HeapProfiler.collectGarbage")
        heap = cast(dict[str, float], await devtools.send("Runtime.getHeapUsage"))
        return {
            "at_s": round(at_s),
            "rss_mib": {
                str(pid): round(psutil.Process(pid).memory_info().rss / 2**20, 1) for pid in self.pids
            },
            "js_heap_mib": round(heap["usedSize"] / 2**20, 1),
            "messages": await self.messages(),
        }

    def report(self, cpu_s: dict[str, float], minutes: float) -> dict[str, Any]:
        """The diary as one object."""
        seen = sorted(self.seen_after_s) or [0.0]
        return {
            "minutes": minutes,
            "acts": dict(self.done),
            "failed_or_uncertain": len(self.failures),
            "failures": self.failures[:20],
            "page_errors": self.room.errors[:20],
            "card_seen_after_s": {"median": round(statistics.median(seen), 3), "max": round(seen[-1], 3)},
            "before": self.samples[0],
            "after": self.samples[-1],
            "samples": self.samples,
            "cpu_share": {pid: round(used / (minutes * 60), 3) for pid, used in cpu_s.items()},
        }


def cpu_seconds(pids: list[int]) -> dict[str, float]:
    """Processor time that each process has used."""
    times = {str(pid): psutil.Process(pid).cpu_times() for pid in pids}
    return {pid: spent.user + spent.system for pid, spent in times.items()}


async def main() -> None:
    """Read the arguments, soak, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--url", required=True, help="the room's page")
    parser.add_argument("--pid", type=int, action="append", default=[], help="a process to watch")
    parser.add_argument("--button", default="Re-roll", help="label of the button to press")
    wish = parser.parse_args()
    async with chromium() as browser:
        room = await RoomPage.open(browser, wish.url)
        await room.until_bot_is_here()
        soak = Soak(room, wish.pid, wish.button)
        before = cpu_seconds(wish.pid)
        await soak.live(wish.minutes)
        after = cpu_seconds(wish.pid)
        used = {pid: after[pid] - before[pid] for pid in before}
        json.dump(soak.report(used, wish.minutes), sys.stdout, indent=2)
        sys.stdout.write("\n")


if __name__ == "__main__":
    asyncio.run(main())
