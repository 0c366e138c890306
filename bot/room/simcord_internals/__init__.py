"""The only folder that touches simcord's private parts.

simcord 3.2.1 gives a simulated Discord (a backend, REST routes, a preview page) for tests that run in one
process. The room needs its parts apart: the backend behind real sockets, and a page that lives for hours.
Those parts are private, so the version is pinned exactly and :func:`check` compares what is used here with
what is installed, before anything else happens.
"""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false

from __future__ import annotations

from simcord import intents
from simcord.actors import MemberActor
from simcord.backend import serializers
from simcord.backend.errors import BackendError, SetupError
from simcord.backend.models import Interaction, Message
from simcord.builders import ChannelHandle, RoleHandle, UserHandle
from simcord.http import client, router

from bot.room.simcord_internals.backend import RoomBackend
from bot.room.simcord_internals.changes import install
from bot.room.simcord_internals.checked import OutdatedSimcord, check
from bot.room.simcord_internals.env import ACKNOWLEDGE_WITHIN_S, Actor, RoomEnv, waiting_for_ack
from bot.room.simcord_internals.languages import DEFAULT as DEFAULT_LOCALE
from bot.room.simcord_internals.preview import DIRECT, RoomPreview
from bot.room.simcord_internals.server import PAGE_SOURCES, PageServer

ActorRefusal = SetupError

__all__ = [
    "ACKNOWLEDGE_WITHIN_S",
    "DEFAULT_LOCALE",
    "DIRECT",
    "PAGE_SOURCES",
    "Actor",
    "ActorRefusal",
    "BackendError",
    "ChannelHandle",
    "Interaction",
    "MemberActor",
    "Message",
    "OutdatedSimcord",
    "PageServer",
    "RoleHandle",
    "RoomBackend",
    "RoomEnv",
    "RoomPreview",
    "SetupError",
    "UserHandle",
    "check",
    "client",
    "install",
    "intents",
    "router",
    "serializers",
    "waiting_for_ack",
]
