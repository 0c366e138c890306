"""Numbers as they are said, in English and in Chinese."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_UNITS = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
) + _words("fifteen sixteen seventeen eighteen nineteen")
_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"} | {
    "nine": "ninth",
    "twelve": "twelfth",
}
_CHINESE_DIGITS = "零一二三四五六七八九"
_CHINESE_UNITS = ("", "十", "百", "千")
_YEARS = range(1100, 2000)


def english_number(digits: str) -> list[str]:
    """Return a number's words: up to 9999 as a number (years by halves), longer ones digit by digit."""
    if len(digits) > 4 or (len(digits) > 1 and digits[0] == "0"):
        return [_UNITS[int(digit)] for digit in digits]
    number = int(digits)
    if number in _YEARS and number % 100:
        low = _below_hundred(number % 100)
        return [*_below_hundred(number // 100), *(["oh"] if number % 100 < 10 else []), *low]
    if number in _YEARS and number % 1000:
        return [*_below_hundred(number // 100), "hundred"]
    words: list[str] = []
    if number >= 1000:
        words += [_UNITS[number // 1000], "thousand"]
    if number % 1000 >= 100:
        words += [_UNITS[number % 1000 // 100], "hundred"]
    if number % 100 or not words:
        words += _below_hundred(number % 100)
    return words


def _below_hundred(number: int) -> list[str]:
    if number < 20:
        return [_UNITS[number]]
    tens = _TENS[number // 10 - 2]
    return [tens, _UNITS[number % 10]] if number % 10 else [tens]


def ordinal(word: str) -> str:
    """Return the ordinal of a number word: "twenty" becomes "twentieth"."""
    if word in _ORDINALS:
        return _ORDINALS[word]
    return word[:-1] + "ieth" if word.endswith("y") else word + "th"


def plural(word: str) -> str:
    """Return the plural of a number word: "eighty" becomes "eighties"."""
    if word.endswith("y"):
        return word[:-1] + "ies"
    return word + ("es" if word == "six" else "s")


def chinese_number(digits: str) -> str:
    """Return a number in characters: up to 9999 as a number, longer ones and years digit by digit."""
    if len(digits) > 4 or (len(digits) > 1 and digits[0] == "0") or int(digits) in range(1100, 2100):
        return "".join(_CHINESE_DIGITS[int(digit)] for digit in digits)
    said = ""
    for power, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        if digit != "0":
            said += _CHINESE_DIGITS[int(digit)] + _CHINESE_UNITS[power]
        elif said and not said.endswith("零"):
            said += "零"
    said = said.removesuffix("零") or "零"
    return said.removeprefix("一") if said.startswith("一十") else said
