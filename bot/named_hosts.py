"""Hosts that an instance's owner adds by name: ``HOST_<NAME>_DIALECT``, ``_BASE_URL``, ``_API_KEY``.

Whatever is wrong with them stops the start with one line that names the variable, never its value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr

from bot.errors import ExitCode, StartupError

Dialect = Literal["predictions", "aggregator", "cog", "songs"]

DIALECTS: Final[tuple[str, ...]] = get_args(Dialect)
KNOWN: Final = ("engine", "replicate", "kkiai", "chainhub", "cog", "riffusion")
"""Names that have settings of their own."""

_VARIABLE = re.compile(r"HOST_([A-Z0-9][A-Z0-9_]*?)_(DIALECT|BASE_URL|API_KEY|MODEL|WEBHOOK_TOKEN)", re.I)
_NEEDED = ("DIALECT", "BASE_URL")
_MODEL = re.compile(r"[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*")


class NamedHost(BaseModel):
    """One host as configured."""

    model_config = ConfigDict(frozen=True)

    name: str
    dialect: Dialect
    base_url: str
    api_key: SecretStr | None = None
    model: str | None = None
    """Which one plays riffs, where that is not ``riffusion/riffusion``, or that a songs host is ours."""
    webhook_token: SecretStr | None = None
    """What a container sends along as its bearer token; Cog only."""


def http_address(value: str) -> str:
    """An http(s) address without a trailing slash. Raises ``ValueError``, which never tells the address.

    A name and password have no place in it: addresses are logged and told, keys have settings of their own.
    """
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an http or https address")
    if "@" in parts.netloc:
        raise ValueError("must not hold a name or password")
    _ = parts.port  # a ValueError where it is none
    return value.rstrip("/")


def secret_names(environment: Mapping[str, str]) -> list[str]:
    """The variables that hold keys of named hosts."""
    found = ((name, _VARIABLE.fullmatch(name)) for name in environment)
    return [name for name, match in found if match and match[2].upper() in ("API_KEY", "WEBHOOK_TOKEN")]


def is_of_a_host(variable: str) -> bool:
    """Whether a variable is one of those that set up a named host."""
    return _VARIABLE.fullmatch(variable) is not None


def named_hosts(environment: Mapping[str, str]) -> tuple[NamedHost, ...]:
    """Every host that the variables name, by name.

    Raises:
        StartupError: ``host_half_configured``, ``host_name_taken`` or ``bad_settings``.
    """
    told: dict[str, dict[str, str]] = {}
    for variable, value in environment.items():
        if match := _VARIABLE.fullmatch(variable):
            told.setdefault(match[1].upper(), {})[match[2].upper()] = value.strip()
    return tuple(_host(name, told[name]) for name in sorted(told))


def _host(name: str, told: Mapping[str, str]) -> NamedHost:
    if name.lower() in KNOWN:
        raise StartupError("host_name_taken", ExitCode.BAD_SETTINGS, host=name.lower(), prefix=f"HOST_{name}")
    for needed in _NEEDED:
        if needed not in told:
            raise half_configured(name.lower(), f"HOST_{name}_{needed}")
    dialect = told["DIALECT"].lower()
    model = told.get("MODEL")
    try:
        base_url = http_address(told["BASE_URL"])
    except ValueError:
        raise _bad(name, "BASE_URL") from None
    if model is not None and not _MODEL.fullmatch(model):
        raise _bad(name, "MODEL")
    for each in get_args(Dialect):
        if each == dialect:
            return NamedHost(
                name=name.lower(),
                dialect=each,
                base_url=base_url,
                api_key=_secret(told.get("API_KEY")),
                model=model,
                webhook_token=_secret(told.get("WEBHOOK_TOKEN")),
            )
    raise StartupError(
        "unknown_dialect",
        ExitCode.BAD_SETTINGS,
        name=f"HOST_{name}_DIALECT",
        choices=", ".join(DIALECTS),
    )


def half_configured(host: str, missing: str) -> StartupError:
    """The error of a host that lacks a setting."""
    return StartupError("host_half_configured", ExitCode.BAD_SETTINGS, host=host, missing=missing)


def _bad(name: str, what: str) -> StartupError:
    return StartupError("bad_settings", ExitCode.BAD_SETTINGS, names=f"HOST_{name}_{what}")


def _secret(value: str | None) -> SecretStr | None:
    return None if value is None else SecretStr(value)
