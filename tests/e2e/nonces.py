"""What simcord leaves out of Discord: ``enforce_nonce``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def honouring_nonces(dispatch: Callable[..., Any]) -> Callable[..., Any]:
    """``dispatch``, answering a repeated nonce of a channel with the message that was sent first.

    Discord, "Create Message": with ``enforce_nonce`` a message of the same author with the same nonce from
    the past few minutes is returned, and none is created.
    """
    sent: dict[tuple[str, str], Any] = {}

    def checked(backend: Any, method: str, path: str, *, json: Any = None, **rest: Any) -> Any:
        nonce: Any = json.get("nonce") if hasattr(json, "get") else None
        if method != "POST" or nonce is None:
            return dispatch(backend, method, path, json=json, **rest)
        assert json["enforce_nonce"] is True
        assert len(str(nonce)) <= 25
        key = (path, str(nonce))
        if key not in sent:
            sent[key] = dispatch(backend, method, path, json=json, **rest)
        return sent[key]

    return checked
