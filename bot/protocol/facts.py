"""What hosts tell besides files, in shapes that can be kept: a database refuses NaN, and texts have ends.

What cannot be used counts as not told: a fact that only helps is no reason to lose a paid result.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, cast

from pydantic import BeforeValidator, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

LONGEST_KEY: Final = 30
LONGEST_TITLE: Final = 200
DEEPEST_EXPLAINED: Final = 20
LARGEST_EXPLAINED: Final = 256 * 1024
"""Characters of its JSON; that of our own engine has some thousands."""


def _or_not_told(value: object, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


def _cut(most: int) -> BeforeValidator:
    return BeforeValidator(lambda value: value[:most] if isinstance(value, str) else value)


def _if_it_can_be_kept(value: object) -> object:
    """The object, unless it is too deep, too large, or holds numbers that JSON does not have."""
    if not isinstance(value, dict) or _depth(cast("object", value)) > DEEPEST_EXPLAINED:
        return None
    try:
        size = len(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError):
        return None
    return cast("object", value) if size <= LARGEST_EXPLAINED else None


def _depth(value: object) -> int:
    """How deep objects and lists lie in each other; counted no further than it matters."""
    depth, level = 0, _inside(value)
    while level is not None and depth <= DEEPEST_EXPLAINED:
        depth += 1
        deeper = [within for each in level if (within := _inside(each)) is not None]
        level = [each for within in deeper for each in within] if deeper else None
    return depth


def _inside(value: object) -> list[object] | None:
    """What an object or a list holds; None for anything else."""
    if isinstance(value, dict):
        return list(cast("dict[str, object]", value).values())
    return cast("list[object]", value) if isinstance(value, list) else None


_LENIENT: Final = WrapValidator(_or_not_told)

Number = Annotated[float | None, Field(allow_inf_nan=False), _LENIENT]
"""A finite one."""
Seed = Annotated[int | None, Field(ge=0, lt=2**53), _LENIENT]
"""Such as every reader of JSON has exactly."""
Key = Annotated[str | None, _cut(LONGEST_KEY), _LENIENT]
Title = Annotated[str | None, _cut(LONGEST_TITLE), _LENIENT]
Explained = Annotated[dict[str, Any] | None, BeforeValidator(_if_it_can_be_kept), _LENIENT]
