"""English words as syllables: by dictionary, by endings, by letters."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from bot.engine.singing.dictionary import pronounced
from bot.engine.singing.phones import NASALS, VOWELS, Syllable
from bot.engine.singing.tables import english_onsets, letter_rules

_LONGEST_WORD = 40  # letters; more is no word and is said in pieces
_SIBILANTS = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})
_VOICELESS = frozenset({"P", "T", "K", "F", "TH"})
_VOWEL_LETTERS = re.compile(r"[aeiouy]+")


@lru_cache(maxsize=4096)
def sounds_of_word(word: str) -> tuple[str, ...]:
    """Return how a word in small letters and apostrophes is said, vowels with their stress."""
    if len(word) > _LONGEST_WORD:
        pieces = [word[start : start + _LONGEST_WORD] for start in range(0, len(word), _LONGEST_WORD)]
        return tuple(sound for piece in pieces for sound in sounds_of_word(piece))
    bare = word.replace("'", "")
    if re.fullmatch(r"h*m{2,}", bare):
        return ("HH", "M") if bare.startswith("h") else ("M",)
    for candidate in (word, word.strip("'"), bare, *_with_fewer_letters(bare)):
        found = pronounced(candidate) if candidate else ()
        if any(sound[-1].isdigit() for sound in found):
            return found
    return _by_ending(word) or _by_letters(bare)


def _with_fewer_letters(word: str) -> tuple[str, ...]:
    """Return a stretched word ("sooooon", "heyyy") with its runs of letters cut to two and to one."""
    if not re.search(r"(.)\1\1|(.)\2$", word):
        return ()
    return (
        re.sub(r"(.)\1{2,}", r"\1\1", word),
        re.sub(r"(.)\1{2,}", r"\1", word),
        re.sub(r"(.)\1+", r"\1", word),
    )


def _by_ending(word: str) -> tuple[str, ...]:
    """Return a known word with an ending ("strumm-in'", "vibe-s"), or ()."""
    if word.endswith(("in'", "in")) and (found := pronounced(word.rstrip("'") + "g")):
        return (*found[:-1], "N")
    for ending, sounds in (
        ("'s", ()),
        ("s'", ()),
        ("s", ()),
        ("ed", ()),
        ("ing", ("IH0", "NG")),
        ("ly", ("L", "IY0")),
    ):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 3:
            continue
        found = _stem(stem)
        if not found:
            continue
        if "s" in ending:
            return (*found, *_plural(found[-1]))
        return (*found, *(sounds or _past(found[-1])))
    return ()


def _stem(stem: str) -> tuple[str, ...]:
    undoubled = stem[:-1] if stem[-1] == stem[-2] else ""
    for candidate in (stem, stem + "e", undoubled):
        if candidate and (found := pronounced(candidate)):
            return found
    return ()


def _plural(last: str) -> tuple[str, ...]:
    if last in _SIBILANTS:
        return ("IH0", "Z")
    return ("S",) if last in _VOICELESS else ("Z",)


def _past(last: str) -> tuple[str, ...]:
    if last in {"T", "D"}:
        return ("IH0", "D")
    return ("T",) if last in _VOICELESS | {"S", "SH", "CH"} else ("D",)


def _by_letters(word: str) -> tuple[str, ...]:
    if not _VOWEL_LETTERS.search(word) and len(word) <= 5 and not set(word) <= set("hmsz"):
        return tuple(sound for letter in word for sound in pronounced(letter))
    sounds: list[str] = []
    place = 0
    while place < len(word):
        for pattern, said in letter_rules():
            if (match := pattern.match(word, place)) and match.end() > place:
                sounds += said
                place = match.end()
                break
        else:
            place += 1
    return tuple(sounds)


def word_syllables(word: str) -> list[Syllable]:
    """Return a word's syllables; their texts together are the word as it was given."""
    return split(sounds_of_word(word.lower()), word)


def split(sounds: tuple[str, ...], text: str) -> list[Syllable]:
    """Return the syllables of a word's sounds, consonants going to the later one where that is sayable."""
    plain = [sound.rstrip("012") for sound in sounds]
    places = [place for place, sound in enumerate(plain) if sound in VOWELS]
    if not places:
        return _hum(plain, text)
    onset_start = 0
    cuts: list[tuple[int, int, int]] = []  # start, vowel, end
    for place, following in zip(places, [*places[1:], None], strict=True):
        end = len(plain) if following is None else following - _onset_length(plain[place + 1 : following])
        cuts.append((onset_start, place, end))
        onset_start = end
    return [
        Syllable(
            onset=tuple(plain[start:vowel]),
            nucleus=plain[vowel],
            coda=tuple(plain[vowel + 1 : end]),
            text=fragment,
            begins_word=number == 0,
            stress=int(sounds[vowel][-1]) if sounds[vowel][-1].isdigit() else 1,
        )
        for number, ((start, vowel, end), fragment) in enumerate(
            zip(cuts, fragments(text, len(cuts)), strict=True)
        )
    ]


def _onset_length(between: list[str]) -> int:
    for length in range(len(between), 1, -1):
        if tuple(between[-length:]) in english_onsets():
            return length
    return 1 if between and between[-1] != "NG" else 0


def _hum(sounds: list[str], text: str) -> list[Syllable]:
    """Return a word without vowel ("mmm", "shh") as one hummed or murmured syllable."""
    if not sounds:
        return []
    hums = [place for place, sound in enumerate(sounds) if sound in NASALS]
    if hums:
        return [Syllable(tuple(sounds[: hums[0]]), sounds[hums[0]], tuple(sounds[hums[-1] + 1 :]), text)]
    return [Syllable(tuple(sounds), "AH", (), text, stress=0)]


def fragments(word: str, count: int) -> list[str]:
    """Return a written word cut into as many pieces as it has syllables, between vowels if they tell."""
    groups = [match.span() for match in _VOWEL_LETTERS.finditer(word.lower())]
    if len(groups) > count and word.lower().rstrip("'sd").endswith("e"):
        groups = groups[:count]  # a silent e
    if len(groups) == count:
        cuts = [(left[1] + right[0]) // 2 for left, right in pairwise(groups)]
    else:
        cuts = [round(len(word) * place / count) for place in range(1, count)]
    return [word[start:end] for start, end in zip([0, *cuts], [*cuts, len(word)], strict=True)]
