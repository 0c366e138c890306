"""A music host and a Discord in a process of their own, for ``tests.bench.jobs`` and ``side_by_side``.

``python -m tests.bench.jobs_peer CLIP [SECONDS]`` prints its address. Orders are taken in at once and end
after so many seconds, a quarter more or less, which a webhook tells if one was asked for. Without,
``POST /tell`` sends the signed webhooks of the runs that are named, at the times that are named, and answers
when the upload of each has begun, with the seconds from the first byte of the webhook to the headers of the
upload, by this process's clock only. ``POST /steady`` does the same of whichever runs wait longest, at random
moments at a given rate: there the order's prompt ends with the number of its Discord message.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.providers.webhooks import new_secret, signed_headers
from bot.web.app import serving

_PAGE = 100
"""Runs on a page of the host's list, as at Replicate."""
_ME = {"id": "1", "username": "bench", "discriminator": "0", "avatar": None, "bot": True}


class Peer:
    """Its routes, and what it noted."""

    def __init__(self, clip: Path, run_s: float | None) -> None:
        self.clip = clip
        self.run_s = run_s
        self.chance = random.Random(2)
        self.secret = new_secret()
        self.address = ""
        self.webhooks: dict[str, str] = {}
        """Of each run."""
        self.messages: dict[str, str] = {}
        """Of each run, where its prompt names one."""
        self.waiting: deque[str] = deque()
        """Runs of which nothing was told, the longest first."""
        self.told_at: dict[str, float] = {}
        self.began: dict[str, asyncio.Future[float]] = {}
        """Discord message -> when its upload began."""
        self.ends_at: dict[str, float] = {}
        self.telling: set[asyncio.Task[None]] = set()
        self.session: aiohttp.ClientSession | None = None
        self.calls = 0
        """To the music host."""

    def app(self) -> web.Application:
        """Host, Discord and controls on one port."""
        app = web.Application()
        app.router.add_post("/{before:.*}predictions", self.create)
        app.router.add_get("/{before:.*}predictions", self.list)
        app.router.add_get("/{before:.*}predictions/{id}", self.get)
        app.router.add_get("/webhooks/default/secret", self.key)
        app.router.add_get("/clip.wav", self.sound)
        app.router.add_get("/users/@me", self.me)
        app.router.add_get("/oauth2/applications/@me", self.me)
        app.router.add_patch("/channels/{channel}/messages/{message}", self.edit)
        app.router.add_post("/tell", self.tell)
        app.router.add_post("/steady", self.steady)
        app.router.add_get("/calls", self.tell_calls)
        return app

    async def create(self, request: web.Request) -> web.Response:
        """Take an order in."""
        self.calls += 1
        body = await request.json()
        run_id = f"run{len(self.webhooks)}"
        self.webhooks[run_id] = body.get("webhook", "")
        self.messages[run_id] = str(body["input"].get("prompt_a", "")).rpartition(" ")[2]
        self.waiting.append(run_id)
        if self.run_s is not None:
            takes_s = self.run_s * self.chance.uniform(0.75, 1.25)  # never just a multiple of anyone's pause
            self.ends_at[run_id] = time.time() + takes_s
            if self.webhooks[run_id]:
                self.telling.add(asyncio.create_task(self._tell(run_id, takes_s)))
        return _json(self._run(run_id, "starting") | {"input": body["input"]}, status=201)

    async def get(self, request: web.Request) -> web.Response:
        """A run as it stands."""
        self.calls += 1
        return _json(self._now(request.match_info["id"]))

    async def list(self, request: web.Request) -> web.Response:
        """A page of all runs, the newest first."""
        self.calls += 1
        end = int(request.query.get("cursor", len(self.webhooks)))
        begin = max(0, end - _PAGE)
        runs = [self._now(f"run{number}") for number in reversed(range(begin, end))]
        older = f"{self.address}{request.path}?cursor={begin}" if begin else None
        return _json({"results": runs, "next": older, "previous": None})

    async def key(self, _: web.Request) -> web.Response:
        """By which webhooks are signed."""
        return _json({"key": self.secret})

    async def sound(self, _: web.Request) -> web.FileResponse:
        """What every run made."""
        return web.FileResponse(self.clip)

    async def me(self, _: web.Request) -> web.Response:
        """The bot's account, and its application."""
        about = {"name": "bench", "description": "", "verify_key": "", "icon": None, "owner": _ME}
        return _json(_ME | about | {"bot_public": True, "bot_require_code_grant": False})

    async def edit(self, request: web.Request) -> web.Response:
        """An upload comes as parts of a form, the edit of a card as JSON."""
        message = request.match_info["message"]
        if request.content_type.startswith("multipart/") and message in self.began:
            noted = self.began[message]
            if not noted.done():
                noted.set_result(time.perf_counter())
        await request.read()
        return _json(
            {
                "id": message,
                "channel_id": request.match_info["channel"],
                "author": _ME,
                "content": "",
                "timestamp": datetime.now(UTC).isoformat(),
                "edited_timestamp": None,
                "tts": False,
                "mention_everyone": False,
                "mentions": [],
                "mention_roles": [],
                "attachments": [],
                "embeds": [],
                "pinned": False,
                "type": 0,
            }
        )

    async def tell(self, request: web.Request) -> web.Response:
        """``{"runs": [[run, message, after_s], ...]}`` -> seconds from each webhook to its upload."""
        runs: list[tuple[str, str, float]] = (await request.json())["runs"]
        loop = asyncio.get_running_loop()
        self.began = {message: loop.create_future() for _, message, _ in runs}
        await asyncio.gather(*(self._tell(run, after_s) for run, _, after_s in runs))
        ends = await asyncio.gather(*self.began.values())
        waits = [end - self.told_at[run] for (run, _, _), end in zip(runs, ends, strict=True)]
        first = min(self.told_at[run] for run, _, _ in runs)
        return _json({"waits_s": waits, "all_s": max(ends) - first})

    async def steady(self, request: web.Request) -> web.Response:
        """``{"rate_per_s": ..., "count": ...}`` -> seconds from each webhook to its upload."""
        wish = await request.json()
        loop, chance = asyncio.get_running_loop(), random.Random(1)
        self.began = {}
        told: list[str] = []
        first = time.perf_counter()
        async with asyncio.TaskGroup() as telling:
            for _ in range(wish["count"]):
                await asyncio.sleep(chance.expovariate(wish["rate_per_s"]))
                run_id = self.waiting.popleft()
                told.append(run_id)
                self.began[self.messages[run_id]] = loop.create_future()
                telling.create_task(self._tell(run_id, 0.0))
        ends = await asyncio.gather(*self.began.values())
        waits = [end - self.told_at[run] for run, end in zip(told, ends, strict=True)]
        return _json({"waits_s": waits, "all_s": max(ends) - first})

    async def tell_calls(self, _: web.Request) -> web.Response:
        """How often the music host was called."""
        return _json({"calls": self.calls})

    async def _tell(self, run_id: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        body = json.dumps(self._done(run_id)).encode()
        headers = signed_headers(self.secret, f"msg_{run_id}", body, now=datetime.now(UTC))
        if self.session is None:
            self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self.told_at[run_id] = time.perf_counter()
        async with self.session.post(self.webhooks[run_id], data=body, headers=headers) as answer:
            answer.raise_for_status()

    def _now(self, run_id: str) -> dict[str, Any]:
        over = self.ends_at.get(run_id, float("inf")) <= time.time()
        return self._done(run_id) if over else self._run(run_id, "processing")

    def _done(self, run_id: str) -> dict[str, Any]:
        """The sound's address says when it was done, so whoever fetches it can tell how late that is."""
        ended_s = self.ends_at.get(run_id, time.time())
        output = {"audio": f"{self.address}/clip.wav?done={ended_s}"}
        return self._run(run_id, "succeeded") | {"output": output}

    def _run(self, run_id: str, status: str) -> dict[str, Any]:
        return {
            "id": run_id,
            "model": "bench/bench",
            "version": "v",
            "status": status,
            "created_at": datetime.now(UTC).isoformat(),
            "input": {},
        }


def _json(told: dict[str, Any], *, status: int = 200) -> web.Response:
    """Without a charset in its type, as Discord answers."""
    return web.Response(body=json.dumps(told).encode(), content_type="application/json", status=status)


async def main(clip: Path, run_s: float | None) -> None:
    """Serve until the starter closes our input."""
    peer = Peer(clip, run_s)
    async with serving(peer.app(), bind="127.0.0.1", port=0) as address:
        peer.address = address
        sys.stdout.write(address + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
        if peer.session is not None:
            await peer.session.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else None))
