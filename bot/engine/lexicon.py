"""Prompt to intent: longest phrases first, in English and Chinese, with typos and negation understood."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import lru_cache

from bot.engine.intent import Intent
from bot.engine.lexicon_table import MAX_PHRASE_WORDS, MIN_FUZZY_LETTERS, Lexicon, Meaning, lexicon
from bot.engine.tempo_and_key import take_key, take_meter, take_short_key, take_tempo

_PIECES = re.compile(r"[a-z0-9&#']+(?:-[a-z0-9]+)*|[,.;!?]|[^\x00-\x7f]+")
_SYMBOLS = str.maketrans({"’": "'", "‘": "'", "♯": "#", "♭": "b", "，": ",", "、": ",", "。": "."})
_FUZZY_CUTOFF = 0.82
_MAX_FUZZY_LETTERS = 24
_MAX_IGNORED_WORDS = 24
_BREAKS = frozenset(",.;!?")
# Other spellings of "no": "w/o drums", "drum-free house", "techno, no-drums".
_REFUSING_SPELLINGS = (
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"\b([a-z]+)-free\b"), r"no \1 ,"),
    (re.compile(r"\bno-(?=[a-z])"), "no "),
)
_QUALITIES = frozenset({"mood", "genre", "era"})
_PLAYERS = frozenset({"instrument", "drums", "voice"})
_EVERYTHING = _QUALITIES | _PLAYERS | {"without"}
# "No heavy drums" hands the refusal on to the drums, "not too heavy drums" does not.
_REFUSE_A_QUALITY_ALONE = frozenset({"not", "never", "不"})


def normalise(prompt: str) -> str:
    """Return a prompt in one spelling: compatibility forms folded, Latin accents dropped, case kept."""
    folded = unicodedata.normalize("NFKC", prompt).translate(_SYMBOLS)
    return " ".join("".join(map(_without_accent, folded)).split())


def _without_accent(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() else character


def understand(prompt: str) -> Intent:
    """Read a prompt. Never raises; unknown words end in `ignored`, and time grows linearly with the text."""
    spelled = normalise(prompt)
    intent = Intent(text=spelled.lower())
    text = take_short_key(spelled, intent).lower()
    for take in (take_tempo, take_meter):
        text = take(text, intent)
    if intent.tonic is None:
        text = take_key(text, intent)
    for spelling, plain in _REFUSING_SPELLINGS:
        text = spelling.sub(plain, text)
    _Reader(lexicon(), intent).read(_PIECES.findall(text))
    if "vox" in intent.banned:  # "instrumental": nobody hums either, unless a choir was asked for
        asked = {name for name, _ in intent.instruments}
        intent.banned.update(set(lexicon().families["vocals"]) - asked)
    intent.genres = [genre for genre in intent.genres if genre not in intent.banned]
    intent.instruments = [pair for pair in intent.instruments if pair[0] not in intent.banned]
    return intent


class _Reader:
    """Walks over the pieces of a prompt once and fills an intent."""

    def __init__(self, words: Lexicon, intent: Intent) -> None:
        self._words = words
        self._intent = intent
        self._refused: frozenset[str] = frozenset()  # the kinds of meaning that are refused just now
        self._handed_on: frozenset[str] = frozenset()  # what stays refused after a quality
        self._just_refused = False  # "no drums or bass": the "or" hands the refusal on

    def read(self, pieces: list[str]) -> None:
        place = 0
        while place < len(pieces):
            piece = pieces[place]
            if piece in _BREAKS:
                self._accept_all()
                place += 1
            elif not piece.isascii():
                self._read_joined(piece)
                place += 1
            else:
                place += self._read_phrase(pieces, place)

    def _read_phrase(self, pieces: list[str], place: int) -> int:
        """Take the longest known phrase at a place and return how many pieces it has."""
        for size in range(min(MAX_PHRASE_WORDS, len(pieces) - place), 0, -1):
            words = pieces[place : place + size]
            phrase = " ".join(words)
            if phrase in self._words.phrases:
                wanted = not self._refused
                self._take(phrase, self._words.phrases[phrase])
                if size > 1 and wanted:
                    self._take_facets(words, phrase)
                return size
        self._read_unknown(pieces[place])
        return 1

    def _take(self, phrase: str, meanings: tuple[Meaning, ...]) -> None:
        self._just_refused = False
        for meaning in meanings:
            if meaning.kind in self._refused:
                self._ban(phrase, meaning)
                self._just_refused = True
            else:
                self._accept(meaning)
        only_qualities = all(meaning.kind in _QUALITIES for meaning in meanings)
        self._refused = self._handed_on if self._refused and only_qualities else frozenset()

    def _refuse(self, negation: str) -> None:
        self._refused = _EVERYTHING
        self._handed_on = frozenset() if negation in _REFUSE_A_QUALITY_ALONE else _PLAYERS

    def _accept_all(self) -> None:
        self._refused, self._just_refused = frozenset(), False

    def _accept(self, meaning: Meaning) -> None:
        intent = self._intent
        match meaning.kind:
            case "genre" if meaning.name not in intent.genres:
                intent.genres.append(meaning.name)
            case "instrument" if (meaning.name, meaning.role) not in intent.instruments:
                intent.instruments.append((meaning.name, meaning.role))
            case "mood":
                intent.shift_mood(dict(meaning.change))
            case "era":
                intent.eras.append(meaning.year)
            case "voice" if meaning.name not in intent.voices:
                intent.voices.append(meaning.name)
            case "drums" if ("drums", "drums") not in intent.instruments:
                intent.instruments.append(("drums", "drums"))
            case "without":
                intent.banned.add(meaning.name)
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
            case "drums":
                banned.add("drums")
            case _:
                pass

    def _take_facets(self, words: list[str], phrase: str) -> None:
        """Let the words inside a phrase add their era and voice, and a genre or instrument if it has none."""
        wanted = {"era", "voice", "genre", "instrument"}
        wanted -= {meaning.kind for meaning in self._words.phrases[phrase]} & {"genre", "instrument"}
        for word in words:
            for meaning in self._words.phrases.get(word, ()):
                if meaning.kind in wanted and meaning.role != "bass":
                    self._accept(meaning)

    def _read_unknown(self, word: str) -> None:
        if word in self._words.negations:
            self._refuse(word)
            return
        if word in self._words.carry_on:
            if self._just_refused and word in {"or", "nor"}:
                self._refused = _EVERYTHING
            return
        known = self._closest(word)
        if known:
            self._take(known, self._words.phrases[known])
            return
        if word not in self._words.stopwords and not word.isdigit() and len(word) > 2:
            self._ignore(word)
        self._accept_all()

    def _closest(self, word: str) -> str | None:
        """Return a known word for a plural, a genitive, a compound or a typo."""
        phrases = self._words.phrases
        stems = [word.removesuffix("'s"), word.removesuffix("s"), word + "s", word.replace("-", " ")]
        stems += word.split("-") if "-" in word else []
        for stem in stems:
            if stem in phrases:
                return stem
        if word in self._words.stopwords or not MIN_FUZZY_LETTERS <= len(word) <= _MAX_FUZZY_LETTERS:
            return None
        return _closest_spelling(word)

    def _read_joined(self, run: str) -> None:
        """Read a run of characters without spaces, taking the longest known word at each place."""
        words = self._words
        unknown = ""
        place = 0
        while place < len(run):
            negation = next((sign for sign in words.joined_negations if run.startswith(sign, place)), "")
            word = self._joined_word(run, place)
            if len(word) <= len(negation):
                word = ""
            if word or negation:
                self._ignore(unknown)
                unknown = ""
            if word:
                if word in words.joined:
                    self._take(word, words.joined[word])
                else:
                    self._refused = frozenset()
                place += len(word)
            elif negation:
                self._refuse(negation)
                place += len(negation)
            else:
                unknown += run[place] if run[place].isalpha() else ""
                place += 1
        self._ignore(unknown)

    def _joined_word(self, run: str, place: int) -> str:
        for size in range(min(self._words.longest_joined, len(run) - place), 0, -1):
            candidate = run[place : place + size]
            if candidate in self._words.joined or candidate in self._words.stopwords:
                return candidate
        return ""

    def _ignore(self, word: str) -> None:
        ignored = self._intent.ignored
        if word and word not in ignored and len(ignored) < _MAX_IGNORED_WORDS:
            ignored.append(word)


@lru_cache(maxsize=1024)
def _closest_spelling(word: str) -> str | None:
    # A typo rarely hits the first letter, which keeps the candidates few.
    candidates = [
        known for known in lexicon().fuzzy_by_letter.get(word[0], ()) if abs(len(known) - len(word)) <= 2
    ]
    found = difflib.get_close_matches(word, candidates, n=1, cutoff=_FUZZY_CUTOFF)
    return found[0] if found else None
