"""Prompts worth trying, offered while a member types."""

from __future__ import annotations

from typing import Final

from bot.ui.discord_limits import CHOICE_CHARS, CHOICES_MOST
from bot.ui.text import plain, units

PROMPTS: Final = (
    "lofi rain piano",
    "funky synth solo",
    "bossa nova guitar at sunset",
    "drum and bass, 174 bpm",
    "jazz piano trio in a small club",
    "church bells on a winter morning",
    "acid techno, dark and hypnotic",
    "smooth tenor sax ballad",
    "reggae with a deep bass",
    "Celtic fiddle reel",
    "8-bit chiptune chase",
    "deep house with warm pads",
    "delta blues slide guitar",
    "string quartet, tense and slow",
    "90's rap with scratches",
    "synthwave night drive",
    "flamenco guitar and claps",
    "ambient drone over the sea",
    "gospel choir and organ",
    "death metal riff",
    "cumbia with accordion",
    "harp and flute in the forest",
    "trap beat with 808 bass",
    "surf rock guitar",
    "Indian sitar raga",
    "Japanese koto garden",
    "polka with accordion and tuba",
    "disco strings, 120 bpm",
    "soul with horns and a groovy bass",
    "country banjo on the porch",
    "waltz for a music box, 3/4",
    "salsa piano montuno",
    "afrobeat with horns",
    "minimal piano, sad, in D minor",
    "dubstep wobble bass",
    "trance arpeggio, euphoric",
    "medieval choir in a cathedral",
    "vibraphone in a cocktail bar",
    "rock ballad with electric guitar",
    "hip hop boom bap with vinyl crackle",
    "marimba and shaker, happy",
    "epic orchestra with timpani",
    "garage punk, fast and loud",
    "electro swing with a clarinet",
    "bagpipes over techno",
    "kalimba lullaby",
    "New Orleans brass band",
    "UK garage with a skippy beat",
    "psychedelic organ jam",
    "steel drums on the beach",
    "tango with accordion and violin",
    "folk guitar by the fire",
    "glockenspiel and strings, dreamy",
    "industrial drums, no melody",
    "slap bass funk in E minor",
    "Christmas bells and choir",
    "video game boss fight",
    "blues harmonica on a train",
    "slow R&B with electric piano",
    "ska with trombone, 160 bpm",
    "Gregorian chant",
    "breakbeat with a distorted bass",
    "soft shoegaze guitars",
    "harpsichord in the style of baroque",
    "爵士 萨克斯",
    "古筝 和 笛子",
    "电子 舞曲 128 bpm",
    "忧伤的钢琴",
)

PRESETS: Final = {
    "rainy_day": "lofi rain piano, vinyl crackle, slow and warm",
    "night_drive": "synthwave night drive, pulsing bass, 100 bpm",
    "boss_fight": "video game boss fight, fast and dramatic, electric guitar",
    "campfire": "folk guitar by the fire, harmonica, calm",
    "dance_floor": "deep house with warm pads and a driving beat, 124 bpm",
    "small_club": "jazz piano trio in a small club, brushed drums, upright bass",
    "space_walk": "ambient drone with slow bells, dreamy, no drums",
    "old_radio": "swing band from the 1930s on an old radio, clarinet",
}
"""Words that everybody may use under a name, which is the sentence ``preset.<key>``."""


def suggest(typed: str) -> list[str]:
    """The typed text itself, then prompts that have each of its words, then those that have any.

    Nothing for a text that is too long to be a suggestion: choosing one would throw it away.
    """
    typed = plain(typed, units(typed))
    if units(typed) > CHOICE_CHARS:
        return []
    words = typed.lower().split()
    every = [prompt for prompt in PROMPTS if all(word in prompt.lower() for word in words)]
    some = [prompt for prompt in PROMPTS if any(word in prompt.lower() for word in words if len(word) > 2)]
    offered = ([typed] if typed else []) + every + some
    return list(dict.fromkeys(offered))[:CHOICES_MOST]
