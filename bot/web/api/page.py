"""A prediction as a page for people: what was asked, how far it is, what came out."""

from __future__ import annotations

import json
from html import escape

from bot.store.tables.predictions import PredictionRow
from bot.web.api.wire import output_told, time_text

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' {here}; "
    "media-src 'self' {here}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_LONGEST_VALUE = 2_000
_LAST_LOGS = 4_000
_AGAIN_S = 3
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } img { max-width: 100%; } audio { width: 100%; }
th { text-align: left; vertical-align: top; padding-right: 1.5rem; font-weight: 600; }
td { overflow-wrap: anywhere; white-space: pre-wrap; } pre { overflow-x: auto; }
"""


def headers(base_url: str) -> dict[str, str]:
    """The page's headers; sound and picture may also come by the address that the world uses."""
    return {name: value.replace("{here}", base_url) for name, value in HEADERS.items()}


def page(row: PredictionRow, base_url: str) -> str:
    """The page as HTML; everything that callers wrote is escaped. An unfinished one loads itself again."""
    again = "" if row.ended else f'<meta http-equiv="refresh" content="{_AGAIN_S}">'
    facts = {"Status": row.status, "Created": time_text(row.created_at)}
    if row.completed_at is not None:
        facts["Completed"] = time_text(row.completed_at)
    if row.error is not None:
        facts["Error"] = row.error
    if row.data_removed:
        facts["Data"] = "removed: inputs and outputs are kept for a while only"
    parts = [
        f"<h1>{escape(row.model)}</h1>",
        _table(facts),
        *_takes(row, base_url),
        "<h2>Input</h2>",
        _table({name: _told(value) for name, value in row.input.items()}),
    ]
    if row.logs:
        parts.append(f"<h2>Logs</h2><pre>{escape(row.logs[-_LAST_LOGS:])}</pre>")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">{again}'
    title = f"<title>{escape(row.model)} · {row.status}</title><style>{_STYLE}</style>"
    return f'<!doctype html><html lang="en"><head>{head}{title}</head><body>{"".join(parts)}</body></html>'


def _takes(row: PredictionRow, base_url: str) -> list[str]:
    output = output_told(row, base_url)
    if output is None:
        return []
    found: list[str] = []
    for take in output.get("takes") or [output]:
        if title := take.get("title"):
            found.append(f"<h2>{escape(str(title))}</h2>")
        found.append(f'<p><audio controls preload="metadata" src="{escape(take["audio"])}"></audio></p>')
        if picture := take.get("spectrogram"):
            found.append(f'<p><img src="{escape(picture)}" alt="Spectrogram"></p>')
    return found


def _told(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def _table(facts: dict[str, str]) -> str:
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts.items()
    )
    return f"<table>{rows}</table>"
