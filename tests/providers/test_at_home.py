"""Where a local host's result is fetched from after that host came back at another port."""

from __future__ import annotations

import pytest

from bot.providers.predictions import at_home


@pytest.mark.parametrize(
    ("told", "fetched"),
    [
        ("http://127.0.0.1:1111/outputs/k/audio.wav", "http://127.0.0.1:2222/outputs/k/audio.wav"),
        ("http://localhost:1111/o?x=1", "http://127.0.0.1:2222/o?x=1"),
        ("https://files.example/audio.wav", "https://files.example/audio.wav"),
        ("http://[", "http://["),
        ("data:audio/wav;base64,AAAA", "data:audio/wav;base64,AAAA"),
    ],
)
def test_a_result_follows_its_host(told: str, fetched: str) -> None:
    """An address on this machine is asked at the host's present port; any other stays as it is."""
    assert at_home(told, "http://127.0.0.1:2222/v1") == fetched
