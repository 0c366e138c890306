"""Rules of the screen as files, and as lists that people type."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from bot.errors import InvalidOption
from bot.safety.words import ACTIONS, KINDS, RULES_MOST, Action, Kind, Rule
from bot.sheets import guarded_twice, unguarded

FILE_MAX_BYTES: Final = 2_000_000
_COLUMNS: Final = ("kind", "text", "action", "spares_age_restricted")
_LINE: Final = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_PART: Final = re.compile(r"[^,，\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_READ_MOST: Final = RULES_MOST + 1
"""Enough to see that they are too many."""


def written_file(rules: Iterable[Rule]) -> bytes:
    """Rules as CSV, which :func:`read_file` reads."""
    told = io.StringIO()
    writer = csv.writer(told)
    writer.writerow(_COLUMNS)
    for rule in rules:
        writer.writerow((rule.kind, guarded_twice(rule.text), rule.action, int(rule.spares_age_restricted)))
    return told.getvalue().encode("utf-8-sig")


def read_file(content: bytes, *, action: Action = "refuse") -> list[Rule]:
    """Rules of a file: the CSV of :func:`written_file`, or a word a line; no more than one too many.

    A large one takes its time: not for the thread that answers people.

    Raises:
        InvalidOption: ``rules_not_text``, ``rules_file_too_large``, ``no_rules``.
    """
    if len(content) > FILE_MAX_BYTES:
        raise InvalidOption("file", "rules_file_too_large", limit_mb=FILE_MAX_BYTES // 1_000_000)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidOption("file", "rules_not_text") from None
    first = _LINE.match(text)
    if first is not None and first[0].strip().split(",")[0] == _COLUMNS[0]:
        rows = islice(csv.DictReader(io.StringIO(text)), _READ_MOST)
        try:
            rules = [rule for row in rows if (rule := _of_row(row)) is not None]
        except csv.Error:  # a cell larger than any rule
            raise InvalidOption("file", "rules_not_text") from None
    else:
        rules = words_in(text, action=action)
    if not rules:
        raise InvalidOption("file", "no_rules")
    return rules


def _of_row(row: dict[str, str | None]) -> Rule | None:
    kind, action = row.get("kind"), row.get("action") or "refuse"
    if kind not in KINDS or action not in ACTIONS:
        return None
    spares = (row.get("spares_age_restricted") or "") in {"1", "true", "yes"}
    return Rule(
        id=0, kind=kind, text=unguarded(row.get("text") or ""), action=action, spares_age_restricted=spares
    )


def words_in(
    text: str, *, kind: Kind = "word", action: Action = "refuse", spares_age_restricted: bool = False
) -> list[Rule]:
    """A rule a line, one too many at most; of words, commas part them too."""
    parts = (found[0].strip() for found in (_LINE if kind == "pattern" else _PART).finditer(text))
    return [
        Rule(id=0, kind=kind, text=part, action=action, spares_age_restricted=spares_age_restricted)
        for part in islice(filter(None, parts), _READ_MOST)
    ]
