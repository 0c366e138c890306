"""A host that plays every documented behaviour and fault by name, on a real socket."""

from tests.peers.standin.behaviours import BEHAVIOURS, REFUSALS
from tests.peers.standin.endings import ENDINGS
from tests.peers.standin.host import TOKEN, Dialect, Point, StandIn, standin
from tests.peers.standin.songs import FEEDS

__all__ = [
    "BEHAVIOURS",
    "ENDINGS",
    "FEEDS",
    "REFUSALS",
    "TOKEN",
    "Dialect",
    "Point",
    "StandIn",
    "standin",
]
