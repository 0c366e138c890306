"""What was understood and decided, in full: as data for programs, and in some twenty lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.engine.piece import Piece
from bot.engine.score.model import Feel
from bot.engine.styles.style import SEED_PREFIX
from bot.engine.theory.chord_names import chord_name, numeral
from bot.engine.understanding import AUDIBLE_WEIGHT, label_of

if TYPE_CHECKING:
    from bot.engine.piece import Understood
    from bot.engine.score.model import Score, Track

_FEEL_NAMES = (
    "energy",
    "valence",
    "brightness",
    "density",
    "reverb",
    "lofi",
    "drive",
    "pump",
    "human",
)
_NOTABLE = 0.02
_TEMPO_FROM = {
    "asked": "as asked",
    "nearest": "as near as can be to what was asked",
    "between": "between those that were asked for",
    "style": "from the style and its moods",
    "seed image": "that of the seed image",
    "source": "that of the source",
}
_KEY_FROM = {
    "asked": "as asked",
    "mode asked": "the mode as asked, the tonic chosen by meaning and seed",
    "chosen": "chosen by meaning and seed",
    "seed image": "that of the seed image",
    "source": "that of the source",
}
_PROMPTS = ("first prompt", "second prompt")
_ROLES = {
    "drums": "beat",
    "bass": "bass",
    "comp": "chords",
    "pad": "sustained chords",
    "lead": "melody",
    "stab": "accents",
    "arp": "broken chords",
    "bell": "bells",
    "vox": "voice",
    "drum": "low drum",
}


def explain(piece: Piece | Score, understood: Understood) -> dict[str, Any]:
    """Return everything that was understood and decided about a piece, as plain values for JSON."""
    score = piece.score if isinstance(piece, Piece) else piece
    return {
        "words": list(understood.words),
        "ignored": list(understood.ignored),
        "refused": list(understood.refused),
        "clamped": [
            {"what": what, "asked": asked, "played": played} for what, asked, played in understood.clamped
        ],
        "tempo": {"bpm": understood.bpm, "why": understood.tempo_from, "meter": understood.meter},
        "key": {"name": score.key, "why": understood.key_from},
        "genres": dict(understood.genres),
        "moods": list(understood.moods),
        "eras": list(understood.eras),
        "alone": understood.alone,
        "ingredients": dict(score.ingredients),
        "made_of": _made_of(score, understood.prompts),
        "swing": round(score.swing, 3),
        "chords": [
            [{"numeral": numeral(chord), "name": chord_name(chord, score.tonic, score.mode)} for chord in bar]
            for bar in score.chords
        ],
        "players": [_player(track) for track in score.tracks],
        "sections": [
            {"name": part.name, "first_bar": part.first_bar + 1, "bars": part.bars, "energy": part.energy}
            for part in score.sections
        ],
        "length": {"bars": score.bars, "seconds": score.frames / 100},
        "search": dict(understood.search),
        "feel": _feel(score.feel),
        "seed": score.seed,
    }


def _player(track: Track) -> dict[str, Any]:
    return {
        "name": label_of(track),
        "role": track.role,
        "pattern": track.pattern,
        "level_db": round(track.level_db, 1),
        "share": round(track.weight, 3),
        "notes": len(track.sounding),
        "heard": _heard(track),
    }


def _heard(track: Track) -> str:
    if track.under_mask:
        return "through the mask"
    return "yes" if track.weight >= AUDIBLE_WEIGHT else "faintly"


def _feel(feel: Feel) -> dict[str, float]:
    values = {name: round(getattr(feel, name), 2) for name in _FEEL_NAMES}
    return values | {name: round(amount, 2) for name, amount in sorted(feel.textures.items())}


def explanation_text(explained: dict[str, Any]) -> str:
    """Return an explanation in some twenty lines, one subject a line."""
    tempo, key = explained["tempo"], explained["key"]
    lines = [
        _list("Understood", explained["words"], "no word of it"),
        _list("Not known", explained["ignored"], "nothing; every word had a meaning"),
        *([_list("Left out", explained["refused"], "")] if explained["refused"] else []),
        *(
            f"Out of reach: {clamp['what']} {clamp['asked']}; {clamp['played']} {_done(clamp['what'])}."
            for clamp in explained["clamped"]
        ),
        f"Style: {_shares(explained['genres'])}.",
        *([_list("Moods", explained["moods"], "")] if explained["moods"] else []),
        *([_list("Eras", explained["eras"], "")] if explained["eras"] else []),
        f"Tempo: {tempo['bpm']:g} beats a minute, {_TEMPO_FROM.get(tempo['why'], tempo['why'])}.",
        f"Metre: {tempo['meter']}"
        + (f", swung by {explained['swing']:.2f}." if explained["swing"] > _NOTABLE else "."),
        f"Key: {key['name']}, {_KEY_FROM.get(key['why'], key['why'])}.",
        f"Made of: {_shares(explained['made_of'])}.",
        f"Length: {explained['length']['bars']} bars, {explained['length']['seconds']:.2f} s.",
        f"Sections: {_sections(explained['sections'])}.",
        f"Chords: {_bars(explained['chords'], 'numeral')}",
        f"     as {_bars(explained['chords'], 'name')}",
        *map(_player_line, explained["players"]),
        *_search_lines(explained["search"]),
        f"Feel: {', '.join(f'{name} {value:g}' for name, value in explained['feel'].items())}.",
    ]
    return "\n".join(lines)


def _done(what: str) -> str:
    return "are sung" if what == "lyrics" else "is played"


def _list(title: str, words: list[str], nothing: str) -> str:
    return f"{title}: {', '.join(words) or nothing}."


def _shares(shares: dict[str, float]) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in shares.items()) or "none by name"


def _made_of(score: Score, prompts: list[str]) -> dict[str, float]:
    """Return the shares by what people asked for, instead of by the names that meanings have inside."""
    known = dict(zip(prompts, _PROMPTS if len(prompts) > 1 else ("prompt",), strict=False))
    shares: dict[str, float] = {}
    for name, share in score.ingredients.items():
        if name.startswith(SEED_PREFIX):
            told = name.replace(SEED_PREFIX, "seed image ")
        else:
            told = known.get(name, "the other music")
        shares[told] = round(shares.get(told, 0.0) + share, 4)
    return shares


def _sections(sections: list[dict[str, Any]]) -> str:
    return ", ".join(f"{part['name']} ({part['bars']} bars)" for part in sections) or "one"


def _bars(chords: list[list[dict[str, str]]], kind: str) -> str:
    """Return the chords bar by bar; what comes again is counted, not written again."""
    bars = ["/".join(chord[kind] for chord in bar) for bar in chords]
    for size in (1, 2, 4, 8):
        if len(bars) > size and len(bars) % size == 0 and bars == bars[:size] * (len(bars) // size):
            return f"{' | '.join(bars[:size])}  ({len(bars) // size} times)"
    return " | ".join(bars)


def _player_line(player: dict[str, Any]) -> str:
    role = _ROLES.get(player["role"], player["role"])
    pattern = f", pattern {player['pattern']}" if player["pattern"] else ""
    heard = {"yes": "", "faintly": ", faintly"}.get(player["heard"], f", {player['heard']}")
    return (
        f"  {player['name']}: {role}{pattern}, {player['level_db']:+g} dB, "
        f"share {player['share']:.0%}, {player['notes']} notes{heard}"
    )


def _search_lines(search: dict[str, float]) -> list[str]:
    if not search:
        return []
    return [
        f"Melodies: {search['melodies']:g}, each the best of {search['candidates']:g}; "
        f"the critic's value rose from {search['first']:.2f} to {search['best']:.2f}."
    ]
