"""Clients of music hosts, and the table of those that are configured."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping

from bot.errors import ExitCode, StartupError
from bot.protocol.predictions import ENGINE_MODEL, RIFFUSION_MODEL, RIFFUSION_VERSION
from bot.providers.predictions import PredictionsHost
from bot.providers.webhooks import Verifier
from bot.settings import Settings

__all__ = ["PredictionsHost", "Verifier", "hosts_from"]


def _engine(settings: Settings) -> PredictionsHost | None:
    url = settings.engine_url
    if url is None and settings.engine_port:
        url = f"http://127.0.0.1:{settings.engine_port}"
    if url is None:
        return None
    tokens = settings.engine_tokens.get_secret_value() if settings.engine_tokens else ""
    first_token = tokens.partition(",")[0].strip() or None
    return PredictionsHost(
        name="engine", base_url=f"{url}/v1", token=first_token, model=ENGINE_MODEL, version=None, local=True
    )


def _replicate(settings: Settings) -> PredictionsHost | None:
    if settings.replicate_api_token is None:
        return None
    return PredictionsHost(
        name="replicate",
        base_url=settings.replicate_base_url,
        token=settings.replicate_api_token.get_secret_value(),
        model=RIFFUSION_MODEL,
        version=RIFFUSION_VERSION,
        local=False,
    )


_KNOWN = {"engine": (_engine, "ENGINE_URL"), "replicate": (_replicate, "REPLICATE_API_TOKEN")}
"""Name -> how it is made of the settings, and which setting turns it on."""


@contextlib.asynccontextmanager
async def hosts_from(settings: Settings) -> AsyncGenerator[Mapping[str, PredictionsHost]]:
    """Every host that the settings configure, by name; closed at the end of the block.

    Raises:
        StartupError: ``DEFAULT_HOST`` names no known host, or one that is not configured.
    """
    made = {name: make(settings) for name, (make, _) in _KNOWN.items()}
    hosts = {name: host for name, host in made.items() if host is not None}
    wanted = settings.default_host
    if wanted not in _KNOWN:
        raise StartupError("unknown_host", ExitCode.BAD_SETTINGS, host=wanted, choices=", ".join(_KNOWN))
    if wanted not in hosts:
        raise StartupError("host_not_configured", ExitCode.BAD_SETTINGS, host=wanted, name=_KNOWN[wanted][1])
    try:
        yield hosts
    finally:
        for host in hosts.values():
            await host.close()
