"""The table of configured hosts: each with the client of its dialect, or a clear word at the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import SecretStr

from bot.errors import ExitCode, StartupError
from bot.jobs.ports import Host
from bot.providers.aggregator import AggregatorHost
from bot.providers.cog import CogHost
from bot.providers.hosts import (
    by_own_keys_alone,
    configured,
    hosts_from,
    is_local,
    takes_keys,
    with_key,
)
from bot.providers.predictions import PredictionsHost
from bot.providers.songs import SongsHost
from bot.settings import load
from bot.ui.words import sentence

VERSION = "a" * 64


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://localhost", True),
        ("http://[::1]:5000", True),
        ("http://192.168.1.20/v1", True),
        ("http://10.0.0.7", True),
        ("http://169.254.1.1", True),
        ("http://[fd00::1]", True),
        ("http://cog:5000", True),
        ("http://studio.local", True),
        ("https://api.replicate.com/v1", False),
        ("http://93.184.216.34", False),
        ("https://localhost.example.com", False),
    ],
)
def test_a_host_is_local_by_its_written_address(url: str, local: bool) -> None:
    """Loopback, private and link-local addresses, and names that the internet does not know."""
    assert is_local(url) == local


def test_every_dialect_has_its_client() -> None:
    """All at once, each with its own address and key; the version of a model can be changed."""
    settings = load(
        None,
        engine_port=9,
        replicate_api_token="r8_secret",
        kkiai_api_key="kk_secret",
        chainhub_api_key="ch_secret",
        cog_base_url="http://127.0.0.1:5000",
        riffusion_base_url="https://songs.example",
        riffusion_api_key="rf_secret",
        model_versions=f"riffusion/riffusion={VERSION}",
    )
    hosts: Mapping[str, Host] = configured(settings)
    kinds = {
        "engine": PredictionsHost,
        "replicate": PredictionsHost,
        "kkiai": AggregatorHost,
        "chainhub": AggregatorHost,
        "cog": CogHost,
        "riffusion": SongsHost,
    }
    assert {name: type(host) for name, host in hosts.items()} == kinds
    assert {name for name, host in hosts.items() if host.local} == {"engine", "cog"}
    assert getattr(hosts["replicate"], "version", None) == VERSION
    assert hosts["kkiai"].base_url == "https://www.kkiai.com/replicate/v1"
    assert "secret" not in repr(hosts)


def test_hosts_by_name_stand_beside_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """A local one needs no key."""
    monkeypatch.setenv("HOST_STUDIO_DIALECT", "songs")
    monkeypatch.setenv("HOST_STUDIO_BASE_URL", "http://192.168.1.20:8000/riffusion/")
    monkeypatch.setenv("HOST_BOX_DIALECT", "Predictions")
    monkeypatch.setenv("HOST_BOX_BASE_URL", "http://box:8000/v1")
    monkeypatch.setenv("HOST_BOX_MODEL", "riffcord/engine")
    hosts = configured(load(None, default_host="studio"))
    assert list(hosts) == ["box", "studio"]
    assert isinstance(hosts["studio"], SongsHost)
    assert hosts["studio"].base_url == "http://192.168.1.20:8000"
    assert hosts["box"].offers.engine_extras


HALF: list[tuple[dict[str, Any], str]] = [
    ({"riffusion_api_key": "k"}, "RIFFUSION_BASE_URL"),
    ({"riffusion_base_url": "https://songs.example"}, "RIFFUSION_API_KEY"),
    ({"kkiai_base_url": "https://other.example"}, "KKIAI_API_KEY"),
    ({"replicate_base_url": "https://other.example/v1"}, "REPLICATE_API_TOKEN"),
]


@pytest.mark.parametrize(("given", "missing"), HALF)
def test_half_of_a_host_stops_the_start(given: dict[str, Any], missing: str) -> None:
    """The sentence names what is missing."""
    with pytest.raises(StartupError) as caught:
        configured(load(None, engine_port=9, **given))
    assert (caught.value.problem, caught.value.exit_code) == ("host_half_configured", ExitCode.BAD_SETTINGS)
    assert missing in sentence(caught.value)


def test_a_named_host_out_there_needs_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any dialect but Cog's, which has none."""
    monkeypatch.setenv("HOST_STUDIO_DIALECT", "aggregator")
    monkeypatch.setenv("HOST_STUDIO_BASE_URL", "https://studio.example")
    with pytest.raises(StartupError) as caught:
        configured(load(None, default_host="studio"))
    assert "HOST_STUDIO_API_KEY" in sentence(caught.value)
    monkeypatch.setenv("HOST_STUDIO_DIALECT", "cog")
    assert not configured(load(None, default_host="studio"))["studio"].local


async def test_the_engine_is_found_by_its_address_or_port() -> None:
    """With the first of its tokens."""
    settings = load(None, engine_url="http://engine:9", engine_tokens="one, two")
    async with hosts_from(settings) as hosts:
        engine = hosts["engine"]
        assert isinstance(engine, PredictionsHost)
        assert (engine.base_url, engine.token, engine.local) == ("http://engine:9/v1", "one", True)
    async with hosts_from(load(None, engine_port=9)) as hosts:
        assert hosts["engine"].base_url == "http://127.0.0.1:9/v1"


@pytest.mark.parametrize(("faulty", "other"), [(PredictionsHost, CogHost), (CogHost, PredictionsHost)])
async def test_one_host_that_cannot_be_closed_leaves_none_open(
    faulty: type[Host], other: type[Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its error is told, after all the others were closed."""
    closed: list[str] = []

    async def broken(host: Host) -> None:
        raise OSError(host.name)

    async def noted(host: Host) -> None:
        closed.append(host.name)

    monkeypatch.setattr(faulty, "close", broken)
    monkeypatch.setattr(other, "close", noted)
    opened = hosts_from(load(None, engine_port=9, cog_base_url="http://127.0.0.1:5000"))
    await opened.__aenter__()
    with pytest.raises(OSError, match=r"engine|cog"):
        await opened.__aexit__(None, None, None)
    assert len(closed) == 1


def test_whose_deadline_the_engine_is_told() -> None:
    """That of whoever orders."""
    engine = configured(load(None, engine_port=9), engine_deadline_s=600.0)["engine"]
    assert isinstance(engine, PredictionsHost)
    assert engine.cancel_after_s == 600


@pytest.mark.parametrize(
    ("address", "ours"), [("http://127.0.0.1:9", True), ("http://127.0.0.1:9000", False)]
)
def test_a_songs_host_may_be_our_own_engine(address: str, ours: bool) -> None:
    """Its results are looked for where it is now; those of any other lie where it says, also here."""
    host = configured(load(None, engine_port=9, riffusion_base_url=address, riffusion_api_key="k"))
    songs = host["riffusion"]
    assert isinstance(songs, SongsHost)
    assert (songs.local, songs.ours) == (True, ours)


@pytest.mark.parametrize(
    ("default", "problem", "told"),
    [
        ("suno", "unknown_host", "Choose one of: engine."),
        ("replicate", "host_not_configured", "REPLICATE_API_TOKEN"),
        ("cog", "host_not_configured", "COG_BASE_URL"),
        ("riffusion", "host_not_configured", "RIFFUSION_API_KEY"),
    ],
)
async def test_a_wrong_default_host_stops_the_start(default: str, problem: str, told: str) -> None:
    """A name that nobody knows, or one whose settings are missing."""
    with pytest.raises(StartupError) as caught:
        async with hosts_from(load(None, default_host=default, engine_port=9)):
            pass
    assert caught.value.problem == problem
    assert told in sentence(caught.value)


def test_hosts_for_those_who_bring_a_key() -> None:
    """They need no key here, are there after all others, and must be hosts that have accounts."""
    settings = load(None, engine_port=9, kkiai_api_key="kk_secret", own_key_hosts=" Replicate, kkiai")
    hosts = configured(settings)
    assert list(hosts) == ["engine", "kkiai", "replicate"]
    assert by_own_keys_alone(hosts, settings) == {"replicate"}
    assert [takes_keys(host) for host in hosts.values()] == [False, True, True]
    for name in ("engine", "riffusion", "nowhere"):
        with pytest.raises(StartupError) as refused:
            configured(load(None, engine_port=9, own_key_hosts=name))
        assert name in sentence(refused.value)


def test_a_client_for_another_account_shares_nothing() -> None:
    """Its address and model are the host's; key, limits, connections and what was read are its own."""
    hosts = configured(load(None, engine_port=9, replicate_api_token="r8_ours", kkiai_api_key="kk_ours"))
    for name in ("replicate", "kkiai"):
        ours = hosts[name]
        theirs = with_key(ours, SecretStr("theirs-0123456789"))
        assert isinstance(ours, PredictionsHost)
        assert isinstance(theirs, type(ours))
        assert (theirs.base_url, theirs.model, theirs.versions) == (ours.base_url, ours.model, ours.versions)
        assert theirs.token == theirs.http.token == theirs.streams.token == "theirs-0123456789"
        assert theirs.http.rates is not ours.http.rates
        assert theirs.reads is not ours.reads
        assert "theirs-0123456789" not in repr(theirs)
        keyless = with_key(ours, None)
        assert isinstance(keyless, PredictionsHost)
        assert keyless.token is None
    with pytest.raises(ValueError, match="takes no keys"):
        with_key(hosts["engine"], None)
