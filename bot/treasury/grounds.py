"""What telling, moving and deciding stand on."""

from __future__ import annotations

from bot.jobs.clock import Clock
from bot.library.choices import Choices
from bot.money.allowance import Allowance
from bot.store.db import Database


class Grounds:
    """The books and settings of all servers, the time, and what whoever runs the bot lets a server have."""

    def __init__(self, database: Database, choices: Choices, clock: Clock, allowance: Allowance) -> None:
        self._database = database
        self._choices = choices
        self._clock = clock
        self._allowance = allowance
