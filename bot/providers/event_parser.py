"""Server-sent events as they come off the wire: https://html.spec.whatwg.org/multipage/server-sent-events.html.

Our own, because what there is for aiohttp strips spaces, drops ids or has been left alone for years.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

MOST_EVENT_CHARACTERS = 2**20

_LINE_END = re.compile(r"\r\n|\n|\r")


class EndlessEvent(Exception):
    """An event that is longer than any that makes sense."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``id`` is the newest that was told, as a reconnection has to repeat it."""

    name: str
    data: str
    id: str


class EventParser:
    """Takes bytes in any pieces, gives whole events. Nothing that comes in raises, but what has no end."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._rest: list[str] = []
        """Of a line without its end: pieces, as long lines may come in very many of them."""
        self._rest_size = 0
        self._after_return = False
        self._name = ""
        self._data: list[str] = []
        self._size = 0
        self.last_id = ""
        self.retry_s: float | None = None
        """How long the server wants us to wait before a reconnection, where it said so."""

    def resumed(self) -> EventParser:
        """A parser for the next connection, which knows where this one was."""
        parser = EventParser()
        parser.last_id, parser.retry_s = self.last_id, self.retry_s
        return parser

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that end within ``chunk``.

        Raises:
            EndlessEvent: one grows past :data:`MOST_EVENT_CHARACTERS`.
        """
        new = self._decoder.decode(chunk)
        if new:
            if self._after_return:
                new = new.removeprefix("\n")  # the second half of a line's end
            self._after_return = new.endswith("\r")
        events: list[Event] = []
        begin = 0
        for found in _LINE_END.finditer(new):
            self._rest.append(new[begin : found.start()])
            event = self._line("".join(self._rest))
            begin = found.end()
            self._rest, self._rest_size = [], 0
            if event is not None:
                events.append(event)
        if begin < len(new):
            self._rest.append(new[begin:])
            self._rest_size += len(new) - begin
        if self._size + self._rest_size > MOST_EVENT_CHARACTERS:
            raise EndlessEvent
        return events

    def _line(self, line: str) -> Event | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
                self._size += len(value) + 16  # many empty lines take room, too
            case "event":
                self._name = value
            case "id" if "\0" not in value:
                self.last_id = value
            case "retry" if value.isascii() and value.isdigit():
                self.retry_s = int(value[:9]) / 1_000
            case _:  # a comment (an empty name), or a field of the future
                pass
        return None

    def _dispatch(self) -> Event | None:
        name, data = self._name, self._data
        self._name, self._data, self._size = "", [], 0
        return Event(name or "message", "\n".join(data), self.last_id) if data else None
