"""How runs at a host of the predictions dialect end, by name."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.peers.standin.files import content_of
from tests.peers.standin.samples import sample

Row = dict[str, Any]
Ending = Callable[[Row, str], dict[str, Any]]
"""From the prediction, and the address under which its files lie, to what changes in it."""

_LOGS = (
    "Using seed: 4711\n  0%|          | 0/38 [00:00<?, ?it/s]\n100%|##########| 38/38 [00:03<00:00, 10.1it/s]"
)


def _made(row: Row, files: str, to: Callable[[str], str] | None = None) -> Any:
    """What the version's model puts out, as addresses."""
    _, shape, names = sample("models")[row["version"]]
    addresses = [to(name) if to else f"{files}/{name}" for name in names]
    if shape == "riff":
        return {"audio": addresses[0], "spectrogram": addresses[1]}
    return addresses if shape == "list" else addresses[0]


def _ended(status: str, **changes: Any) -> dict[str, Any]:
    metrics = {"predict_time": 8.886644, "total_time": 11.209877}
    return {"status": status, "logs": _LOGS, "metrics": metrics, **changes}


def _succeeded(row: Row, files: str) -> dict[str, Any]:
    return _ended("succeeded", output=_made(row, files), started_at="2026-02-03T04:05:09.112233Z")


def _as_data(row: Row, files: str) -> dict[str, Any]:
    def inline(name: str) -> str:
        content, kind = content_of(name)
        return f"data:{kind};base64," + base64.b64encode(content).decode()

    return _ended("succeeded", output=_made(row, files, inline))


def _failed(error: str) -> Ending:
    return lambda row, files: _ended("failed", error=error)


def _odd(status: str, **changes: Any) -> Ending:
    return lambda row, files: {"status": status, **changes}


ENDINGS: Final[Mapping[str, Ending]] = {
    "succeeded": _succeeded,
    "data addresses": _as_data,
    "data removed": lambda row, files: _ended(
        "succeeded", output=None, input={}, logs=None, data_removed=True
    ),
    "NSFW": _failed("NSFW content detected. Try running it again, or try a different prompt."),
    "E005": _failed(
        "The input or output was flagged as sensitive. Please try again with other inputs. (E005)"
    ),
    "input validation": _failed("Input validation error: 404 Client Error: Not Found for url"),
    "interrupted": _failed("Prediction interrupted; please retry (code: PA)"),
    "E1001": _failed("E1001: Out of memory"),
    "E6716": _failed("E6716: Timeout starting prediction"),
    "failed": _failed("'NoneType' object has no attribute 'images'"),
    "failed without a word": lambda row, files: _ended("failed", error=None),
    "canceled": lambda row, files: _ended("canceled", logs=None),
    "aborted": _odd("aborted", logs="", metrics={}),
    "unknown status": _odd("queued", completed_at=None),
    "cold boot": _odd("starting", logs="", completed_at=None),
    "no audio": lambda row, files: _ended("succeeded", output={"audio": None, "spectrogram": None}),
    "output of another model": lambda row, files: _ended("succeeded", output=42),
}
