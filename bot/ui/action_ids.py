"""How the ids of our buttons and menus are made: ``<version>:<action>:<take or job>[:<more>]``."""

from __future__ import annotations

from typing import Final

_SUBJECT: Final = r"[a-z0-9]{1,32}"
MORE: Final = r"[A-Za-z0-9_.,-]{0,40}"
"""A pattern of what can stand at the end."""


def pattern_of(version: str, action: str) -> str:
    """A pattern of ids; ``version`` and ``action`` are patterns."""
    return rf"(?P<version>{version}):(?P<action>{action}):(?P<subject>{_SUBJECT})(?::(?P<more>{MORE}))?"
