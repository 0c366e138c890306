"""Words on pictures: every character that is said has a shape, and whatever people type stays readable."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from bot.engine.picture.lettering import fitted, font_of, readable, width_px, write
from bot.ui.words import ENGLISH
from bot.ui.words.catalogues import FOLDER, LANGUAGES, catalogue

PEOPLE_AND_LYRICS = (
    "Zoë Çelik Łukasz Nguyễn Þórunn",
    "Αλέξης και Μαρία",
    "Наталья Ґалаґан",
    "我在雨中听见你的歌",
    "聽見下雨的聲音，想起你用唇語說愛情",
    "夜に駆ける、さよならだけだった",
    "밤하늘의 별을 노래해",
    "“It’s 5 o’clock” — ¿qué? ¡sí! … ½ × 3 ≥ 1 €",
    "♪ ♥ ★ → ✓ ①",
    "ｶﾀｶﾅ ＡＢＣ ㄅㄆㄇ",
)


def missing(text: str) -> set[str]:
    """Characters that no font has."""
    return {character for character in text if not character.isspace() and font_of(character) is None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_of_every_catalogue_can_be_drawn(language: str) -> None:
    """Translations and the English they come from."""
    spoken = catalogue(language.replace("_", "-"), FOLDER)
    said = "".join(english + spoken.pgettext(key, english) for key, english in ENGLISH.items())
    assert missing(said) == set()


@pytest.mark.parametrize("text", PEOPLE_AND_LYRICS)
def test_names_and_lyrics_are_drawn_as_they_are(text: str) -> None:
    """Latin, Greek, Cyrillic, both Chineses, Japanese, Korean, and the signs between."""
    assert missing(text) == set()
    assert readable(text) == text


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("DJ 🎸 Mia 🇩🇪", "DJ Mia"),
        ("Ana❤️‍🔥", "Ana"),
        ("🎸", "guitar"),
        ("👩‍🎤🎸", "woman microphone guitar"),
        ("𝓐𝓵𝓮𝔁 𝟗𝟗", "Alex 99"),
        ("สวัสดี", "swasdi"),
        ("שלום", "slvm"),
        ("𠮷野家", "Kichi野家"),
        ("a\u202eb\u200dc\ufe0f\nd\te", "abc d e"),
        ("e\u0301te\u0301", "été"),
        ("Z\u0351\u0352a\u0337lgo", "Z\u0351a\u0337lgo"),
        ("\ue000\ue001", "?"),
        ("", ""),
    ],
)
def test_what_no_font_has_is_written_so_that_it_can_be_read(typed: str, drawn: str) -> None:
    """Fancy letters, other scripts, emoji, rare characters, controls, piles of accents: never a box."""
    assert readable(typed) == drawn
    assert missing(readable(typed)) == set()


def drawn(text: str, anchor: str = "ls", at: tuple[int, int] = (40, 100)) -> Image.Image:
    """The text in white on black."""
    picture = Image.new("L", (400, 160))
    write(ImageDraw.Draw(picture), at, text, 40, "white", anchor)
    return picture


def test_a_line_of_two_scripts_is_one_line() -> None:
    """It is as wide as it says, whatever it is anchored by, and stands on one foot."""
    wide = width_px("Riff 乐段 №1", 40)
    for anchor, left in (("ls", 40.0), ("ms", 200 - wide / 2), ("rs", 360 - wide)):
        box = drawn(
            "Riff 乐段 №1", anchor, (40 if anchor == "ls" else 200 if anchor == "ms" else 360, 100)
        ).getbbox()
        assert box is not None
        assert box[0] == pytest.approx(left, abs=6)
        assert box[2] == pytest.approx(left + wide, abs=10)
        assert 95 <= box[3] <= 112
    top, middle = drawn("乐", "la", (40, 40)).getbbox(), drawn("乐", "lm", (40, 80)).getbbox()
    assert top is not None
    assert middle is not None
    assert top[1] >= 40
    assert (middle[1] + middle[3]) / 2 == pytest.approx(80, abs=8)


def test_han_beside_kana_has_its_japanese_form() -> None:
    """One code point, two shapes: beside kana the Japanese one."""
    chinese, japanese = drawn("直骨").crop((0, 0, 120, 160)), drawn("直骨の").crop((0, 0, 120, 160))
    assert chinese.getbbox() is not None
    assert chinese.tobytes() != japanese.tobytes()


def test_long_lines_end_in_an_ellipsis() -> None:
    """Cut to the pixels there are, never wider; what fits stays whole."""
    short = fitted("很长很长很长很长很长的一行歌词 and more", 30, 200)
    assert short.endswith("…")
    assert width_px(short, 30) <= 200
    assert width_px(short, 30) > 150
    assert fitted("短", 30, 200) == "短"
