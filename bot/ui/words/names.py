"""What commands, their options and the entries of message menus are called.

English names are those that the code gives: discord.py looks commands up by them. A name of a command is
``name.<command>``, with a dot for each step down; an option is called the same in every command.
"""

from __future__ import annotations

from typing import Final

_COMMANDS: Final = ("riff", "jobs", "jobs.list", "jobs.show", "jobs.cancel", "morph", "morph.cover")

_OPTIONS: Final = (
    "alpha",
    "denoising",
    "job",
    "length_s",
    "prompt",
    "prompt_b",
    "seed",
    "seed_image",
    "steps",
    "strength",
    "tags",
    "take",
)

SENTENCES: Final[dict[str, str]] = {
    **{f"name.{path}": path.rpartition(".")[2] for path in _COMMANDS},
    **{f"option.{name}": name for name in _OPTIONS},
}
