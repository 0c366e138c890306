"""Speech sounds and syllables: the alphabet that lyrics are turned into.

English sounds have their ARPAbet names (AA, CH, NG …), as in the CMU Pronouncing Dictionary. Chinese adds
what English has not: the vowels YU (ü), EU (e), ZHI and ZI (the buzzing i of 知 and 资), the glide WY (the
ü of 月) and the consonants ZHR CHR SHR RR (zh ch sh r), JX QX XX (j q x), TZ TS (z c) and HX (h).
"""

from __future__ import annotations

from dataclasses import dataclass


def _named(names: str) -> frozenset[str]:
    return frozenset(names.split())


ENGLISH_VOWELS = _named("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW")
ENGLISH_CONSONANTS = _named("B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH")
# Diphthongs move from a vowel of their own to a glide that falls short of ee or oo.
DIPHTHONGS = {
    "AW": ("AWA", "UWG"),
    "AY": ("AYA", "IYG"),
    "EY": ("EYE", "IYG"),
    "OW": ("OWO", "UWG"),
    "OY": ("OYO", "IYG"),
    "AR": ("AA", "ER"),
}
DIPHTHONG_PARTS = frozenset(part for parts in DIPHTHONGS.values() for part in parts)
VOWELS = ENGLISH_VOWELS | _named("YU EU ZHI ZI AR")
CONSONANTS = ENGLISH_CONSONANTS | _named("WY RR SHR XX HX ZHR CHR JX QX TZ TS")
NASALS = _named("M N NG")
# Shades of sounds that depend on the neighbours; lyrics are spelt without them (see `shades`).
SHADES = _named("AX LX RX DX PX TX KX")


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
