"""Rules of the screen as files, and as lists that people type."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from bot.errors import InvalidOption
from bot.safety.words import ACTIONS, KINDS, RULES_MOST, Action, Kind, Rule

FILE_MAX_BYTES: Final = 2_000_000
_COLUMNS: Final = ("kind", "text", "action", "spares_age_restricted")


def written_file(rules: Iterable[Rule]) -> bytes:
    """Rules as CSV, which :func:`read_file` reads."""
    told = io.StringIO()
    writer = csv.writer(told)
    writer.writerow(_COLUMNS)
    for rule in rules:
        writer.writerow((rule.kind, rule.text, rule.action, int(rule.spares_age_restricted)))
    return told.getvalue().encode("utf-8-sig")


def read_file(content: bytes, *, action: Action = "refuse") -> list[Rule]:
    """Rules of a file: the CSV of :func:`written_file`, or a word a line.

    Raises:
        InvalidOption: ``rules_not_text``, ``rules_file_too_large``, ``no_rules``.
    """
    if len(content) > FILE_MAX_BYTES:
        raise InvalidOption("file", "rules_file_too_large", limit_mb=FILE_MAX_BYTES // 1_000_000)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidOption("file", "rules_not_text") from None
    lines = text.splitlines()
    if lines and lines[0].strip().split(",")[0] == _COLUMNS[0]:
        rules = [rule for row in csv.DictReader(io.StringIO(text)) if (rule := _of_row(row)) is not None]
    else:
        rules = words_in(text, action=action)
    if not rules:
        raise InvalidOption("file", "no_rules")
    return rules[: RULES_MOST + 1]


def _of_row(row: dict[str, str | None]) -> Rule | None:
    kind, action = row.get("kind"), row.get("action") or "refuse"
    if kind not in KINDS or action not in ACTIONS:
        return None
    spares = (row.get("spares_age_restricted") or "") in {"1", "true", "yes"}
    return Rule(id=0, kind=kind, text=row.get("text") or "", action=action, spares_age_restricted=spares)


def words_in(
    text: str, *, kind: Kind = "word", action: Action = "refuse", spares_age_restricted: bool = False
) -> list[Rule]:
    """A rule a line; of words, commas part them too."""
    if kind != "pattern":
        text = text.replace("，", ",").replace(",", "\n")
    return [
        Rule(id=0, kind=kind, text=part.strip(), action=action, spares_age_restricted=spares_age_restricted)
        for part in text.splitlines()
        if part.strip()
    ]
