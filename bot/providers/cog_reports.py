"""What a model container tells by webhook: who sent it, and what it says of a run. No network."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

from bot.protocol.predictions import Prediction
from bot.protocol.runs import Run
from bot.providers.answers import read_bytes
from bot.providers.prediction_runs import run_of

_PREFIX: Final = re.compile(r"^(?:Prediction failed:\s*)+(?=\S)")
"""Cog puts this before what the model itself said, once for each layer."""
_NUMBER: Final = re.compile(r"([0-9]{1,18})")


class BearerVerifier:
    """Knows a container's webhooks by the token that it was started with (``WEBHOOK_AUTH_TOKEN``)."""

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the token came along. Anything malformed is a plain False."""
        named = {name.lower(): value for name, value in headers.items()}
        came = named.get("authorization", "").encode(errors="replace")
        return hmac.compare_digest(came, self._expected)


def run_told(host: str, body: bytes) -> Run:
    """The run of a webhook's body. Raises ``NotUnderstood``."""
    return run_reported(read_bytes(host, body, Prediction))


def run_reported(report: Prediction) -> Run:
    """The run of a report: a prediction with Cog's own ways.

    Files that a container uploads arrive in any order, so a list of them is put in order by name.
    """
    changed: dict[str, Any] = {}
    if report.error is not None:
        changed["error"] = _PREFIX.sub("", report.error)
    if isinstance(report.output, list):
        changed["output"] = _in_order(cast("list[Any]", report.output))
    return run_of(report.model_copy(update=changed))


def _in_order(output: list[Any]) -> list[Any]:
    """By name, numbers by their value; what came inline stays as it is."""
    addresses = [
        each for each in output if isinstance(each, str) and each.startswith(("https://", "http://"))
    ]
    return sorted(addresses, key=_by_name) if len(addresses) == len(output) else output


def _by_name(address: str) -> list[tuple[int, str]]:
    try:
        name = urlsplit(address).path.rpartition("/")[2]
    except ValueError:  # not an address at all: the download says so
        return []
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _NUMBER.split(name)]
