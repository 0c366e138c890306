"""The address at which a host tells about a job: unguessable, and checkable without a look at the store."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

SECRET_KEY = "hook_secret"  # noqa: S105  the name under which it is kept, not the secret
"""Where ``meta`` keeps the instance's secret."""
_MAC_BYTES = 16


def new_secret() -> str:
    """A secret for a new instance."""
    return secrets.token_hex(32)


def mac(secret: str, job_id: str, attempt: int) -> str:
    """HMAC-SHA256 over job and attempt, cut to 128 bits (RFC 2104 allows half), as base64url."""
    digest = hmac.digest(secret.encode(), f"hook/{job_id}/{attempt}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_MAC_BYTES]).rstrip(b"=").decode()


def path(secret: str, job_id: str, attempt: int) -> str:
    """``/hooks/<job>/<attempt>/<mac>``."""
    return f"/hooks/{job_id}/{attempt}/{mac(secret, job_id, attempt)}"


def is_ours(secret: str, job_id: str, attempt: str, claimed: str) -> bool:
    """Whether the parts of a path that somebody called were made by :func:`path`. Never raises."""
    if not attempt.isascii() or not attempt.isdecimal() or len(attempt) > 6:
        return False
    return hmac.compare_digest(mac(secret, job_id, int(attempt)).encode(), claimed.encode(errors="replace"))
