"""What every test shares: a clean environment, Discord's schema for every request, and its limits."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import simcord
import structlog
from simcord.backend.errors import BackendError
from simcord.http import router

from tests import discord_schema, exercised

pytest_plugins = ("tests.store.databases", "tests.workers")

UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024
"""Discord, "Uploading Files": 10 MiB a file where the server has no boosts. simcord has no limit."""

_SETTLE_IDLE_S = 0.002
_IN_MEMORY = Path("/dev") / "shm"
_WANTED_BYTES = 4 * 1024**3  # a whole run has some hundred megabytes at a time
_KEPT_VARIABLES = {discord_schema.ENVIRONMENT}
_OWN_PREFIXES = (
    "BLOBS_",
    "CHAINHUB_",
    "COG_",
    "DASK_",
    "DATABASE_",
    "DEFAULT_HOST",
    "DISCORD_",
    "ENGINE_",
    "HOST_",
    "JOBS_",
    "KEYRING_",
    "KKIAI_",
    "LOG_",
    "PUBLIC_URL",
    "REPLICATE_",
    "RIFFCORD_",
    "RIFFUSION_",
    "ROOM_",
    "SHARD_",
    "WEB_",
)


def pytest_configure() -> None:
    """Temporary files lie in memory, simcord sees sooner that its bot is idle, hypothesis has no clock."""
    gc.disable()
    _write_to_memory()
    _settle_soon()
    _log_plainly()
    hypothesis.settings.register_profile("no clock", deadline=None)  # other processes may have the core
    hypothesis.settings.load_profile("no clock")


def pytest_collection_finish() -> None:
    """All modules and tests stay: the collector need not look at them while they come, nor ever again."""
    gc.freeze()
    gc.enable()


def _write_to_memory() -> None:
    """Each commit waits some milliseconds for a disk: half of a run was spent so. Little memory: the disk."""
    if _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free >= _WANTED_BYTES:
        os.environ["TMPDIR"] = str(_IN_MEMORY)
        tempfile.tempdir = None  # looked up again


def _log_plainly() -> None:
    """As the bot does: otherwise structlog draws each error in a frame, which takes half a second."""
    *before, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, plain])


def _settle_soon() -> None:
    """simcord polls every 50 ms whether a bot is idle; bots in tests are idle much sooner."""
    settle: Any = simcord.Env._settle_internal  # pyright: ignore[reportPrivateUsage]

    async def settle_fast(env: simcord.Env, **options: Any) -> None:
        await settle(env, **{"idle": _SETTLE_IDLE_S, **options})

    simcord.Env._settle_internal = settle_fast  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much was compared with Discord's schema, or that nothing was, and what no test did."""
    terminalreporter.write_line(discord_schema.summary())
    if exercised.book.declared:
        for line in exercised.book.table():
            terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine or of a shell reaches a test."""
    for name in os.environ:
        if name.startswith(_OWN_PREFIXES) and name not in _KEPT_VARIABLES:
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def discord_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every REST request of a bot inside simcord conforms to Discord's schema and stays under its limit."""
    problems: list[str] = []
    dispatch = router.dispatch

    def checked(
        backend: Any,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: dict[str, Any] | None = None,
        files: list[Any] | None = None,
        **rest: Any,
    ) -> Any:
        problems.extend(discord_schema.check(method, path, json, params))
        if any(_size_bytes(file) > UPLOAD_LIMIT_BYTES for file in files or ()):
            raise BackendError(413, 40005, "Request entity too large")
        return dispatch(backend, method, path, json=json, params=params, files=files, **rest)

    monkeypatch.setattr(router, "dispatch", checked)
    yield problems
    _fail_on(problems)


def _size_bytes(file: Any) -> int:
    position = file.fp.tell()
    end = file.fp.seek(0, os.SEEK_END)
    file.fp.seek(position)
    return end - position


def _fail_on(problems: Sequence[str]) -> None:
    assert not problems, "not as Discord's API document says:\n" + "\n".join(problems)
