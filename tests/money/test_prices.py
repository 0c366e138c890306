"""What orders cost."""

from __future__ import annotations

from bot.money.policy import Price
from bot.money.prices import Prices


def test_our_own_engine_is_free() -> None:
    """The engine costs nothing, any other host one credit, unless a price is set."""
    assert (Prices().riff("engine"), Prices().riff("replicate")) == (0, 1)
    assert Prices({"replicate": 4}).riff("replicate") == 4


def test_a_song_costs_more_than_a_picture_and_that_more_than_a_riff() -> None:
    """Each kind has its price, which a host multiplies; a kind that nobody named costs as much as a riff."""
    prices = Prices({"engine": 0, "dear": 3})
    assert [prices.of(kind, "replicate") for kind in ("riff", "song", "image", "morph")] == [1, 5, 2, 1]
    assert [prices.of(kind, "dear") for kind in ("riff", "song")] == [3, 15]
    assert prices.of("song", "engine") == 0


def test_the_most_exact_line_of_a_servers_table_counts() -> None:
    """Host, kind and model before host and kind, before the host alone, before the bot's own price."""
    table = [
        Price(host="engine", credits=2),
        Price(host="paid", kind="image", credits=7),
        Price(host="paid", kind="image", model="fine", credits=20),
        Price(host="paid", kind="riff", credits=3),
    ]

    def cost(host: str, kind: str, model: str | None = None) -> int:
        return Prices().here(table, host=host, kind=kind, model=model)

    assert (cost("engine", "song"), cost("engine", "riff")) == (2, 2)
    assert (cost("paid", "image"), cost("paid", "image", "rough"), cost("paid", "image", "fine")) == (
        7,
        7,
        20,
    )
    assert (cost("paid", "riff"), cost("paid", "journey"), cost("paid", "song")) == (3, 3, 5)
