"""The picture of a pot: all of it inside, whatever is written on it, and what is there is seen."""

from __future__ import annotations

import io

from PIL import Image

from bot.audio.pot import WIDTH, draw_pot
from bot.money.drawing import Bar, Gauge, PotDrawing

LONG = "Der Topf von einem Server mit einem sehr langen Namen und noch viel mehr davon, das nicht hineinpasst"
HAN = "聽見下雨的聲音想起你用唇語說愛情" * 4


def drawn(drawing: PotDrawing) -> Image.Image:
    """As it comes back from the worker."""
    return Image.open(io.BytesIO(draw_pot(drawing))).convert("RGB")


def gauge(filled: float | None, *, amount: str = "32", mine: bool = False) -> Gauge:
    """One gauge with long words around it."""
    return Gauge(title=LONG, amount=amount, note=HAN, filled=filled, mine=mine)


def test_nothing_runs_out_of_the_picture() -> None:
    """Names, numbers and sentences that are too long end before the edge, in every script."""
    bars = tuple(Bar(name=name, amount="1,000,000,000", filled=1.0) for name in (LONG, HAN, "🎸", "สวัสดี"))
    whole = PotDrawing(
        heading=LONG,
        gauges=(gauge(0.6, amount="9" * 40), gauge(None, amount="上限なし")),
        list_title=HAN,
        bars=bars,
        footing=LONG,
    )
    picture = drawn(whole)
    assert picture.width == WIDTH
    ground = picture.getpixel((0, 0))
    for box in ((0, 0, 30, picture.height), (WIDTH - 30, 0, WIDTH, picture.height)):
        assert picture.crop(box).getcolors() == [((box[2] - box[0]) * picture.height, ground)]
    assert len(draw_pot(whole)) < 200_000


def test_a_bar_says_how_much_there_is() -> None:
    """Nothing, a little, half, all: each is longer than the one before; a share has its own colour."""

    def reach(filled: float | None, *, mine: bool = False) -> int:
        picture = drawn(PotDrawing(heading="", gauges=(gauge(filled, mine=mine),)))
        middle = picture.height - 24 - 60
        row = [picture.getpixel((x, middle)) for x in range(WIDTH)]
        bright = [x for x, colour in enumerate(row) if isinstance(colour, tuple) and max(colour) > 230]
        return max(bright, default=0)

    reached = [reach(filled) for filled in (0.0, 0.001, 0.5, 1.0)]
    assert reached == sorted(set(reached))
    assert reached[0] == 0
    assert reach(None) == 0
    assert abs(reach(0.5, mine=True) - reached[2]) <= 2
    assert reach(7.0) == reached[3]
