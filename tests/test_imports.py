"""Every module can be the first one imported: none needs another in a circle, save within a package."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

from tests.test_layers import MODULES, ROOT, within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def dotted(path: Path) -> str:
    """The module name of a file of this checkout."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


BY_NAME = {dotted(path): path for path in MODULES}
IMPORTED = {name for name in BY_NAME if not name.endswith("__main__") and "migrations" not in name}


def run_at_import(module: ast.Module) -> Iterator[ast.AST]:
    """What runs while a module is imported: neither functions nor what type checkers read."""
    waiting: list[ast.AST] = list(module.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting.extend(node.orelse)
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


@cache
def named_in(name: str) -> frozenset[str]:
    """What a module imports while it is imported: modules, and what is taken from them."""
    found: set[str] = set()
    for node in run_at_import(ast.parse(BY_NAME[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def directly_below(name: str) -> frozenset[str]:
    """What of our own a module imports while it is imported, with the packages that it lies in."""
    around = {name[: place.start()] for place in re.finditer(r"\.", name)}
    return frozenset(BY_NAME) & ((named_in(name) | around) - {name})


@cache
def all_below(name: str) -> frozenset[str]:
    """What of our own is loaded once a module is; the module itself only where something there needs it."""
    found: set[str] = set()
    waiting = set(directly_below(name))
    while waiting:
        found |= waiting
        waiting = {other for each in waiting for other in directly_below(each)} - found
    return frozenset(found)


def circles() -> set[frozenset[str]]:
    """The groups of modules of which each needs each."""
    return {
        frozenset(other for other in all_below(name) if name in all_below(other))
        for name in BY_NAME
        if name in all_below(name)
    }


def door(circle: frozenset[str]) -> str:
    """The module of a circle that is loaded first, if it is a package around the rest."""
    return min(circle, key=len)


def test_modules_need_each_other_only_within_a_package() -> None:
    """A circle of imports has one way in: Python loads the package above a module before the module.

    So whichever of the circle is imported first, the same happens, and outside of circles no order matters.
    """
    astray = {
        door(circle): sorted(each for each in circle if not within(each, door(circle)))
        for circle in circles()
    }
    assert {name: others for name, others in astray.items() if others} == {}


def foreign() -> set[str]:
    """What may be a library: all that is not ours, with what is taken from modules."""
    named = set[str]().union(*(named_in(name) for name in IMPORTED))
    return {name for name in named if not any(within(name, own) for own in ("bot", "cogs"))}


IMPORT_EACH_ALONE = """
import contextlib, importlib, os, sys, warnings

warnings.simplefilter("ignore")
for name in sys.stdin.readline().split():
    with contextlib.suppress(ImportError):  # where ours needs it, it fails
        importlib.import_module(name)
assert not {"bot", "cogs"} & set(sys.modules)
failed = 0
for name in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module(name)
        except BaseException as error:
            print(name, repr(error), flush=True)
            os._exit(1)
        os._exit(0)
    failed |= os.waitpid(child, 0)[1]
for name in sys.stdin.read().split():
    importlib.import_module(name)
sys.exit(failed != 0)
"""


def test_each_way_in_opens_and_every_module_is_there() -> None:
    """Each package that is a circle's way in loads by itself, and after that every other module does.

    By itself as far as we go: the libraries, which know nothing of us, are there once for all.
    """
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EACH_ALONE, *sorted(map(door, circles()))],
        cwd=ROOT,
        input=" ".join(sorted(foreign())) + "\n" + " ".join(sorted(IMPORTED)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
