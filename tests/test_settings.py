"""The environment, the example file and the record say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import ExitCode, StartupError
from bot.logs import Redactor, secrets_of
from bot.settings import Settings, load

EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"


def example() -> dict[str, str]:
    """NAME -> value of each line of the example file."""
    found = re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(found)


def test_the_example_names_every_setting_and_no_other() -> None:
    """A setting cannot be added, renamed or dropped without its line in .env.example."""
    assert set(example()) == {name.upper() for name in Settings.model_fields}


def test_the_example_shows_the_defaults() -> None:
    """Copying .env.example unchanged changes nothing."""
    assert load(env_file=EXAMPLE) == load(env_file=None)


def test_a_bad_value_is_named_but_never_shown() -> None:
    """The error names the setting and carries no part of the value."""
    with pytest.raises(StartupError) as caught:
        load(env_file=None, web_port="hunter2-not-a-port")
    assert caught.value.exit_code is ExitCode.BAD_SETTINGS
    assert "WEB_PORT" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_secrets_do_not_show() -> None:
    """Neither repr nor a log line shows a token."""
    settings = load(
        env_file=None,
        discord_token=SecretStr("discord-token-123"),
        engine_tokens=SecretStr("alpha-123456,beta-123456"),
    )
    redact = Redactor(secrets_of(settings))
    for secret in ("discord-token-123", "alpha-123456", "beta-123456"):
        assert secret not in repr(settings)
        assert secret not in redact(f"GET /hook?token={secret} failed")


@pytest.mark.parametrize("given", ["postgres://u:p@h/db", "postgresql://u:p@h/db"])
def test_postgres_addresses_get_the_driver(given: str) -> None:
    """The usual spellings of a PostgreSQL address work."""
    assert load(env_file=None, database_url=SecretStr(given)).database == "postgresql+psycopg://u:p@h/db"


@pytest.mark.parametrize("given", ["ftp://x", "not an address", "//host"])
def test_an_address_must_be_http(given: str) -> None:
    """PUBLIC_URL and its like are refused unless http or https."""
    with pytest.raises(StartupError):
        load(env_file=None, public_url=given)
