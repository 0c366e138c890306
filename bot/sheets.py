"""Cells of CSV files that people open in spreadsheets.

A cell that begins like a formula would be run by a spreadsheet (OWASP, "CSV Injection"): it gets an
apostrophe before it.
"""

from __future__ import annotations

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """A text for a cell, with an apostrophe where it would be run."""
    return "'" + text if text.startswith(_FORMULA) else text


def guarded_twice(text: str) -> str:
    """The same for files that are read again: what has that apostrophe itself gets one more."""
    return "'" + text if text.lstrip("'").startswith(_FORMULA) else text


def unguarded(cell: str) -> str:
    """What :func:`guarded_twice` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell
