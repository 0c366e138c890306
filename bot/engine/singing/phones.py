"""Speech sounds and syllables: the alphabet that lyrics are turned into.

English sounds have their ARPAbet names (AA, CH, NG …), as in the CMU Pronouncing Dictionary. Chinese adds
what English has not: the vowels YU (ü), EU (e), ZHI and ZI (the buzzing i of 知 and 资), the glide WY (the
ü of 月) and the consonants ZHR CHR SHR RR (zh ch sh r), JX QX XX (j q x), TZ TS (z c) and HX (h).
"""

from __future__ import annotations

from dataclasses import dataclass

PLAIN_VOWELS = frozenset(
    ["AA", "AE", "AH", "AO", "EH", "ER", "IH", "IY", "UH", "UW", "YU", "EU", "ZHI", "ZI"]
)
DIPHTHONGS = {
    "AW": ("AA", "UH"),
    "AY": ("AA", "IY"),
    "EY": ("EH", "IY"),
    "OW": ("AO", "UW"),
    "OY": ("AO", "IY"),
    "AR": ("AA", "ER"),
}
VOWELS = PLAIN_VOWELS | DIPHTHONGS.keys()
GLIDES = frozenset(["W", "Y", "WY", "L", "R", "RR"])
NASALS = frozenset(["M", "N", "NG"])
FRICATIVES = frozenset(["S", "Z", "SH", "ZH", "F", "V", "TH", "DH", "HH", "HX", "SHR", "XX"])
STOPS = frozenset(["P", "T", "K", "B", "D", "G"])
AFFRICATES = frozenset(["CH", "JH", "ZHR", "CHR", "JX", "QX", "TZ", "TS"])
# Shades of sounds that depend on the neighbours; lyrics are spelt without them (see `shades`).
SHADES = frozenset({"AX", "LX", "DX", "PX", "TX", "KX"})
CONSONANTS = GLIDES | NASALS | FRICATIVES | STOPS | AFFRICATES


@dataclass(frozen=True, slots=True)
class Syllable:
    """One sung syllable: the sounds before its vowel, the vowel (or a hum: M, N), the sounds after it.

    `text` is the stretch of the lyrics that it stands for; `begins_word` tells where words begin.
    `stress` is 0, 1 (main) or 2 of an English word; `tone` is 1 to 5 of a Chinese one, else 0.
    """

    onset: tuple[str, ...]
    nucleus: str
    coda: tuple[str, ...]
    text: str
    begins_word: bool = True
    stress: int = 1
    tone: int = 0
