"""What commands, their options and the entries of message menus are called.

English names are those that the code gives: discord.py looks commands up by them. A name of a command is
``name.<command>``, with a dot for each step down; an option is called the same in every command.
"""

from __future__ import annotations

from typing import Final

_COMMANDS: Final = (
    *("riff", "song", "journey", "jobs", "jobs.list", "jobs.show", "jobs.cancel", "morph", "morph.cover"),
    *("library", "library.mine", "library.channel", "library.favourites", "library.search"),
    *("library.play", "library.rename", "library.delete", "library.export", "tree", "settings"),
    *("privacy", "privacy.about", "privacy.consent", "privacy.export", "privacy.delete", "help", "about"),
)

_OPTIONS: Final = (
    "alpha",
    "delivery",
    "denoising",
    "format",
    "host",
    "instrumental",
    "job",
    "key",
    "language",
    "length_s",
    "lyrics_file",
    "model",
    "picture",
    "preset",
    "preset_prompt",
    "prompt",
    "prompt_b",
    "remix",
    "seed",
    "seed_image",
    "steps",
    "strength",
    "style",
    "tags",
    "take",
    "tempo_from",
    "tempo_to",
    "title",
    "topic",
    "video",
    "voice",
    "what",
    "who",
    "words",
)

_PERMISSIONS: Final = (
    "Read Messages",
    "Send Messages",
    "Send Messages In Threads",
    "Embed Links",
    "Attach Files",
)
"""Those that the bot may lack, as discord.py names them and as Discord's settings do in other languages."""

SENTENCES: Final[dict[str, str]] = {
    **{f"permission.{name.lower().replace(' ', '_')}": name for name in _PERMISSIONS},
    **{f"name.{path}": path.rpartition(".")[2] for path in _COMMANDS},
    **{f"option.{name}": name for name in _OPTIONS},
}
