"""A row as the API tells it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.protocol.predictions import RIFFUSION_MODEL
from bot.store.tables.predictions import PredictionRow
from bot.web.api.addresses import Keys
from bot.web.api.outputs import OUTPUTS_PATH

_SHOWN = ("audio", "spectrogram")
_FILES = ("audio", "spectrogram", "score", "midi", "lrc", "cover")


def as_told(row: PredictionRow, base_url: str, keys: Keys, *, status: str | None = None) -> dict[str, Any]:
    """The prediction object, with addresses below ``base_url``; ``status`` overrides what is shown."""
    here = f"{base_url}/v1/predictions/{row.id}"
    told: dict[str, Any] = {
        "id": row.id,
        "model": row.model,
        "version": row.version,
        "input": row.input,
        "logs": row.logs,
        "output": output_told(row, base_url),
        "data_removed": row.data_removed,
        "error": row.error,
        "status": status or row.status,
        "source": "api",
        "created_at": time_text(row.created_at),
        "started_at": None if row.started_at is None else time_text(row.started_at),
        "completed_at": None if row.completed_at is None else time_text(row.completed_at),
        "metrics": _metrics(row),
        # No null among them: official clients take every value for a string.
        "urls": {
            "get": here,
            "cancel": f"{here}/cancel",
            "stream": f"{base_url}/v1/files/{row.id}/stream/{keys.stream(row.id)}",
            "web": f"{base_url}/p/{row.id}/{keys.page(row.id)}",
        },
    }
    if row.deadline is not None:
        told["deadline"] = time_text(row.deadline)
    if row.webhook is not None:
        told.update(webhook=row.webhook, webhook_events_filter=row.webhook_events)
    return told


def output_told(row: PredictionRow, base_url: str) -> dict[str, Any] | None:
    """The output with addresses in place of file names; None where there is none."""
    if row.output is None:
        return None
    below = f"{base_url}{OUTPUTS_PATH}{row.output_key}/"
    told = _addressed(row.output, below)
    if row.model == RIFFUSION_MODEL:
        return {name: told[name] for name in ("audio", "spectrogram")}
    if "takes" in told:
        told["takes"] = [_addressed(take, below) for take in told["takes"]]
    return told


def files_told(row: PredictionRow, base_url: str) -> list[str]:
    """Addresses of sound and picture of each take, in this order."""
    output = output_told(row, base_url)
    if output is None:
        return []
    return [take[name] for take in output.get("takes") or [output] for name in _SHOWN if name in take]


def _addressed(output: dict[str, Any], below: str) -> dict[str, Any]:
    """The same with addresses in place of file names."""
    told = dict(output)
    for name in _FILES:
        if name in told:
            told[name] = below + told[name]
    if "stems" in told:
        told["stems"] = {name: below + file for name, file in told["stems"].items()}
    return told


def _metrics(row: PredictionRow) -> dict[str, float]:
    if row.completed_at is None:
        return {}
    metrics = {"total_time": (row.completed_at - row.created_at).total_seconds()}
    if row.predict_time_s is not None:
        metrics["predict_time"] = row.predict_time_s
    return metrics


def time_text(time: datetime) -> str:
    """UTC with ``Z`` and microseconds."""
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def encoded(told: object) -> bytes:
    """Compact JSON, as JavaScript's ``JSON.stringify`` writes it: some receivers sign what they re-encode."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def json_answer(told: object, *, status: int = 200) -> web.Response:
    """An answer in JSON."""
    return web.Response(body=encoded(told), content_type="application/json", status=status)
