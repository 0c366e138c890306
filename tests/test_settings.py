"""The environment, the example file and the record say the same."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import run_web, run_worker
from bot.errors import ExitCode, StartupError
from bot.jobs.limits import Times
from bot.logs import Redactor, secrets_of
from bot.patience import times_from
from bot.settings import Settings, load, overlooked
from bot.ui.words import sentence

EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"


def example() -> dict[str, str]:
    """NAME -> value of each line of the example file."""
    found = re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(found)


def test_the_example_names_every_setting_and_no_other() -> None:
    """A setting cannot be added, renamed or dropped without its line in .env.example."""
    assert set(example()) == {name.upper() for name in Settings.model_fields} - {"NAMED_HOSTS"}


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


STUDIO = {"HOST_STUDIO_DIALECT": "songs", "HOST_STUDIO_BASE_URL": "https://studio.example/api/"}


def test_hosts_are_added_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From the environment and from ``.env``, the first of which wins; keys do not show."""
    env_file = tmp_path / ".env"
    env_file.write_text("HOST_STUDIO_API_KEY=sk-written-123\nHOST_STUDIO_DIALECT=cog\nHOST_BOX_API_KEY=\n")
    for name, value in STUDIO.items():
        monkeypatch.setenv(name, value)
    settings = load(env_file=env_file)
    (studio,) = settings.named_hosts
    assert (studio.name, studio.dialect, studio.base_url) == ("studio", "songs", "https://studio.example/api")
    assert studio.api_key is not None
    assert studio.api_key.get_secret_value() == "sk-written-123"
    assert "sk-written" not in repr(settings)
    assert "sk-written" not in Redactor(secrets_of(settings))("key sk-written-123")


@pytest.mark.parametrize(
    ("given", "problem", "told"),
    [
        ({"HOST_STUDIO_DIALECT": "songs"}, "host_half_configured", "HOST_STUDIO_BASE_URL"),
        ({"HOST_STUDIO_BASE_URL": "http://x"}, "host_half_configured", "HOST_STUDIO_DIALECT"),
        ({**STUDIO, "HOST_STUDIO_DIALECT": "midi"}, "unknown_dialect", "HOST_STUDIO_DIALECT"),
        ({**STUDIO, "HOST_STUDIO_BASE_URL": "ftp://secret"}, "bad_address", "HOST_STUDIO_BASE_URL"),
        ({**STUDIO, "HOST_STUDIO_BASE_URL": "http://x:port"}, "bad_address", "HOST_STUDIO_BASE_URL"),
        ({**STUDIO, "HOST_STUDIO_BASE_URL": "https://me:secret@x"}, "bad_address", "HOST_STUDIO_BASE_URL"),
        ({"REPLICATE_BASE_URL": "https://secret@x/v1"}, "bad_address", "REPLICATE_BASE_URL"),
        ({"PUBLIC_URL": "https://me:secret@x"}, "bad_address", "PUBLIC_URL"),
        ({**STUDIO, "HOST_STUDIO_MODEL": "nothing"}, "bad_settings", "HOST_STUDIO_MODEL"),
        ({**STUDIO, "HOST_STUDIO_API_KEY": "secret\nkey"}, "bad_key", "HOST_STUDIO_API_KEY"),
        ({**STUDIO, "HOST_STUDIO_API_KEY": "secret\x07"}, "bad_key", "HOST_STUDIO_API_KEY"),
        ({"REPLICATE_API_TOKEN": "r8_secret key"}, "bad_key", "REPLICATE_API_TOKEN"),
        ({"ENGINE_TOKENS": "one,secret\ntwo"}, "bad_key", "ENGINE_TOKENS"),
        ({"KKIAI_API_KEY": "a\nb", "PUBLIC_URL": "secret"}, "bad_settings", "KKIAI_API_KEY, PUBLIC_URL"),
        ({"HOST_COG_BASE_URL": "http://x"}, "host_name_taken", "HOST_COG"),
        ({"MODEL_VERSIONS": "riffusion/riffusion=secret"}, "bad_settings", "MODEL_VERSIONS"),
    ],
)
def test_a_host_that_is_half_set_up_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], problem: str, told: str
) -> None:
    """One line that names the variable and never its value."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StartupError) as caught:
        load(env_file=None)
    assert (caught.value.problem, caught.value.exit_code) == (problem, ExitCode.BAD_SETTINGS)
    assert told in sentence(caught.value)
    assert "secret" not in sentence(caught.value) + str(caught.value)


def test_the_jobs_patience_is_as_it_always_was_until_it_is_set() -> None:
    """The defaults are the machine's own times; what is set reaches every host, none of which gets more."""
    assert times_from(load(env_file=None)) == Times()
    hasty = times_from(load(env_file=None, jobs_deadline_s=60, jobs_first_poll_s=0.5, jobs_lease_s=3))
    given = [hasty.of("engine"), hasty.of("replicate"), hasty.of("cog", silent=True)]
    assert [(each.deadline_s, each.first_poll_s) for each in given] == [(60, 0.5)] * 3
    assert (hasty.lease_s, hasty.renew_s) == (3, 1)
    patient = times_from(load(env_file=None, jobs_deadline_s=7_200))
    assert patient.of("engine").deadline_s == Times().of("engine").deadline_s


def test_a_misspelt_setting_of_a_host_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of hosts that are there, and whatever is written into the file; what else begins so is not ours."""
    env_file = tmp_path / ".env"
    env_file.write_text("HOST_BOX_URL=http://x\n")
    for name, value in {**STUDIO, "HOST_STUDIO_KEY": "sk", "HOST_MACHINE_NAME": "box"}.items():
        monkeypatch.setenv(name, value)
    settings = load(env_file=env_file)
    assert overlooked(settings, env_file) == ["HOST_BOX_URL", "HOST_STUDIO_KEY"]


POSTGRES = SecretStr("postgresql://name@host/riffcord")


@pytest.mark.parametrize(
    ("ids", "count", "url", "problem"),
    [
        ("0,one", 2, POSTGRES, "bad_shards"),
        ("2", 2, POSTGRES, "bad_shards"),
        ("-1", 2, POSTGRES, "bad_shards"),
        ("0", 0, POSTGRES, "bad_shards"),
        ("0", 2, None, "database_not_shared"),
    ],
)
def test_shards_that_cannot_be(ids: str, count: int, url: SecretStr | None, problem: str) -> None:
    """Shards are numbered, and processes that share them share a database; each mistake has its sentence."""
    with pytest.raises(StartupError) as refused:
        load(None, shard_ids=ids, shard_count=count, database_url=url)
    assert (refused.value.problem, refused.value.exit_code) == (problem, ExitCode.BAD_SETTINGS)
    assert len(sentence(refused.value).splitlines()) == 1


def test_the_shards_of_a_process() -> None:
    """Some of them, or all, which needs no shared database."""
    assert load(None).shards_here is None
    assert load(None, shard_count=2, shard_ids="1, 0").shards_here is None
    assert load(None, shard_count=4, shard_ids="3,1", database_url=POSTGRES).shards_here == (1, 3)


@pytest.mark.parametrize("role", [run_web, run_worker])
async def test_roles_apart_need_a_shared_database(role: Callable[[Settings], Awaitable[None]]) -> None:
    """Nothing is opened before that is known."""
    with pytest.raises(StartupError) as refused:
        await role(load(None))
    assert refused.value.problem == "database_not_shared"


def test_whoever_runs_the_bot_sets_prices() -> None:
    """By host, in whole credits; what is no price is refused."""
    assert load(None, prices="engine=1, Replicate=3").prices_by_host == {"engine": 1, "replicate": 3}
    assert load(None).prices_by_host == {}
    for wrong in ("engine", "engine=-1", "=2", "engine=many"):
        with pytest.raises(StartupError):
            load(None, prices=wrong)
