"""How the whole suite is shared out: three worker processes for two cores, since many tests wait for others.

A part of the suite (`pytest tests/store`) runs in one process, where a debugger works; `-n 2` and `-n 0`
overrule that. Every worker has its own session fixtures: a PostgreSQL server, a house, a Chromium.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xdist.scheduler import LoadScopeScheduling

from tests import discord_schema, exercised

if TYPE_CHECKING:
    import pytest
    from xdist.workermanage import WorkerController

WORKERS = 3
_BODIES = "discord_bodies"
_FACE = "face"
_LONG = (
    "tests/crash/test_campaign.py",  # has leases of seconds: beside others that mostly wait
    "tests/crash/test_kill.py",
    "tests/engine/acceptance/test_heard_from_outside.py",
    "tests/conformance/test_openapi.py",
    "tests/crash/",
    "tests/engine/test_genres.py",
    "tests/web/songs/test_whole.py",
    "tests/live/test_tree.py",
    "tests/engine/morphs/",
    "tests/engine/acceptance/test_blends_and_seeds.py",
    "tests/live/test_browser.py",
    "tests/engine/test_stems.py",
    "tests/providers/test_songs_server.py",
    "tests/room/test_typing.py",
    "tests/engine/test_fitting.py",
    "tests/engine/test_mix_songs.py",
    "tests/live/test_command_line.py",
    "tests/engine/acceptance/",
    "tests/web/api/test_real_engine.py",
    "tests/room/test_browser.py",
    "tests/engine/songs/",
    "tests/cluster/",
    "tests/engine/singing/",
    "tests/engine/",
    "tests/audio/",
    "tests/live/test_whole.py",  # looks at a clock: beside what needs one core only
)
"""What takes longest goes first, so that the end finds no worker without work; what mostly waits for other
processes beside what keeps a core busy, so that neither core is."""
_ALONE = ("tests/crash/test_campaign.py", "tests/live/test_tree.py", "tests/live/test_browser.py")


class ByFile(LoadScopeScheduling):
    """A file's tests stay together, since they share fixtures and renders; long ones that do not go alone."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(_ALONE) else nodeid.partition("::")[0]


def _place(item: pytest.Item) -> int:
    return next((place for place, start in enumerate(_LONG) if item.nodeid.startswith(start)), len(_LONG))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first; in all else as written."""
    items.sort(key=_place)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Three for the whole suite, none (this process) for a part of it."""
    return WORKERS if config.args == config.getini("testpaths") else 0


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Share out by file, in the order of collection."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand in, from a worker, what it checked; the main process fails where a whole run left a part out."""
    handed_in: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    book = exercised.book
    if handed_in is not None:
        handed_in[_BODIES] = discord_schema.tally.bodies
        handed_in[_FACE] = (sorted(book.declared), sorted(book.used))
    elif exercised.is_whole(session.config) and (book.unused or not book.declared):
        session.exitstatus = session.exitstatus or 1


def pytest_testnodedown(node: WorkerController) -> None:
    """Add, in the main process, what an ended worker checked; one that crashed handed in nothing."""
    handed_in: dict[str, Any] = getattr(node, "workeroutput", {})
    discord_schema.tally.bodies += handed_in.get(_BODIES, 0)
    exercised.book.add(*handed_in.get(_FACE, ((), ())))
