"""The life of a prediction: forward only, cancelled for real, its logs and its end."""

from __future__ import annotations

import errno
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.protocol.predictions import ENGINE_VERSION, Prediction
from bot.store.tables.predictions import PredictionRows
from bot.web.api.app import Bounds
from bot.web.api.book import utc_now
from tests.web.api.support import TinyEngine, server


async def test_a_riffusion_result_is_two_addresses_and_a_time(tmp_path: Path) -> None:
    """The original's output shape, the compute time and all timestamps in order."""
    async with server(tmp_path) as engine:
        made = await engine.create()
        told = await engine.ended(made["id"])
    assert told["status"] == "succeeded"
    assert set(told["output"]) == {"audio", "spectrogram"}
    assert told["metrics"]["predict_time"] > 0
    assert told["created_at"] <= told["started_at"] <= told["completed_at"]
    assert told["completed_at"].endswith("Z")


async def test_our_own_model_tells_what_it_understood(tmp_path: Path) -> None:
    """``riffcord/engine`` adds tempo, key and the seed that was given; the reference is only echoed."""
    async with server(tmp_path) as engine:
        sent = {"prompt_a": "x", "seed": 7, "reference": "r"}
        made = await engine.create(version=ENGINE_VERSION, input=sent)
        told = await engine.ended(made["id"])
    assert told["output"]["seed"] == 7
    assert told["output"]["bpm"] == 120
    assert told["input"] == sent
    assert "reference" not in engine.engine.jobs[0].wanted.specs[0]


async def test_a_drawn_seed_is_told(tmp_path: Path) -> None:
    """Without a seed the server draws one, renders with it and tells it in output and logs."""
    async with server(tmp_path) as engine:
        made = await engine.create(version=ENGINE_VERSION, input={})
        told = await engine.ended(made["id"])
    assert told["output"]["seed"] == engine.engine.jobs[0].wanted.specs[0]["seed"]
    assert told["logs"].startswith(f"Using seed: {told['output']['seed']}\n")


async def test_logs_grow_as_the_engine_reports(tmp_path: Path) -> None:
    """What the worker reports turns into tqdm lines while it runs, and ends at 100 %."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny) as engine:
        made = await engine.create()
        half = await engine.until(made["id"], lambda told: "50%" in (told["logs"] or ""))
        tiny.free.set()
        whole = await engine.ended(made["id"])
    assert Prediction.model_validate(half).progress == 0.5
    assert whole["logs"].startswith(half["logs"])
    assert Prediction.model_validate(whole).progress == 1.0


async def test_cancelling_a_queued_prediction_keeps_it_from_running(tmp_path: Path) -> None:
    """A cancelled one in the queue never reaches a worker."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny) as engine:
        first = await engine.create()
        second = await engine.create()
        status, told, _ = await engine.call("POST", f"/v1/predictions/{second['id']}/cancel")
        assert (status, told["status"]) == (200, "canceled")
        assert told["completed_at"]
        third = await engine.create()
        tiny.free.set()
        await engine.ended(first["id"])
        await engine.ended(third["id"])
        assert (await engine.ended(second["id"]))["status"] == "canceled"
    assert len(tiny.jobs) == 2


async def test_cancelling_a_running_prediction_stops_the_worker(tmp_path: Path) -> None:
    """It ends at once for its owner, the worker stops at its next step and takes the next one."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny) as engine:
        made = await engine.create()
        await engine.until(made["id"], lambda told: told["status"] == "processing")
        _, told, _ = await engine.call("POST", f"/v1/predictions/{made['id']}/cancel")
        assert told["status"] == "canceled"
        other = await engine.create()
        await engine.until(other["id"], lambda told: told["status"] == "processing")
        assert not tiny.free.is_set()  # so the first render ended by being stopped, not by being done
        tiny.free.set()
        assert (await engine.ended(other["id"]))["status"] == "succeeded"
        _, still, _ = await engine.call("GET", f"/v1/predictions/{made['id']}")
    assert (still["status"], still["output"]) == ("canceled", None)
    assert not tiny.jobs[0].folder.exists()


async def test_cancelling_an_ended_prediction_changes_nothing(tmp_path: Path) -> None:
    """200 with the prediction as it is; an unknown one is a 404."""
    async with server(tmp_path) as engine:
        made = await engine.create()
        before = await engine.ended(made["id"])
        status, after, _ = await engine.call("POST", f"/v1/predictions/{made['id']}/cancel")
        assert (status, after) == (200, before)
        assert (await engine.call("POST", "/v1/predictions/unknown/cancel"))[0] == 404


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (ValueError("The prompt is empty."), "The prompt is empty."),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "No space left on device"),
        (RuntimeError("secret detail"), "RuntimeError"),
    ],
)
async def test_a_failed_render_says_why(tmp_path: Path, failure: Exception, said: str) -> None:
    """The engine's own sentence, or the kind of fault; never the inside of an unexpected one."""
    tiny = TinyEngine()
    tiny.fail = failure
    async with server(tmp_path, engine=tiny) as engine:
        made = await engine.create()
        told = await engine.ended(made["id"])
    assert (told["status"], told["output"]) == ("failed", None)
    assert said in told["error"]
    assert "secret" not in told["error"]


async def test_a_full_disk_keeps_the_prediction_until_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be written down is tried again; nothing stays ``starting`` for ever."""
    monkeypatch.setattr("bot.web.api.renders._AGAIN_S", 0.01)
    really_move = PredictionRows.move
    fails = 2

    async def move(rows: PredictionRows, prediction_id: str, **values: Any) -> bool:
        nonlocal fails
        if fails:
            fails -= 1
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return await really_move(rows, prediction_id, **values)

    monkeypatch.setattr(PredictionRows, "move", move)
    async with server(tmp_path) as engine:
        made = await engine.create()
        assert (await engine.ended(made["id"]))["status"] == "succeeded"
    assert fails == 0


async def test_a_render_whose_folder_is_gone_fails(tmp_path: Path) -> None:
    """It is not left running for ever."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny) as engine:
        made = await engine.create()
        await engine.until(made["id"], lambda told: "50%" in told["logs"])
        shutil.rmtree(tiny.jobs[0].folder)
        told = await engine.ended(made["id"])
    assert (told["status"], told["error"]) == ("failed", "The render was stopped.")


async def test_leftovers_of_nobody_are_swept(tmp_path: Path) -> None:
    """A folder that no prediction speaks for goes when the server starts; results stay."""
    async with server(tmp_path) as engine:
        made = await engine.create()
        await engine.ended(made["id"])
    stray = tmp_path / "engine-outputs" / "stray"
    stray.mkdir()
    async with server(tmp_path) as engine:
        told = await engine.ended(made["id"])
        async with engine.session.get(told["output"]["audio"]) as response:
            assert response.status == 200
    assert [folder.name for folder in stray.parent.iterdir()] == [told["output"]["audio"].split("/")[-2]]


async def test_data_is_removed_after_the_hour(tmp_path: Path) -> None:
    """Input, output, logs and files go; the prediction itself stays."""
    late = timedelta(0)
    async with server(tmp_path, bounds=Bounds(purge_every_s=0.02), now=lambda: utc_now() + late) as engine:
        made = await engine.create()
        told = await engine.ended(made["id"])
        async with engine.session.get(told["output"]["audio"]) as response:
            assert response.status == 200
        late = timedelta(seconds=3_601)
        gone = await engine.until(made["id"], lambda told: told["data_removed"])
        assert (gone["status"], gone["input"], gone["output"], gone["logs"]) == ("succeeded", {}, None, "")
        await engine.until(made["id"], lambda _: not engine.engine.jobs[0].folder.exists())
        async with engine.session.get(told["output"]["audio"]) as response:
            assert response.status == 404
