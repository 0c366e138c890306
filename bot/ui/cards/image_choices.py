"""What is offered while a member types what else an image model is to be given."""

from __future__ import annotations

from typing import Final

from bot.jobs.recipes.image import offered_fields
from bot.protocol.image_models import ImageField
from bot.ui.discord_limits import CHOICE_CHARS

DEFAULT_MODEL: Final = "stability-ai/sdxl"


def suggest_more(model: str | None, typed: str) -> list[tuple[str, str]]:
    """What can follow in ``more``: name shown, and all of what the field then holds."""
    fields = offered_fields(model or DEFAULT_MODEL)
    before, semicolon, last = typed.rpartition(";")
    kept = f"{before.strip()}; " if semicolon else ""
    used = {entry.partition("=")[0].strip() for entry in before.split(";")}
    name, equals, value = (part.strip() for part in last.partition("="))
    found: list[tuple[str, str]] = []
    if equals and name in fields:
        values = [each for each in _values(fields[name]) if each.lower().startswith(value.lower())]
        found = [(f"{name}={each}", f"{kept}{name}={each}") for each in values]
        if value and value not in values:
            found.insert(0, (f"{name}={value}", f"{kept}{name}={value}"))
    else:
        found = [
            (f"{each} {_told(field)}".strip(), f"{kept}{each}={_first(field)}")
            for each, field in fields.items()
            if each not in used and name.lower() in each.lower()
        ]
    return [(shown[:CHOICE_CHARS], whole) for shown, whole in found if len(whole) <= CHOICE_CHARS]


def _values(field: ImageField) -> list[str]:
    if field.type == "boolean":
        return ["true", "false"]
    return [str(each) for each in field.choices]


def _first(field: ImageField) -> str:
    if field.default is not None:
        return str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    return next(iter(_values(field)), "")


def _told(field: ImageField) -> str:
    if field.low is not None and field.high is not None:
        return f"({field.low:g}-{field.high:g})"
    values = _values(field)
    return f"({', '.join(values)})" if values else ""
