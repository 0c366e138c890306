"""Words as people write them who do not want them found: made from Unicode's own list of look-alikes.

This reads its own copy of ``confusables.txt`` and shares nothing with the screen: neither table nor code.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, Protocol

UNSEEN: Final = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u2063", "\ufe00", "\ufe0f")
MARKS: Final = tuple(chr(code) for code in range(0x300, 0x370))
BETWEEN: Final = (" ", ".", "-", "_", "*", "~", " . ", "·", "  ", "/", "|", "•")
WORDS: Final[dict[str, Sequence[str]]] = {
    "Latin": ("thunder", "mountain", "velocity", "orchard", "lantern", "kingfisher", "jigsaw", "plumbing"),
    "Cyrillic": ("картошка", "молния", "дорога", "зеркало", "фонарик", "чайник", "ёжик", "бабушка"),
    "Greek": ("θαλασσα", "κιθαρα", "ποδηλατο", "ψωμι", "χελωνα", "φεγγαρι", "δρομος", "ξυλο"),
    "Han": (
        *("金魚水草", "白馬黑羊", "風火山林", "老虎士子", "文人手工", "黃河流金"),
        *("龜鼓齊鳴", "飛鳥走馬", "青瓜木耳", "心口不一", "父子同車", "音色寸金"),
        *("身長足赤", "豆瓜生香", "門戶見山", "骨肉皮毛", "日月水土", "鼻高齒白"),
        *("女子立里", "石田竹林", "羊毛衣服", "鹿角龍骨", "雨水米麥", "隶书黑面"),
    ),
    "Kana": (
        *("カロリー", "ロケット", "ニトロハロ", "エタノール", "カタカナ", "トロッコ"),
        *("ハエトリ", "ニカラグア", "タロット", "コーヒー", "ヘリコプター", "ノロエト"),
        *("カニカマ", "ハロー", "エロイカ", "タニシ", "ロカビリー", "ニーハオ"),
        *("ラーメンヘタ", "トカゲノエ", "ハタチノカ", "イロエンピツ", "カイロ", "ノーベルへ"),
    ),
}
"""Everyday words that stand for those that a server does not want."""


@cache
def twins() -> dict[str, tuple[str, ...]]:
    """Of each character those that Unicode says it is confused with, itself not among them."""
    path = Path(__file__).parent / "texts" / "confusables.txt"
    skeletons: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            source, _, target = line.partition(" ; ")
            skeletons[_characters(source)] = _characters(target)
    alike: defaultdict[str, set[str]] = defaultdict(set)
    for source, skeleton in skeletons.items():
        alike[skeleton].add(source)
        if len(skeleton) == 1:
            alike[skeleton].add(skeleton)
    return {member: tuple(sorted(members - {member})) for members in alike.values() for member in members}


def _characters(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split())


def look_alikes(word: str, count: int, *, seed: int) -> list[str]:
    """So many different writings of a word, at least one letter replaced in each."""
    chance = random.Random(seed)
    cases = [word, word.upper(), word.title()]
    found: set[str] = set()
    for _ in range(count * 20):
        written = chance.choice(cases)
        share = chance.choice((0.3, 0.6, 1.0))
        told = "".join(_twin(letter, chance) if chance.random() < share else letter for letter in written)
        if told != written:
            found.add(told)
        if len(found) == count:
            break
    return sorted(found)


def _twin(letter: str, chance: random.Random) -> str:
    others = twins().get(letter, ())
    return chance.choice(others) if others else letter


def mixed(word: str, count: int, *, seed: int) -> list[str]:
    """So many writings with look-alikes and, beside them, one or two other tricks."""
    chance = random.Random(seed)
    found: set[str] = set()
    for number in range(count * 20):
        (told,) = look_alikes(word, 1, seed=seed * 1_000 + number) or [word]
        for trick in chance.sample((_unseen, _spelled, _marked, _stretched), chance.choice((1, 1, 2))):
            told = trick(told, chance)
        found.add(told)
        if len(found) == count:
            break
    return sorted(found)


def _unseen(word: str, chance: random.Random) -> str:
    return "".join(letter + chance.choice(("", *UNSEEN)) for letter in word)


def _spelled(word: str, chance: random.Random) -> str:
    return chance.choice(BETWEEN).join(word)


def _marked(word: str, chance: random.Random) -> str:
    return "".join(letter + chance.choice((*MARKS, "", "")) for letter in word)


def _stretched(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    return word[:place] + word[place] * chance.randint(3, 6) + word[place + 1 :]


class Reader(Protocol):
    """Whoever looks for words."""

    def met(self, text: str) -> Sequence[object]:
        """What is in a text."""
        ...


def caught(reader: Reader, written: str) -> bool:
    """Whether a word is found as it is written, in the middle of a prompt."""
    return bool(reader.met(f"play {written} now"))
