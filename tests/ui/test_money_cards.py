"""Cards about money within Discord's bounds, however much there is to tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.jobs.pricing import HostPrices
from bot.money.policy import CREDITS_MOST, PRICES_MOST, SHARES_MOST, MoneySettings, PotPolicy, Price, Share
from bot.treasury.records import Line, PotState, Quota, ShareState, Use
from bot.ui.cards.history import LINES, history_card, history_row
from bot.ui.cards.pot import KINDS, pot_panel
from bot.ui.cards.quota import BARS_MOST, drawing_of, picture_in_words, quota_card
from bot.ui.words.catalogues import LANGUAGES

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NASTY = "*" * 100
BIGGEST = "9" * 20
DEAR = HostPrices(NASTY, {kind: CREDITS_MOST - n for n, kind in enumerate(KINDS)})


def full() -> MoneySettings:
    """As much as a server can decide, with names that are all escapes."""
    return MoneySettings(
        pot=PotPolicy(amount=CREDITS_MOST, zone="America/Argentina/ComodRivadavia"),
        shares=tuple(Share(subject="member", id=f"{n:020}", cap=CREDITS_MOST) for n in range(SHARES_MOST)),
        prices=tuple(
            Price(host=NASTY, kind="song", model=f"{n:03}{NASTY}"[:100], credits=CREDITS_MOST)
            for n in range(PRICES_MOST)
        ),
        gift_most=CREDITS_MOST,
        credit_value=1_000_000,
        currency="*" * 8,
    )


def texts(item: Any) -> list[str]:
    """Every text of a panel."""
    own = [item["content"]] if "content" in item else []
    return own + [each for child in item.get("components", ()) for each in texts(child)]


def test_the_panel_fits_into_a_message() -> None:
    """4,000 characters of text and 40 parts, in every language (Discord, "Component Reference")."""
    state = PotState(left=CREDITS_MOST, used=CREDITS_MOST, began_at=NOON, refills_at=NOON)
    for locale in ("en", *(name.replace("_", "-") for name in LANGUAGES)):
        panel = pot_panel(full(), state, locale, costs=[DEAR] * 30, note="n" * 300)
        said = [text for part in panel.to_components() for text in texts(part)]
        assert sum(map(len, said)) <= 4_000, locale
        assert sum(1 for _ in panel.walk_children()) <= 40
        assert "and 88 more" in "".join(said) or locale != "en"


def test_a_page_of_the_history_fits_into_a_card() -> None:
    """With the longest reasons and amounts; there is a way on and back."""
    line = Line(
        id=7,
        at=NOON,
        kind="top_up",
        amount=CREDITS_MOST,
        user_id=BIGGEST,
        channel_id=BIGGEST,
        what="journey",
        job_id=None,
        actor_id=BIGGEST,
        reason="*" * 200,
        in_pot=CREDITS_MOST,
    )
    card = history_card([line] * LINES, whose="all", viewer_id="1", locale="de")
    assert str(card.description).count("\n") == LINES - 1
    assert len(str(card.description)) < 4_096
    assert history_row("all", older_than=None, newest=True, locale="en") is None
    row = history_row("all", older_than=7, newest=False, locale="en")
    assert row is not None
    assert len(row.children) == 2


def test_a_quota_of_many_is_short() -> None:
    """The looker is among those who are named, the rest stand together; all of it is said in words, too."""
    uses = tuple(Use(user_id=str(n), used=100 - n) for n in range(40))
    quota = Quota(
        pot=PotState(left=-5, used=1_000, began_at=NOON, refills_at=NOON),
        shares=(ShareState(subject="role", id="1", cap=10, used=4, given=-2),),
        shares_refill_at=NOON,
        sponsored=3,
        set_aside=2,
        uses=uses,
        money=full(),
    )
    drawing = drawing_of(quota, server="S" * 100, viewer_id="30", names={"0": "Ada"}, locale="en")
    assert drawing.bars[0].name == "Ada"
    assert [bar.name for bar in drawing.bars if bar.mine] == ["You"]
    assert len(drawing.bars) == BARS_MOST + 1
    assert drawing.bars[-1].name == "Others: 32"
    assert drawing.gauges[0].filled == 0.0
    assert [gauge.amount for gauge in drawing.gauges] == ["−5", "4", "3"]
    card = quota_card(quota, server=NASTY, locale="en")
    assert len(str(card.title)) <= 256
    assert len(str(card.description)) <= 4_096
    assert "4 of 8" in picture_in_words(quota, server=NASTY, locale="en")
