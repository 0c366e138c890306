"""What a cluster pool does when client or store fail in ways that nobody thought of."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="cluster: NOT RUN, the extra `cluster` is not installed")

from distributed.client import ClosedClientError

from bot.errors import StoreFailed
from bot.store.objects import ObjectStore
from bot.web.api import cluster as cluster_module
from bot.web.api.cluster import ClusterPool
from bot.web.api.cluster_work import ClusterJob, ClusterResult
from bot.web.api.pool import WorkerDied
from bot.web.api.render import Rendered, RenderJob
from bot.web.api.wanted import Wanted
from tests.cluster.support import until_slots

FILE = Path(__file__)
CONTENT = FILE.read_bytes()
"""What the renders make."""


class Shaky(ClusterPool):
    """Has two workers at the third look; the one before raises what no list of errors names."""

    def __init__(self, looks: Iterator[int]) -> None:
        self._looks = looks
        super().__init__("tcp://127.0.0.1:9")

    def _look(self) -> int:
        slots = next(self._looks)
        if not slots:
            raise KeyError("tcp://10.0.0.1:4000")
        return slots


async def test_an_unknown_error_does_not_end_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """No slots while it lasts, all of them afterwards; a listener that fails stops nothing either."""
    monkeypatch.setattr(cluster_module, "_LOOK_S", 0.001)
    pool = Shaky(iter([1, 0, 2, *[3] * 100_000]))
    seen: list[int] = []
    reached = asyncio.Event()

    def tell() -> None:
        seen.append(pool.slots)
        if pool.slots == 3:
            reached.set()
        raise KeyError(pool.slots)

    pool.on_change(tell)
    try:
        async with asyncio.timeout(60):
            await reached.wait()
    finally:
        await pool.stop()
    assert seen == [1, 0, 2, 3]


class FakeClient:
    """One worker, in a thread of this process."""

    def __init__(self, *_: object, **__: object) -> None:
        self._executor = ThreadPoolExecutor(1)

    def subscribe_topic(self, *_: object) -> None:
        """Nothing is told."""

    def register_plugin(self, *_: object) -> None:
        """Nothing needs to be warm."""

    def get_executor(self, **_: object) -> Executor:
        """The thread."""
        return self._executor

    def nthreads(self) -> dict[str, int]:
        """The one worker."""
        return {"tcp://127.0.0.1:1": 1}

    def close(self, *_: object) -> None:
        """End the thread."""
        self._executor.shutdown()


def _none_unusable(_client: FakeClient) -> dict[str, str]:
    return {}


async def _run(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    work: Callable[[ClusterJob], ClusterResult],
    client: type[FakeClient] = FakeClient,
) -> Rendered:
    """A render on the fake cluster, by way of a store in a folder."""
    monkeypatch.setattr(cluster_module, "Client", client)
    monkeypatch.setattr(cluster_module, "unusable", _none_unusable)
    monkeypatch.setattr(cluster_module, "render_there", work)
    pool = ClusterPool("tcp://127.0.0.1:9", blobs_url=(folder / "store").as_uri())
    home = folder / "home"
    home.mkdir()
    try:
        await until_slots(pool, 1)
        return await pool.run(RenderJob(folder=home, wanted=Wanted(kind="riff", specs=[], full=False)))
    finally:
        await pool.stop()


def _made(order: ClusterJob) -> ClusterResult:
    """What a worker does whose render takes no time."""
    store = ObjectStore(order.blobs_url or "")
    store.put(f"{order.run}/riff.wav", FILE)
    return ClusterResult(rendered=Rendered(output={}, predict_time_s=1.0), stored=["riff.wav"])


async def test_a_store_that_forgets_nothing_costs_no_render(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are home already when the store refuses to delete its own."""

    def refuse(_store: ObjectStore, names: list[str]) -> None:
        raise StoreFailed(f"not permitted: {names}")

    monkeypatch.setattr(ObjectStore, "delete", refuse)
    assert (await _run(tmp_path, monkeypatch, _made)).predict_time_s == 1.0
    assert (tmp_path / "home" / "riff.wav").read_bytes() == CONTENT


class ClosingClient(FakeClient):
    """Is closed by the time that it is asked."""

    def get_executor(self, **_: object) -> Any:
        """One that takes nothing."""
        return self

    def submit(self, *_: object) -> None:
        """Refuse everything."""
        raise ClosedClientError("it is closed")


def _closed(_order: ClusterJob) -> ClusterResult:
    raise ClosedClientError("while it was being waited for")


@pytest.mark.parametrize("when", ["asked", "waiting"])
async def test_a_closed_client_costs_an_attempt_not_the_render(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Whether it closes before it is asked or while it is waited for."""
    monkeypatch.setattr(cluster_module, "_LOOK_S", 0.01)
    client = ClosingClient if when == "asked" else FakeClient
    with pytest.raises(WorkerDied):
        await _run(tmp_path, monkeypatch, _closed, client)


async def test_a_lost_file_is_rendered_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the store does not have any more counts as a worker that was lost."""

    def lost(order: ClusterJob) -> ClusterResult:
        made = _made(order)
        ObjectStore(order.blobs_url or "").delete([f"{order.run}/riff.wav"])
        return made

    with pytest.raises(WorkerDied):
        await _run(tmp_path, monkeypatch, lost)


async def test_a_worker_without_its_store_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that a worker cannot write to counts as a lost one; the news travels as copies do."""

    def away(_order: ClusterJob) -> ClusterResult:
        raise copy.copy(StoreFailed("no route to it"))

    with pytest.raises(WorkerDied):
        await _run(tmp_path, monkeypatch, away)
