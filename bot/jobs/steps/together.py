"""Doing two things side by side, of which neither outlives the other's failure."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")


async def together(*doing: Coroutine[Any, Any, _Result]) -> list[_Result]:
    """Await all; where one fails, the others are broken off and over before its error is raised.

    A step that lost its row must not leave anything running that still acts on it.
    """
    tasks = [asyncio.ensure_future(each) for each in doing]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
