"""The language of everybody's Discord in a test, and the one that the server prefers."""

from __future__ import annotations

from typing import Any

import pytest
from simcord import interactions


def speak(monkeypatch: pytest.MonkeyPatch, locale: str, guild_locale: str = "en-US") -> None:
    """From here on every interaction comes from a client in ``locale``; simcord's are always American."""
    make = interactions.base_payload

    def spoken(*args: Any, **facts: Any) -> tuple[Any, dict[str, Any]]:
        record, payload = make(*args, **facts)
        payload["locale"] = locale
        if "guild_locale" in payload:
            payload["guild_locale"] = guild_locale
        return record, payload

    monkeypatch.setattr(interactions, "base_payload", spoken)
