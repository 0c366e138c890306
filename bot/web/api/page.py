"""A prediction as a page for people: what was asked, how far it is, what came out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Any, Final

from bot.store.tables.predictions import PredictionRow
from bot.web.api.wire import output_told

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: {here}; "
    "media-src 'self' {here}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_LONGEST_VALUE = 2_000
_LAST_LOGS = 4_000
_AGAIN_S = 3
_ICON: Final = (
    '<link rel="icon" href="data:image/svg+xml,'
    "%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E"
    '%3Ctext y=%2213%22 font-size=%2214%22%3E%E2%99%AA%3C/text%3E%3C/svg%3E">'
)
_SEEN: Final = (("cover", "Cover"), ("spectrogram", "Spectrogram"))
_FILES: Final = (
    ("audio", "Audio"),
    ("score", "Score (JSON)"),
    ("midi", "MIDI"),
    ("lrc", "Lyrics with times (LRC)"),
    ("cover", "Cover"),
    ("spectrogram", "Spectrogram"),
)
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } img { max-width: min(100%, 22rem); vertical-align: top; } audio { width: 100%; }
th { text-align: left; vertical-align: top; padding-right: 1.5rem; font-weight: 600; }
td { overflow-wrap: anywhere; white-space: pre-wrap; } pre { overflow-x: auto; }
ul { padding-left: 1.2rem; } .words { white-space: pre-line; }
"""


def headers(base_url: str) -> dict[str, str]:
    """The page's headers; sound and picture may also come by the address that the world uses."""
    return {name: value.replace("{here}", base_url) for name, value in HEADERS.items()}


def page(row: PredictionRow, base_url: str) -> str:
    """The page as HTML; everything that callers wrote is escaped. An unfinished one loads itself again."""
    again = "" if row.ended else f'<meta http-equiv="refresh" content="{_AGAIN_S}">'
    parts = [
        f"<h1>{escape(row.model)}</h1>",
        _table(_facts(row)),
        *_takes(row, base_url),
        "<h2>Input</h2>",
        _table({name: _told(value) for name, value in row.input.items()}),
    ]
    if row.logs:
        parts.append(f"<h2>Logs</h2><pre>{escape(row.logs[-_LAST_LOGS:])}</pre>")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">{_ICON}{again}'
    title = f"<title>{escape(row.model)} · {row.status}</title><style>{_STYLE}</style>"
    return f'<!doctype html><html lang="en"><head>{head}{title}</head><body>{"".join(parts)}</body></html>'


def _facts(row: PredictionRow) -> dict[str, str]:
    facts = {"Status": row.status, "Created": _clock_time(row.created_at)}
    if row.completed_at is not None:
        facts["Completed"] = _clock_time(row.completed_at)
    if row.error is not None:
        facts["Error"] = row.error
    if row.data_removed:
        facts["Data"] = "removed: inputs and outputs are kept for a while only"
    return facts


def _takes(row: PredictionRow, base_url: str) -> list[str]:
    output = output_told(row, base_url)
    if output is None:
        return []
    return [part for take in output.get("takes") or [output] for part in _take(take)]


def _take(take: dict[str, Any]) -> list[str]:
    """One take: what it is, how it sounds and looks, and its files."""
    found: list[str] = []
    if title := take.get("title"):
        found.append(f"<h2>{escape(str(title))}</h2>")
    found.append(f'<p><audio controls preload="metadata" src="{escape(take["audio"])}"></audio></p>')
    if facts := [told for name, tell in _HEARD if name in take and (told := tell(take[name]))]:
        found.append(f"<p>{escape(' · '.join(facts))}</p>")
    seen = [f'<img src="{escape(take[name])}" alt="{alt}">' for name, alt in _SEEN if name in take]
    found.append(f"<p>{' '.join(seen)}</p>")
    files = [(label, take[name]) for name, label in _FILES if name in take]
    files += [(f"Stem: {name}", address) for name, address in take.get("stems", {}).items()]
    found.append(f"<ul>{''.join(_link(label, address) for label, address in files)}</ul>")
    if lyrics := take.get("lyrics"):
        found.append(f"<h3>Lyrics</h3><p class=words>{escape(str(lyrics))}</p>")
    return found


def _link(label: str, address: str) -> str:
    return f'<li><a href="{escape(address)}">{escape(label)}</a></li>'


def _clock_time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _told(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def _table(facts: dict[str, str]) -> str:
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts.items()
    )
    return f"<table>{rows}</table>"


_HEARD: Final[tuple[tuple[str, Callable[[Any], str]], ...]] = (
    ("duration_s", _length),
    ("bpm", lambda bpm: f"{bpm:.4g} BPM"),
    ("key", str),
)
