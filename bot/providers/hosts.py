"""Which hosts the settings configure, each with the client of its dialect."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.errors import ExitCode, StartupError
from bot.jobs.ports import Host
from bot.named_hosts import Dialect, NamedHost, half_configured
from bot.protocol.image_models import versions_of
from bot.protocol.predictions import ENGINE_MODEL, RIFFUSION_MODEL
from bot.providers.addresses import is_loopback_name, is_public
from bot.providers.aggregator import AggregatorHost
from bot.providers.cog import CogHost
from bot.providers.predictions import PredictionsHost
from bot.providers.songs import SongsHost
from bot.settings import Settings

_LOCAL_ENDINGS: Final = (".local", ".internal", ".lan", ".home.arpa", ".localhost")
"""Of names that the internet does not know (RFC 6762, 8375 and the usual ones)."""


_DIALECTS: Final[Mapping[type, Dialect]] = {
    AggregatorHost: "aggregator",  # before the one it is made of
    PredictionsHost: "predictions",
    CogHost: "cog",
    SongsHost: "songs",
}


def is_local(base_url: str) -> bool:
    """Whether an address, as it is written, lies on this machine or in its network; no name is looked up."""
    name = (urlsplit(base_url).hostname or "").lower().rstrip(".")
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return is_loopback_name(name) or "." not in name or name.endswith(_LOCAL_ENDINGS)
    return not is_public(name)


def _engine_url(settings: Settings) -> str | None:
    if settings.engine_url is None and settings.engine_port:
        return settings.engine_at(settings.engine_port)
    return settings.engine_url


def _engine(settings: Settings, deadline_s: float | None) -> Host | None:
    url = _engine_url(settings)
    if url is None:
        return None
    tokens = (_told(settings.engine_tokens) or "").split(",")
    first_token = next((token.strip() for token in tokens if token.strip()), None)
    return PredictionsHost(
        name="engine",
        base_url=f"{url}/v1",
        token=first_token,
        model=ENGINE_MODEL,
        version=None,
        local=is_local(url),
        cancel_after_s=None if deadline_s is None else int(deadline_s),
    )


@dataclass(frozen=True, slots=True)
class _Own:
    """A host with settings of its own: their names."""

    dialect: Dialect
    base_url: str
    key: str | None = None
    webhook_token: str | None = None


_OWN: Final[Mapping[str, _Own]] = {
    "replicate": _Own("predictions", "replicate_base_url", "replicate_api_token"),
    "kkiai": _Own("aggregator", "kkiai_base_url", "kkiai_api_key"),
    "chainhub": _Own("aggregator", "chainhub_base_url", "chainhub_api_key"),
    "cog": _Own("cog", "cog_base_url", webhook_token="cog_webhook_token"),  # noqa: S106  a setting's name
    "riffusion": _Own("songs", "riffusion_base_url", "riffusion_api_key"),
}
_TURNED_ON_BY: Final = {
    "engine": "ENGINE_URL",
    **{name: (own.key or own.base_url).upper() for name, own in _OWN.items()},
}


def _of_settings(name: str, own: _Own, settings: Settings) -> NamedHost | None:
    """The host as one with a name, None where neither key nor address is given."""
    key: SecretStr | None = None if own.key is None else getattr(settings, own.key)
    url: str | None = getattr(settings, own.base_url)
    by_own_keys = name in settings.hosts_of_own_keys
    if key is None and url == Settings.model_fields[own.base_url].default and not by_own_keys:
        return None
    if url is None:
        raise half_configured(name, own.base_url.upper())
    token: SecretStr | None = None if own.webhook_token is None else getattr(settings, own.webhook_token)
    return NamedHost(name=name, dialect=own.dialect, base_url=url, api_key=key, webhook_token=token)


def _made(host: NamedHost, settings: Settings) -> Host:
    url, local, key = host.base_url, is_local(host.base_url), _told(host.api_key)
    if key is None and host.dialect != "cog" and not local and host.name not in settings.hosts_of_own_keys:
        own = _OWN.get(host.name)
        setting = f"HOST_{host.name}_API_KEY" if own is None or own.key is None else own.key
        raise half_configured(host.name, setting.upper())
    versions = versions_of(settings.model_versions or "")
    match host.dialect:
        case "predictions":
            model = host.model or RIFFUSION_MODEL
            return PredictionsHost(
                name=host.name,
                # This API's own Python client, and some of its documents, write the address without it.
                base_url=url if urlsplit(url).path else f"{url}/v1",
                token=key,
                model=model,
                version=versions.get(model),
                versions=versions,
                local=local,
            )
        case "aggregator":
            version = versions[RIFFUSION_MODEL]
            return AggregatorHost(
                name=host.name, base_url=url, token=key, version=version, versions=versions, local=local
            )
        case "songs":
            url = url.removesuffix("/riffusion")
            ours = host.model == ENGINE_MODEL or _is_the_engine(url, settings)
            return SongsHost(name=host.name, base_url=url, token=key, local=local, ours=ours)
        case "cog":
            hook = _told(host.webhook_token)
            return CogHost(name=host.name, base_url=url, token=key, webhook_token=hook, local=local)


def _is_the_engine(url: str, settings: Settings) -> bool:
    """Whether an address is that of our own engine, which speaks the songs dialect as well."""
    return urlsplit(url).netloc == urlsplit(_engine_url(settings) or "").netloc


def _told(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def dialect_of(host: Host) -> str:
    """What it speaks, as in ``HOST_<NAME>_DIALECT``."""
    return next(dialect for kind, dialect in _DIALECTS.items() if isinstance(host, kind))


def takes_keys(host: Host) -> bool:
    """Whether others may bring a key of their own for it: not to our engine, and a container has none."""
    match host:
        case PredictionsHost():
            return host.model != ENGINE_MODEL
        case SongsHost():
            return not host.ours
        case _:
            return False


def with_key(host: Host, key: SecretStr | None) -> Host:
    """A client of the same host for another account, or for none: it shares nothing with the first.

    Limits of rate, what a list told and the connections are an account's own.

    Raises:
        ValueError: it is none of those that take keys.
    """
    token = _told(key)
    match host:
        case PredictionsHost() if takes_keys(host):
            return replace(host, token=token, proves=False)
        case SongsHost() if takes_keys(host):
            return replace(host, token=token)
        case _:
            raise ValueError(f"{host.name} takes no keys")


def by_own_keys_alone(hosts: Mapping[str, Host], settings: Settings) -> frozenset[str]:
    """Those at which this instance has no account. Raises ``StartupError`` where one takes no keys."""
    for name in settings.hosts_of_own_keys:
        if name not in hosts or not takes_keys(hosts[name]):
            raise StartupError("no_host_for_keys", ExitCode.BAD_SETTINGS, host=name)
    return frozenset(name for name in settings.hosts_of_own_keys if _is_without_key(hosts[name]))


def _is_without_key(host: Host) -> bool:
    return isinstance(host, PredictionsHost | SongsHost) and host.token is None


def table(settings: Settings, *, engine_deadline_s: float | None = None) -> dict[str, Host]:
    """Every host that the settings configure, by name. Nothing is opened before the first call.

    Args:
        settings: Of the instance.
        engine_deadline_s: After which our own engine stops by itself, where whoever orders has one.

    Raises:
        StartupError: one is configured by half, or ``OWN_KEY_HOSTS`` names one that takes no keys.
    """
    own = (_of_settings(name, own, settings) for name, own in _OWN.items())
    made = [_made(each, settings) for each in (*own, *settings.named_hosts) if each is not None]
    engine = _engine(settings, engine_deadline_s)
    hosts = {host.name: host for host in (*([] if engine is None else [engine]), *made)}
    only = by_own_keys_alone(hosts, settings)
    return dict(
        sorted(hosts.items(), key=lambda named: named[0] in only)
    )  # none of these is chosen by itself


def configured(settings: Settings, *, engine_deadline_s: float | None = None) -> dict[str, Host]:
    """As :func:`table`. Raises ``StartupError`` also where ``DEFAULT_HOST`` names none of them."""
    hosts = table(settings, engine_deadline_s=engine_deadline_s)
    if settings.default_host in hosts:
        return hosts
    raise not_there(settings.default_host, hosts)


def not_there(wanted: str, hosts: Iterable[str]) -> StartupError:
    """The error of ordering at a host that is none of those that are set up, or our own engine."""
    if wanted in _TURNED_ON_BY:
        return StartupError(
            "host_not_configured", ExitCode.BAD_SETTINGS, host=wanted, name=_TURNED_ON_BY[wanted]
        )
    choices = ", ".join(dict.fromkeys(["engine", *hosts]))
    return StartupError("unknown_host", ExitCode.BAD_SETTINGS, host=wanted, choices=choices)


def address_setting(name: str) -> str:
    """The setting that holds the base address of a host."""
    if name == "engine":
        return "ENGINE_URL"
    return _OWN[name].base_url.upper() if name in _OWN else f"HOST_{name.upper()}_BASE_URL"


@contextlib.asynccontextmanager
async def hosts_from(
    settings: Settings, *, engine_deadline_s: float | None = None
) -> AsyncGenerator[Mapping[str, Host]]:
    """The hosts of :func:`configured`, closed at the end of the block."""
    hosts = configured(settings, engine_deadline_s=engine_deadline_s)
    async with contextlib.AsyncExitStack() as closing:  # closes the others also where one fails
        for host in hosts.values():
            closing.push_async_callback(host.close)
        yield hosts
