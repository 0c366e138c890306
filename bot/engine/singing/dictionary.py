"""How English words are said: the CMU Pronouncing Dictionary, packed.

`cmudict.z` holds the first pronunciation of every word spelt in plain letters, sorted, a line each: the word,
a space, one character a sound. Its notice is in LICENSE beside it. `python -m bot.engine.singing.dictionary
cmudict.dict` packs it anew from the dictionary as Carnegie Mellon publishes it.
"""

from __future__ import annotations

import re
import sys
import zlib
from functools import lru_cache
from pathlib import Path

from bot.engine.singing.phones import ENGLISH_CONSONANTS, ENGLISH_VOWELS

_PACKED = Path(__file__).parent / "cmudict.z"
_SOUNDS = [vowel + stress for vowel in sorted(ENGLISH_VOWELS) for stress in "012"] + sorted(
    ENGLISH_CONSONANTS
)
_FIRST_CODE = ord("0")
_CODES = {sound: chr(_FIRST_CODE + place) for place, sound in enumerate(_SOUNDS)}


@lru_cache(maxsize=1)
def _lines() -> bytes:
    return zlib.decompress(_PACKED.read_bytes())


@lru_cache(maxsize=4096)
def pronounced(word: str) -> tuple[str, ...]:
    """Return the sounds of a word in small letters, vowels with their stress ("AH0"); () if it is unknown."""
    lines, wanted = _lines(), word.encode("utf-8", "replace")
    low, high = 0, len(lines)
    while low < high:
        start = lines.rfind(b"\n", 0, (low + high) // 2) + 1
        end = lines.find(b"\n", start)
        found, _, codes = lines[start:end].partition(b" ")
        if found == wanted:
            return tuple(_SOUNDS[code - _FIRST_CODE] for code in codes)
        if found < wanted:
            low = end + 1
        else:
            high = start
    return ()


def pack(published: str) -> bytes:
    """Return the packed form of a dictionary in its published form."""
    codes: dict[str, str] = {}
    for line in published.splitlines():
        word, _, sounds = line.partition("#")[0].strip().partition(" ")
        if re.fullmatch(r"[a-z']+", word):
            codes[word] = "".join(_CODES[sound] for sound in sounds.split())
    packed = "".join(f"{word} {codes[word]}\n" for word in sorted(codes))
    return zlib.compress(packed.encode("ascii"), 9)


if __name__ == "__main__":
    _PACKED.write_bytes(pack(Path(sys.argv[1]).read_text("utf-8")))
