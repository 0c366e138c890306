"""A source that cannot be read: nothing was sent, and everybody knows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import InvalidInput
from bot.jobs.records import Source
from bot.protocol.engine import EngineInput
from bot.protocol.predictions import ENGINE_MODEL
from bot.providers import PredictionsHost
from bot.providers.cog import CogHost
from bot.providers.songs import SongsHost
from tests.providers.support import answer, scripted

COVER = EngineInput(prompt_a="techno", transform="cover")


@pytest.mark.parametrize("name", ["gone.wav", "gone.json", "broken.json"])
@pytest.mark.parametrize("dialect", ["predictions", "cog", "songs"])
async def test_a_source_that_cannot_be_read_is_a_definite_no(dialect: str, name: str, tmp_path: Path) -> None:
    """It is missing, or a score that is none: refused at home, and no order is on its way."""
    (tmp_path / "broken.json").write_text("{")
    if dialect == "songs":  # which take recordings only
        name = "gone.wav"
    async with scripted(answer(200, {"status": "READY"})) as script:
        hosts = {
            "predictions": PredictionsHost(
                name="h", base_url=script.url, model=ENGINE_MODEL, version=None, local=True
            ),
            "cog": CogHost(name="h", base_url=script.url),
            "songs": SongsHost(name="h", base_url=script.url, local=True),
        }
        host = hosts[dialect]
        with pytest.raises(InvalidInput) as caught:
            await host.create(
                COVER, reference="r", webhook="http://127.0.0.1:1/", source=Source(file=tmp_path / name)
            )
        for each in hosts.values():
            await each.close()
    assert caught.value.field == "source"
    assert all(call.method == "GET" for call in script.calls)
