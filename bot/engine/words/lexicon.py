"""Prompt to intent: longest phrases first, in English and Chinese, with typos and negation understood."""

from __future__ import annotations

from bot.engine.styles.templates import genres
from bot.engine.words.intent import MOST_GENRES, Intent
from bot.engine.words.lexicon_table import lexicon
from bot.engine.words.metre_words import take_meter
from bot.engine.words.names import take_names
from bot.engine.words.phrase_reader import PhraseReader
from bot.engine.words.spelling import normalise, plain
from bot.engine.words.tempo_and_key import take_key, take_short_key, take_tempo

__all__ = ["normalise", "understand"]


def understand(prompt: str) -> Intent:
    """Read a prompt. Never raises; unknown words end in `ignored`, and time grows linearly with the text."""
    spelled = normalise(prompt)
    intent = Intent(text=spelled.lower())
    text = take_short_key(take_names(spelled, intent, lexicon()), intent).lower()
    for take in (take_meter, take_tempo):
        text = take(text, intent)
    if intent.tonic is None:
        text = take_key(text, intent)
    PhraseReader(lexicon(), intent).read(plain(text))
    _settle_leads(intent)
    if "vox" in intent.banned:  # "instrumental": nobody hums either, unless a choir was asked for
        asked = {name for name, _ in intent.instruments}
        intent.banned.update(set(lexicon().families["vocals"]) - asked)
    intent.genres = [genre for genre in intent.genres if genre not in intent.banned]
    intent.singers = [singer for singer in intent.singers if singer not in intent.refused_singers]
    intent.instruments = [pair for pair in intent.instruments if pair[0] not in intent.banned]
    _settle_genres(intent)
    return intent


def _settle_genres(intent: Intent) -> None:
    """Tell which genres are too many to be heard together; the first three named are."""
    names = [genres()[name].label for name in intent.genres]
    if len(names) > MOST_GENRES:
        kept = ", ".join(names[:MOST_GENRES])
        intent.clamped.append(("genres", ", ".join(names), kept))
        del intent.genres[MOST_GENRES:]


_SOLO_ROLES = frozenset({"lead", "vox", "bell", "bass", "drums", "drum"})


def _settle_leads(intent: Intent) -> None:
    """Apply "X over Y": what stands before the "over" leads, the style after it is the bed."""
    if intent.alone == "solo" and (len(intent.instruments) > 1 or intent.leads_end):
        intent.alone = ""  # "solo violin over techno" is no violin alone
    if not intent.leads_end:
        return
    genres, instruments = intent.leads_end
    bed = intent.genres[genres:]
    if not bed and len(intent.instruments) == instruments:
        intent.leads_end = None
        return
    intent.genres = bed + intent.genres[:genres]
    for place, (name, role) in enumerate(intent.instruments[:instruments]):
        if role not in _SOLO_ROLES and name not in intent.parts:
            intent.instruments[place] = (name, "lead")
            intent.parts[name] = "lead"
