"""One house for all tests of this folder that do not break it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.live.house import House, house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    """Room, engine and bot, up and warm. Each test uses prompts, members or channels of its own."""
    async with house(tmp_path_factory.mktemp("home"), workers=0, cold=True) as built:
        yield built
