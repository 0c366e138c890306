"""Taking notes while a prompt is read: what is wanted, what is refused, and how long a refusal lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.instruments import instruments

if TYPE_CHECKING:
    from bot.engine.words.intent import Intent
    from bot.engine.words.lexicon_table import Lexicon, Meaning

_MAX_IGNORED_WORDS = 24
_QUALITIES = frozenset({"mood", "genre", "era"})
_PLAYERS = frozenset({"instrument", "drums", "voice"})
_EVERYTHING = _QUALITIES | _PLAYERS | {"without", "singer"}
# "No heavy drums" hands the refusal on to the drums, "not too heavy drums" does not.
_REFUSE_A_QUALITY_ALONE = frozenset({"not", "never", "不", "别", "不太"})
_AND_ALSO = frozenset({"or", "nor", "and", "/", "&", "和", "与", "或", "及"})
_OR = frozenset({"or", "nor", "/", "或"})
_ARTICLES = frozenset({"a", "the", "more", "much", "many", "with"})


class NoteTaker:
    """Writes the meanings of a prompt's words into an intent."""

    def __init__(self, words: Lexicon, intent: Intent) -> None:
        self._words = words
        self._intent = intent
        self._refused: frozenset[str] = frozenset()  # the kinds of meaning that are refused just now
        self._handed_on: frozenset[str] = frozenset()  # what stays refused after a quality
        self._singer_only = False  # "no female voices" is about one kind of singer
        self._just_refused = False  # "no drums or bass": the "or" hands the refusal on
        self._genre_refused = False  # "not house or pop"
        self.facet_genres: list[str] = []
        self.player = ""  # the player that was named last, while nothing else was read

    @property
    def refusing(self) -> bool:
        """Tell whether what comes next is refused."""
        return bool(self._refused)

    def take(self, phrase: str, meanings: tuple[Meaning, ...]) -> None:
        """Note what a known phrase means, wanted or refused."""
        self._just_refused, self._genre_refused, self.player = False, False, ""
        self._singer_only = self._singer_only or any(meaning.kind == "singer" for meaning in meanings)
        for meaning in meanings:
            if meaning.kind in self._refused:
                self._ban(phrase, meaning)
                self._just_refused = meaning.kind in _PLAYERS or self._just_refused
                self._genre_refused = meaning.kind == "genre" or self._genre_refused
            else:
                self._accept(meaning)
                if meaning.kind in _PLAYERS:
                    self.player = meaning.name or "drums"
                if meaning.kind == "instrument" and phrase in self._words.stand_ins:
                    self._intent.clamped.append(("instrument", phrase, instruments()[meaning.name].label))
        self._note_family(phrase, meanings)
        (self._intent.refused_words if self._refused else self._intent.understood_words).append(phrase)
        only_qualities = all(meaning.kind in _QUALITIES | {"singer"} for meaning in meanings)
        self._refused = self._handed_on if self._refused and only_qualities else frozenset()
        self._singer_only = self._singer_only and bool(self._refused)

    def _note_family(self, phrase: str, meanings: tuple[Meaning, ...]) -> None:
        for meaning in meanings:
            if meaning.kind == "instrument" and meaning.kind not in self._refused:
                family = self._words.families.get(phrase, ())
                if meaning.name in family:
                    self._intent.loose.setdefault(meaning.name, family)
                else:
                    self._intent.loose[meaning.name] = ()

    def lay_bed(self) -> None:
        """Make the genre that was just read the bed of all others: "erhu with a trap beat"."""
        genres = self._intent.genres
        if genres and not self._intent.leads_end:
            genres.insert(0, genres.pop())

    def refuse(self, negation: str) -> None:
        """Refuse what comes next."""
        self._refused, self.player, self._singer_only = _EVERYTHING, "", False
        self._handed_on = frozenset() if negation in _REFUSE_A_QUALITY_ALONE else _PLAYERS | {"singer"}

    def carry_on(self, word: str) -> None:
        """Take a small word that ends no refusal; "or" and "and" hand one on, an article ends that."""
        if self._just_refused and word in _AND_ALSO:
            self._refused = _PLAYERS | {"singer"}
        elif self._genre_refused and word in _OR:
            self._refused = _EVERYTHING
        elif self._just_refused and word in _ARTICLES:
            self.accept_all()
        if word in _AND_ALSO:
            self.player = ""

    def accept_all(self) -> None:
        """End every refusal: a comma, a full stop, a word that nobody knows."""
        self._refused, self._just_refused, self.player = frozenset(), False, ""
        self._singer_only = self._genre_refused = False

    def accept_facets(self, meanings: list[Meaning], kinds: set[str]) -> None:
        """Note what the words inside a wanted phrase add of some kinds."""
        for meaning in meanings:
            if meaning.kind == "genre" and meaning.kind in kinds:
                self.facet_genres.append(meaning.name)  # "classical guitar rock" is rock before classical
            elif meaning.kind in kinds and meaning.role != "bass":
                self._accept(meaning)

    def give_part(self, role: str) -> None:
        """Give the player that was just named a part: "flute lead", "tuba bass"."""
        intent = self._intent
        for place, (name, _) in enumerate(intent.instruments):
            if name == self.player and name != "drums":
                intent.instruments[place] = (name, role)
                intent.parts[name] = role
        self.player = ""

    def ignore(self, word: str) -> None:
        """Note a word that nobody knows."""
        ignored = self._intent.ignored
        if word and word not in ignored and len(ignored) < _MAX_IGNORED_WORDS:
            ignored.append(word)

    def _accept(self, meaning: Meaning) -> None:
        intent = self._intent
        match meaning.kind:
            case "genre" if meaning.name not in intent.genres:
                intent.genres.append(meaning.name)
            case "instrument" if meaning.name not in {name for name, _ in intent.instruments}:
                intent.instruments.append((meaning.name, meaning.role))
            case "mood":
                intent.shift_mood(dict(meaning.change))
                if meaning.name not in intent.moods:
                    intent.moods.append(meaning.name)
            case "era":
                intent.eras.append(meaning.year)
            case "voice" if meaning.name not in intent.voices:
                intent.voices.append(meaning.name)
            case "singer" if meaning.name not in intent.singers:
                intent.singers.append(meaning.name)
            case "drums" if ("drums", "drums") not in intent.instruments:
                intent.instruments.append(("drums", "drums"))
            case "without":
                intent.banned.add(meaning.name)
                intent.voiceless = intent.voiceless or meaning.name == "vox"
            case _:
                pass

    def _ban(self, phrase: str, meaning: Meaning) -> None:
        banned = self._intent.banned
        banned.update(self._words.families.get(phrase, ()))
        if phrase in self._words.bass_words:
            banned.add("bass")
        match meaning.kind:
            case "genre" | "instrument":
                banned.add(meaning.name)
            case "voice":
                banned.add("vox")
                self._intent.voiceless = self._intent.voiceless or not self._singer_only
            case "singer":
                self._intent.refused_singers.add(meaning.name)
            case "drums":
                banned.add("drums")
            case _:
                pass
