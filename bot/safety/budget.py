"""What looking through one order may cost, whatever its texts and the rules are: some steps, and some time.

Steps are counted, so that what is decided does not depend on how busy the machine is.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

WORD_STEPS: Final = 150_000
"""Characters read and letters compared, a microsecond or two each: many times what a song takes."""
PATTERNS_S: Final = 0.4
"""All patterns on all texts of an order."""


class Overrun(Exception):
    """Nothing is left: nobody can say whether a rule is met."""


@dataclass(slots=True)
class Budget:
    """What is left for an order."""

    steps: int = WORD_STEPS
    patterns_s: float = PATTERNS_S

    def spend(self, steps: int) -> None:
        """Take steps. Raises ``Overrun`` where they are more than there are left."""
        self.steps -= steps
        if self.steps < 0:
            raise Overrun

    @contextmanager
    def timed(self) -> Generator[float]:
        """Take the seconds that something takes, told how many are left. Raises ``TimeoutError`` at none."""
        if self.patterns_s <= 0:
            raise TimeoutError
        begun = time.monotonic()
        try:
            yield self.patterns_s
        finally:
            self.patterns_s -= time.monotonic() - begun
