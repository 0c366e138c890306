"""Calls as they arrive, and answers before they are sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.peers.standin.samples import sample


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call as it arrived."""

    point: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: bytes
    rest: str
    """The id, the ids or the name of a file, where the path has one."""

    @property
    def body(self) -> Any:
        """What came with it, where that is JSON; None where nothing came."""
        return json.loads(self.content) if self.content else None


@dataclass(frozen=True)
class Good:
    """An answer, ready to be sent."""

    status: int
    content: bytes
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def told(self) -> Any:
        """Its JSON."""
        return json.loads(self.content)


def as_json(status: int, told: object) -> Good:
    """An answer in JSON."""
    return Good(status, json.dumps(told, ensure_ascii=False).encode())


def refused(name: str) -> Good:
    """A refusal, word for word as the documents have it."""
    printed = sample("refusals")[name]
    body = printed["body"]
    content = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return Good(printed["status"], content.encode(), printed["type"], printed.get("headers", {}))
