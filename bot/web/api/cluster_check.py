"""Which workers of a cluster cannot play for this server, and why, in one sentence each."""

from __future__ import annotations

import importlib.metadata
from typing import Any

PACKAGE = "riffcord"


def unusable(client: Any) -> dict[str, str]:
    """The unusable workers by address; all are where the scheduler has no Riffcord to read requests with.

    ``client`` is a ``distributed.Client`` that blocks. It asks by the standard library, which all have.
    """
    versions: dict[str, Any] = client.get_versions()
    ours = {**versions["client"]["packages"], PACKAGE: importlib.metadata.version(PACKAGE)}
    answers: dict[str, Any] = client.run(importlib.metadata.version, PACKAGE, on_error="return")
    try:
        client.run_on_scheduler(importlib.metadata.version, PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        why = f"The scheduler has no Riffcord: install {PACKAGE} {ours[PACKAGE]} there."
        return dict.fromkeys(versions["workers"], why)
    found: dict[str, str] = {}
    for worker, told in versions["workers"].items():
        theirs = {**told["packages"], PACKAGE: answers.get(worker)}
        if (why := difference(ours, theirs)) is not None:
            found[worker] = f"The worker at {worker} cannot play for this server: {why}."
    return found


def difference(ours: dict[str, Any], theirs: dict[str, Any]) -> str | None:
    """What keeps a worker with these versions from playing for us; None when nothing does."""
    if not isinstance(theirs[PACKAGE], str):
        return f"it has no Riffcord, install {PACKAGE} {ours[PACKAGE]} there"
    wanted = {PACKAGE: ours[PACKAGE], "python": _minor(ours["python"]), "distributed": ours["distributed"]}
    has = {PACKAGE: theirs[PACKAGE], "python": _minor(theirs["python"]), "distributed": theirs["distributed"]}
    unlike = [
        f"{name} {has[name]} there is {wanted[name]} here" for name in wanted if has[name] != wanted[name]
    ]
    return " and ".join(unlike) or None


def _minor(version: str) -> str:
    """Pickles travel between patch releases of Python, not always further."""
    return ".".join(version.split(".")[:2])
