"""The environment (and ``.env``) as one frozen record; read once, in ``bot.__main__``.

``.env.example`` documents each name; a test holds the two together.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import ExitCode, StartupError
from bot.money.policy import CREDITS_MOST
from bot.named_hosts import NamedHost, http_address, is_of_a_host, named_hosts, secret_names
from bot.protocol.image_models import versions_of

AS_CALLED = "as-called"
"""Of ``ENGINE_PUBLIC_URL``: no address of its own, whatever ``PUBLIC_URL`` says."""
_EXACT = frozenset({"bad_address", "bad_key", "bad_keys_secret"})
"""Kinds of bad values that have a sentence of their own."""
_SEALING_BYTES = 32
_PRICE_MOST = 1_000_000
_OF_SEVERAL = frozenset({"bad_shards", "database_not_shared"})
"""Kinds of values that do not go together, each with its sentence."""


class Settings(BaseSettings):
    """Everything that can be configured. Empty strings count as not set."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    discord_token: SecretStr | None = None
    discord_api_url: str | None = None
    discord_gateway_url: str | None = None
    shard_ids: str | None = None
    shard_count: int = Field(default=0, ge=0, le=16_384)

    riffcord_data: Path = Path("data")
    database_url: SecretStr | None = None

    web_bind: str = "127.0.0.1"
    web_port: int = Field(default=0, ge=0, le=65_535)
    public_url: str | None = None
    local_url: str | None = None

    engine_bind: str = "127.0.0.1"
    engine_port: int = Field(default=0, ge=0, le=65_535)
    engine_tokens: SecretStr | None = None
    engine_url: str | None = None
    engine_workers: int = Field(default=0, ge=0, le=256)
    engine_private_webhooks: bool = False
    engine_private_sources: bool = False
    engine_public_url: str | None = None
    engine_keep_s: int = Field(default=3_600, ge=60)
    engine_queue: int = Field(default=1_000, ge=1, le=100_000)
    engine_token_queue: int = Field(default=0, ge=0)
    engine_token_renders: int = Field(default=0, ge=0)
    engine_token_creates: int = Field(default=0, ge=0)
    engine_token_calls: int = Field(default=0, ge=0)
    engine_token_waits: int = Field(default=0, ge=0)
    engine_token_credit_s: float = Field(default=0.0, ge=0)
    dask_scheduler: str | None = None
    blobs_url: str | None = None

    room_port: int = Field(default=0, ge=0, le=65_535)

    default_host: str = "engine"
    replicate_api_token: SecretStr | None = None
    replicate_base_url: str = "https://api.replicate.com/v1"
    kkiai_api_key: SecretStr | None = None
    kkiai_base_url: str = "https://www.kkiai.com"
    chainhub_api_key: SecretStr | None = None
    chainhub_base_url: str = "https://api.chainhub.tech"
    cog_base_url: str | None = None
    cog_webhook_token: SecretStr | None = None
    riffusion_api_key: SecretStr | None = None
    riffusion_base_url: str | None = None
    model_versions: str | None = None
    prices: str | None = None
    pot_most_a_month: int | None = Field(default=None, ge=0, le=CREDITS_MOST)
    jobs_keep_days: int = Field(default=30, ge=0, le=36_500)
    blobs_max_gb: float = Field(default=0.0, ge=0)
    riffcord_keys_secret: SecretStr | None = None
    own_key_hosts: str | None = None
    named_hosts: tuple[NamedHost, ...] = ()
    """Of ``HOST_<NAME>_*``; :func:`load` reads them."""

    jobs_deadline_s: float = Field(default=1_200, ge=10)
    jobs_first_poll_s: float = Field(default=5, ge=0.1)
    jobs_slowest_poll_s: float = Field(default=40, ge=0.1)
    jobs_between_reads_s: float = Field(default=10, ge=0.5)
    jobs_card_grace_s: float = Field(default=10, ge=0.5)
    jobs_lease_s: float = Field(default=15, ge=3)

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    @field_validator(
        "public_url",
        "local_url",
        "engine_url",
        "discord_api_url",
        "replicate_base_url",
        "kkiai_base_url",
        "chainhub_base_url",
        "cog_base_url",
        "riffusion_base_url",
        mode="after",
    )
    @classmethod
    def _http_address(cls, value: str | None) -> str | None:
        return None if value is None else _address(value)

    @field_validator("engine_public_url", mode="after")
    @classmethod
    def _http_address_or_as_called(cls, value: str | None) -> str | None:
        return value if value in (None, AS_CALLED) else _address(value)

    @field_validator(
        "discord_token",
        "replicate_api_token",
        "kkiai_api_key",
        "chainhub_api_key",
        "cog_webhook_token",
        "riffusion_api_key",
        mode="after",
    )
    @classmethod
    def _key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        key = value.get_secret_value().strip()
        if not _can_be_a_key(key):
            raise PydanticCustomError("bad_key", "is no key")
        return SecretStr(key)

    @field_validator("engine_tokens", mode="after")
    @classmethod
    def _keys(cls, value: SecretStr | None) -> SecretStr | None:
        keys = [] if value is None else value.get_secret_value().split(",")
        if not all(_can_be_a_key(key.strip()) for key in keys):
            raise PydanticCustomError("bad_key", "holds what is no key")
        return value

    @field_validator("riffcord_keys_secret", mode="after")
    @classmethod
    def _sealing_secrets(cls, value: SecretStr | None) -> SecretStr | None:
        given = [] if value is None else value.get_secret_value().split(",")
        if not all(_is_a_sealing_secret(each.strip()) for each in given):
            raise PydanticCustomError("bad_keys_secret", "holds what is no secret")
        return value

    @field_validator("model_versions", mode="after")
    @classmethod
    def _versions(cls, value: str | None) -> str | None:
        versions_of(value or "")
        return value

    @field_validator("prices", mode="after")
    @classmethod
    def _prices(cls, value: str | None) -> str | None:
        _prices_of(value)
        return value

    @model_validator(mode="after")
    def _shards(self) -> Self:
        try:
            apart = self.shards_here is not None
        except ValueError:
            raise PydanticCustomError("bad_shards", "are no shards") from None
        if apart and not self.is_database_shared:
            raise PydanticCustomError("database_not_shared", "share no database")
        return self

    @property
    def shards_here(self) -> tuple[int, ...] | None:
        """The shards that this process connects, where it does not connect all. Raises ``ValueError``."""
        if self.shard_ids is None:
            return None
        ids = tuple(sorted({int(each) for each in self.shard_ids.split(",")}))
        if ids[0] < 0 or ids[-1] >= self.shard_count:
            raise ValueError(self.shard_ids)
        return None if len(ids) == self.shard_count else ids

    @property
    def is_database_shared(self) -> bool:
        """Whether processes that run apart can share the job store: a SQLite file has one owner."""
        return self.database.startswith("postgresql")

    @property
    def engine_address(self) -> str | None:
        """How the world calls the engine server; None: each caller gets addresses as it called."""
        told = self.engine_public_url or self.public_url
        return None if told == AS_CALLED else told

    def engine_at(self, port: int) -> str:
        """Where an engine server of this instance that listens on ``port`` is found from this machine."""
        everywhere = self.engine_bind in ("0.0.0.0", "::")  # noqa: S104
        host = "127.0.0.1" if everywhere else self.engine_bind
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the job store: ``DATABASE_URL`` or a file in the data folder."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.riffcord_data / 'riffcord.sqlite'}"
        url = self.database_url.get_secret_value()
        for given in ("postgres://", "postgresql://"):
            if url.startswith(given):
                return "postgresql+psycopg://" + url.removeprefix(given)
        return url

    @property
    def keys_secrets(self) -> tuple[SecretStr, ...]:
        """What own keys are sealed with, newest first; empty: nobody can bring any."""
        given = self.riffcord_keys_secret.get_secret_value() if self.riffcord_keys_secret else ""
        return tuple(SecretStr(each.strip()) for each in given.split(",") if each.strip())

    @property
    def hosts_of_own_keys(self) -> tuple[str, ...]:
        """Hosts that are there for those who bring a key, although this instance may have none of its own."""
        given = [each.strip().lower() for each in (self.own_key_hosts or "").split(",")]
        return tuple(dict.fromkeys(filter(None, given)))

    @property
    def prices_by_host(self) -> dict[str, int]:
        """What a riff costs at each host that is named, in credits; other things cost times as much."""
        return _prices_of(self.prices)

    @property
    def tokens(self) -> frozenset[str]:
        """The engine server's accepted bearer tokens; empty means loopback only, no token needed."""
        given = self.engine_tokens.get_secret_value() if self.engine_tokens else ""
        return frozenset(token.strip() for token in given.split(",") if token.strip())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, the environment, a file: one that is not there is not asked for each setting."""
        no_file = isinstance(dotenv_settings, DotEnvSettingsSource) and not dotenv_settings.env_vars
        return (init_settings, env_settings) if no_file else (init_settings, env_settings, dotenv_settings)


def _prices_of(value: str | None) -> dict[str, int]:
    """Of ``engine=1,replicate=3``. Raises ``ValueError``."""
    pairs = [each.partition("=") for each in (value or "").split(",") if each.strip()]
    prices = {host.strip().lower(): int(price) for host, _, price in pairs}
    if "" in prices or any(not 0 <= each <= _PRICE_MOST for each in prices.values()):
        raise ValueError("no price")
    return prices


def load(env_file: Path | None = Path(".env"), **overrides: object) -> Settings:
    """Read the settings; a bad value becomes one line that names the setting, never its value.

    Raises:
        StartupError: ``bad_settings``, ``bad_address``, ``bad_key``, ``bad_keys_secret``, ``bad_shards``,
            ``database_not_shared`` or ``host_half_configured``.
    """
    environment = _environment(env_file)
    bad_keys = [name for name in secret_names(environment) if not _can_be_a_key(environment[name].strip())]
    if bad_keys:
        raise _bad("bad_key", bad_keys)
    overrides.setdefault("named_hosts", _named_hosts(environment))
    try:
        return Settings(_env_file=env_file, **overrides)  # pyright: ignore[reportCallIssue, reportArgumentType]
    except ValidationError as error:
        for each in error.errors():
            if each["type"] in _OF_SEVERAL:
                raise StartupError(each["type"], ExitCode.BAD_SETTINGS) from None
        found = [(str(each["loc"][0]).upper(), each["type"]) for each in error.errors() if each["loc"]]
        kinds = {kind if kind in _EXACT else "bad_settings" for _, kind in found}
        raise _bad(kinds.pop() if len(kinds) == 1 else "bad_settings", [name for name, _ in found]) from None


def overlooked(settings: Settings, env_file: Path | None = Path(".env")) -> list[str]:
    """Variables of named hosts, ``HOST_<NAME>_*``, with an ending that nobody reads: most likely misspelt.

    Of the process's own environment only those of hosts that are there: ``HOST_`` begins other names too.
    """
    written = frozenset[str]() if env_file is None else frozenset(dotenv_values(env_file))
    of_hosts = tuple(f"HOST_{host.name.upper()}_" for host in settings.named_hosts)
    begun = [
        name
        for name in _environment(env_file)
        if name.upper().startswith(of_hosts) or (name in written and name.upper().startswith("HOST_"))
    ]
    return sorted(name for name in begun if not is_of_a_host(name))


def _named_hosts(environment: dict[str, str]) -> tuple[NamedHost, ...]:
    try:
        return named_hosts(environment)
    except StartupError as error:
        if error.problem == "bad_settings" and str(error.facts["names"]).endswith("_BASE_URL"):
            raise _bad("bad_address", [str(error.facts["names"])]) from None
        raise


def _bad(problem: str, names: Iterable[str]) -> StartupError:
    return StartupError(problem, ExitCode.BAD_SETTINGS, names=", ".join(sorted(set(names))))


def _address(value: str) -> str:
    try:
        return http_address(value)
    except ValueError:
        raise PydanticCustomError("bad_address", "is no address") from None


def _can_be_a_key(text: str) -> bool:
    """Whether it can travel in a header: a space or line break in it was copied along by mistake."""
    return text.isprintable() and not any(map(str.isspace, text))


def _is_a_sealing_secret(text: str) -> bool:
    """Whether it is a key as Fernet has them: 32 bytes in URL-safe base64."""
    try:
        return len(base64.b64decode(text.encode(), altchars=b"-_", validate=True)) == _SEALING_BYTES
    except ValueError:
        return False


def _environment(env_file: Path | None) -> dict[str, str]:
    """Every variable that is not empty, those of the file below those of the process."""
    written = {} if env_file is None else dotenv_values(env_file)
    return {name: value for name, value in {**written, **os.environ}.items() if value}
