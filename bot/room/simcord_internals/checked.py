"""Which simcord this is written for, and whether it is that one."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from importlib.metadata import version

VERSION = "3.2.1"

_USED: Mapping[str, tuple[str, ...]] = {
    "simcord._clock": ("Clock.advance",),
    "simcord._modal": ("_submit_modal",),
    "simcord.actors": (
        "MemberActor.context_menu.__wrapped__",
        "MemberActor.delete.__wrapped__",
        "MemberActor.send.__wrapped__",
        "_autocomplete_result",
        "_component_click",
        "_component_select",
        "_slash",
    ),
    "simcord.backend": (
        "Backend.announce_channel_update",
        "Backend.edit_guild",
        "Backend.get_dm_channel",
        "Backend.interaction_by_token",
        "Backend.new_interaction",
        "Backend.set_overwrite",
        "Backend.visible_commands",
    ),
    "simcord.backend.serializers": ("channel_payload", "guild_create_payload", "message_payload"),
    "simcord.builders": ("UserHandle.send_dm.__wrapped__",),
    "simcord.env": ("Env._notify_dispatch_observers", "Env._settle_internal"),
    "simcord.http.router": ("RouteNotImplemented", "UnsupportedField", "dispatch"),
    "simcord.interactions": ("base_payload",),
    "simcord.intents": ("censor_message", "prune_guild_create", "required_intent"),
    "simcord.preview": (
        "Preview._action",
        "Preview._active_document",
        "Preview._advance_presentation_time",
        "Preview._authorized_asset",
        "Preview._close_page",
        "Preview._get_page",
        "Preview._initial_target",
        "Preview._open_page",
        "Preview._page_payload",
        "Preview._prepare_action",
        "Preview._publish",
        "Preview._publish_message_pages",
        "Preview._reject",
        "Preview._run_interaction_action",
        "Preview._target_id",
        "Preview._target_message",
        "Preview._viewer",
    ),
    "simcord.preview._assets": ("hashlib",),
    "simcord.preview._component_projection": ("markdown_tokens",),
    "simcord.preview._markdown": ("_FIELD_POLICIES", "markdown_tokens"),
    "simcord.preview._messages": ("_markdown_context", "_message_texts", "markdown_tokens"),
    "simcord.preview._pages": ("hashlib",),
    "simcord.preview._queries": ("markdown_tokens",),
    "simcord.preview._server": (
        "PreviewServer._SECURITY_HEADERS",
        "PreviewServer._STATIC_FILES",
        "PreviewServer._allowed_hosts",
        "PreviewServer._asset",
        "PreviewServer._authorized",
        "PreviewServer._commands",
        "PreviewServer._pages",
        "PreviewServer._state",
        "PreviewServer._static",
    ),
    "simcord.preview._snapshot": ("_message_navigation", "markdown_tokens"),
}


class OutdatedSimcord(Exception):
    """The installed simcord is not the one this file was written for; ``problem`` says what differs."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def check() -> None:
    """Compare the installed simcord with what is used here.

    Raises ``OutdatedSimcord`` with one clear line when the version differs or a private name is gone.
    """
    installed = version("simcord")
    if installed != VERSION:
        raise OutdatedSimcord(f"simcord {installed} is installed, but the room is written for {VERSION}")
    for module, paths in _USED.items():
        for path in paths:
            found: object = importlib.import_module(module)
            for part in path.split("."):
                found = getattr(found, part, None)
            if found is None:
                raise OutdatedSimcord(f"simcord {installed} has no {module}.{path}")
