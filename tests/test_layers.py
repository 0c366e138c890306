"""Who sees whom, and what the bot process may load: the house's walls, held by a test."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/**/*.py")])

HEAVY = {"numpy", "soundfile", "PIL", "av", "pydub", "lameenc", "alembic"}
NEVER_IN_ENGINE = {"scipy", "librosa", "numba", "torch"}

FORBIDDEN: dict[str, tuple[str, ...]] = {
    "bot/engine": ("bot.", "cogs", "discord", "aiohttp"),
    "bot/money": ("bot.store", "bot.providers", "bot.ui", "bot.web", "bot.room", "sqlalchemy"),
    "bot/safety": ("bot.store", "bot.providers", "bot.ui", "bot.web", "bot.room", "sqlalchemy"),
    "bot/providers": ("bot.store", "bot.ui", "bot.web", "bot.room"),
    "bot/store": ("bot.providers", "bot.ui", "bot.web", "bot.room"),
    "bot/ui": ("bot.store", "bot.providers", "bot.web", "bot.room"),
    "bot/keys": ("bot.providers", "bot.ui", "bot.web", "bot.room", "bot.audio", "bot.engine"),
    "bot/treasury": ("bot.providers", "bot.ui", "bot.web", "bot.room", "bot.audio", "bot.engine"),
    "bot/moderation": ("bot.providers", "bot.ui", "bot.web", "bot.room", "bot.audio", "bot.engine"),
    "bot/library": ("bot.providers", "bot.ui", "bot.web", "bot.room", "bot.audio", "bot.engine"),
    "bot/jobs": ("bot.providers", "bot.ui", "bot.web", "bot.room", "bot.audio", "bot.engine"),
}
"""Room -> prefixes of modules that it must not import (its own room excepted)."""

ONLY_IN: dict[str, tuple[str, ...]] = {
    "discord": ("bot/ui", "cogs", "bot/room", "bot/client.py"),
    "aiohttp.web": ("bot/web", "bot/room"),
    "alembic": ("bot/store/migrate.py", "bot/store/migrations"),
    "cogs": ("cogs", "bot/client.py", "bot/app.py"),
}
"""Module -> the only places that import it."""


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Every module that the file imports, at any depth, as dotted names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def within(name: str, prefix: str) -> bool:
    """Whether a dotted name is the module ``prefix`` or lies in it."""
    return name == prefix or name.startswith(prefix if prefix.endswith(".") else prefix + ".")


@pytest.mark.parametrize("room", sorted(FORBIDDEN))
def test_a_room_does_not_see_what_it_must_not(room: str) -> None:
    """Each room imports only what the drawing allows it."""
    own = room.replace("/", ".")
    seen = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in MODULES
        if path.relative_to(ROOT).as_posix().startswith(room + "/")
        for name in sorted(imports_of(path))
        if not within(name, own) and any(within(name, banned) for banned in FORBIDDEN[room])
    ]
    assert seen == []


@pytest.mark.parametrize("module", sorted(ONLY_IN))
def test_a_library_is_met_in_its_own_place_only(module: str) -> None:
    """discord, aiohttp.web, alembic and cogs are imported where the drawing puts them."""
    seen = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if any(within(name, module) for name in imports_of(path))
        and not path.relative_to(ROOT).as_posix().startswith(ONLY_IN[module])
    ]
    assert seen == []


def loaded_by(statement: str) -> set[str]:
    """Top-level modules in a fresh interpreter after running the statement."""
    code = f"import sys\n{statement}\nprint(' '.join({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_bot_process_stays_light() -> None:
    """Audio libraries and Alembic are never loaded by the process that holds the gateway."""
    assert loaded_by("import bot.app, bot.client, cogs.riff, cogs.jobs, cogs.morph") & HEAVY == set()


def test_the_engine_needs_no_heavy_science() -> None:
    """The engine imports numpy, Pillow and soundfile, and none of the slow ones."""
    assert loaded_by("import bot.engine") & NEVER_IN_ENGINE == set()


def test_every_form_is_one_that_can_come_too_late() -> None:
    """Whatever is filled in is given back after a restart: only ``Form`` knows which forms are waited for."""
    plain = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in MODULES
        if "Modal" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
        and node.name != "Form"
        and any(ast.unparse(base).split("[")[0].endswith("Modal") for base in node.bases)
    ]
    assert not plain
