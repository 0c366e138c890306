"""What a host of the predictions dialect answers when all is well; aggregators have a part of it."""

from __future__ import annotations

import asyncio
import json
import secrets
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from aiohttp import web

from tests.peers.standin.endings import ENDINGS
from tests.peers.standin.good import Call, Good, as_json, refused
from tests.peers.standin.samples import sample

_PAGE = 100
_LETTERS = string.ascii_lowercase + string.digits


def timestamp(at: datetime | None = None) -> str:
    """A time as the API tells it: UTC, three digits of a second, ``Z``."""
    return (at or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Predictions:
    """The predictions of one account, in the order of their making."""

    url: str
    is_aggregator: bool
    charges: list[str]
    rows: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    webhooks: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    secret: str = field(default_factory=lambda: sample("secret")["key"])
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition, repr=False)

    def answer(self, call: Call) -> Good:
        """The answer to one call with a good key."""
        match call.point:
            case "create":
                return self._create(call)
            case "get":
                return self._told(call.rest)
            case "list":
                return as_json(200, self._page(call.query))
            case "cancel":
                return self._cancel(call.rest)
            case "account":
                return as_json(200, sample("account"))
            case _:
                return as_json(200, {"key": self.secret})

    def _create(self, call: Call) -> Good:
        rules = sample("prediction_required")
        if not isinstance(call.body, dict):
            return refused("422 input")
        body = cast("dict[str, Any]", call.body)
        events: Any = body.get("webhook_events_filter", [])
        if not isinstance(body.get("input"), dict) or not isinstance(events, list):
            return refused("422 input")
        if set(body) - set(rules["body"]) or set(cast("list[str]", events)) - set(rules["events"]):
            return refused("422 input")
        version = str(body.get("version", ""))
        owner, _, bare = version.rpartition(":")
        known = sample("models").get(bare)
        if known is None or owner not in ("", known[0]):
            return refused("422 version")
        made = self.accept(bare, body["input"], webhook=body.get("webhook"))
        return as_json(200 if self.is_aggregator else 201, made)

    def accept(
        self, version: str, inputs: dict[str, Any], *, webhook: str | None = None, at: datetime | None = None
    ) -> dict[str, Any]:
        """Take an order: it is charged from here on."""
        run_id = "".join(secrets.choice(_LETTERS) for _ in range(26))
        here = "https://api.replicate.com" if self.is_aggregator else self.url
        row: dict[str, Any] = {
            "id": run_id,
            "model": sample("models")[version][0],
            "version": version,
            "input": inputs,
            "logs": "",
            "output": None,
            "data_removed": False,
            "error": None,
            "status": "starting",
            "source": "api",
            "created_at": timestamp(at),
            "urls": {
                "cancel": f"{here}/v1/predictions/{run_id}/cancel",
                "get": f"{here}/v1/predictions/{run_id}",
                "stream": f"{here}/stream/{run_id}",
                "web": f"https://replicate.com/p/{run_id}",
            },
        }
        self.rows[run_id] = row
        self.webhooks[run_id] = webhook
        self.charges.append(run_id)
        return row

    def _told(self, run_id: str) -> Good:
        return as_json(200, self.rows[run_id]) if run_id in self.rows else refused("404")

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        """Newest first, a hundred a page, without logs; ``next`` is a whole address with a cursor."""
        after, before = query.get("created_after", ""), query.get("created_before", "~")
        rows = [
            row for row in reversed(self.rows.values()) if _since(row, after) and row["created_at"] < before
        ]
        start = int(query.get("cursor", "0"))
        onward = f"{self.url}/v1/predictions?cursor={start + _PAGE}" + (
            f"&created_after={after}" if after else ""
        )
        shown = [{key: row[key] for key in row if key != "logs"} for row in rows[start : start + _PAGE]]
        return {"next": onward if start + _PAGE < len(rows) else None, "previous": None, "results": shown}

    def _cancel(self, run_id: str) -> Good:
        if run_id in self.rows and self.rows[run_id]["status"] in ("starting", "processing"):
            now = timestamp()
            told = {"status": "canceled", "completed_at": now, "metrics": {"predict_time": 0.5}, "logs": None}
            self.rows[run_id].update(told)
        return self._told(run_id)

    async def goes_on(self, run_id: str, **changes: Any) -> None:
        """A run gets on; whoever listens is told."""
        self.rows[run_id].update(changes)
        async with self._moved:
            self._moved.notify_all()

    async def ends(self, run_id: str, ending: str = "succeeded") -> None:
        """A run ends as :data:`ENDINGS` describes by name."""
        row = self.rows[run_id]
        changes = ENDINGS[ending](row, f"{self.url}/files/{run_id}")
        await self.goes_on(run_id, **{"completed_at": timestamp(), **changes})

    async def stream(self, request: web.Request, run_id: str) -> web.StreamResponse:
        """Server-sent events: pieces of the logs as they come, the output, and ``done``."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        sent, number = "", 0

        async def event(kind: str, data: str) -> None:
            nonlocal number
            lines = "".join(f"data: {line}\n" for line in data.split("\n"))
            await response.write(f"event: {kind}\nid: {1_690_212_292 + number}:0\n{lines}\n".encode())
            number += 1

        while True:
            row = self.rows[run_id]
            logs = row["logs"] or ""
            if len(logs) > len(sent):
                await event("logs", logs[len(sent) :])
                sent = logs
            if row["status"] not in ("starting", "processing"):
                break
            async with self._moved:
                while not _has_moved(self.rows[run_id], sent):
                    await self._moved.wait()
        if row["error"]:
            await event("error", row["error"])
        elif row["output"] is not None:
            await event("output", json.dumps(row["output"]))
        await event("done", "{}")
        return response


def _has_moved(row: dict[str, Any], sent: str) -> bool:
    return (row["logs"] or "") != sent or row["status"] not in ("starting", "processing")


def _since(row: dict[str, Any], after: str) -> bool:
    return not after or datetime.fromisoformat(row["created_at"]) >= datetime.fromisoformat(after)
