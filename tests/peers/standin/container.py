"""What a model container (Cog's own server) answers when all is well: it takes one thing at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.peers.standin.good import Call, Good, as_json, refused
from tests.peers.standin.samples import sample


@dataclass
class Container:
    """One container; no key, no list, nothing to be asked for by its id."""

    charges: list[str]
    running: dict[str, Any] = field(default_factory=dict[str, Any])

    def answer(self, call: Call) -> Good:
        """The answer to one call."""
        match call.point:
            case "create":
                return self._begin(call)
            case "cancel":
                return as_json(200 if self.running.pop(call.rest, None) is not None else 404, {})
            case "health":
                return as_json(200, sample("cog_health"))
            case _:  # no document: it was built without one
                return refused("503 of a container")

    def _begin(self, call: Call) -> Good:
        if not isinstance(call.body, dict) or call.headers.get("Prefer") != "respond-async":
            return refused("422 of a container")
        if call.rest not in self.running:
            if self.running:
                return refused("409")
            self.running[call.rest] = call.body
            self.charges.append(call.rest)
        return as_json(202, {"id": call.rest, "status": "starting"})
