"""How long a sentence may be: each kind of key knows the place on Discord where it is shown.

The limits are Discord's: "Application Commands", "Component Reference" and "Message: Embed Limits" of its
documentation. Whoever names a key like its neighbours gets the right one without doing anything.
"""

from __future__ import annotations

import re
from typing import Final

NAME_MAX: Final = 32
NAME: Final = re.compile(r"[-_'\w]{1,32}")
"""Names of commands and options: letters and numbers of any script, in lower case."""

_LIMITS: Final = tuple(
    (re.compile(pattern), limit)
    for pattern, limit in (
        (r"(name|option|menu)\..*", NAME_MAX),
        (r"(command|seed_image|choice|select)\..*", 100),
        (r".*\.choice", 100),
        (r"button\.strange", 2_000),
        (r"button\..*", 80),
        (r"modal\..*\.placeholder", 100),
        (r".*\.placeholder", 150),
        (r"modal\.[^.]*|modal\..*\.(title|label)", 45),
        (r"modal\..*\.(description|help)", 100),
        (r"presence", 128),
        (r"(recipe|story)\.[^.]*", 256),
        (r".*\.title", 256),
    )
)
_TEXT_MAX: Final = 2_000
"""Of a message, the shortest of the places for whole sentences."""


def limit_of(key: str) -> int:
    """The most UTF-16 units that the sentence may have, its placeholders counted as they stand."""
    return next((limit for pattern, limit in _LIMITS if pattern.fullmatch(key)), _TEXT_MAX)
