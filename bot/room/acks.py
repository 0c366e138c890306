"""When each interaction was sent to the bot and when the bot answered it."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field

KEPT = 5_000


@dataclass(slots=True)
class Acknowledgement:
    """One interaction's way: dispatched now, answered maybe later. Times are monotonic seconds."""

    interaction_id: int
    dispatched_s: float = field(default_factory=time.perf_counter)
    answered_s: float | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def latency_ms(self) -> float | None:
        """Milliseconds from dispatch to the bot's callback; None while unanswered."""
        if self.answered_s is None:
            return None
        return (self.answered_s - self.dispatched_s) * 1000


class AckBook:
    """The newest interactions and their acknowledgements."""

    def __init__(self) -> None:
        self._acks: OrderedDict[int, Acknowledgement] = OrderedDict()

    def __iter__(self):
        return iter(self._acks.values())

    def get(self, interaction_id: int) -> Acknowledgement | None:
        """What is known of one interaction."""
        return self._acks.get(interaction_id)

    def dispatched(self, interaction_id: int) -> Acknowledgement:
        """Note that an interaction is going out to the bot now."""
        ack = self._acks[interaction_id] = Acknowledgement(interaction_id)
        while len(self._acks) > KEPT:
            self._acks.popitem(last=False)
        return ack

    def answered(self, interaction_id: int) -> None:
        """Note that the bot's callback was received and accepted."""
        ack = self._acks.get(interaction_id)
        if ack is not None and ack.answered_s is None:
            ack.answered_s = time.perf_counter()
            ack.answered.set()

    async def wait(self, interaction_id: int, limit_s: float) -> bool:
        """Wait for the bot's answer, at most ``limit_s`` seconds. True when it came."""
        ack = self._acks.get(interaction_id)
        if ack is None:
            return False
        try:
            async with asyncio.timeout(limit_s):
                await ack.answered.wait()
        except TimeoutError:
            return False
        return True
