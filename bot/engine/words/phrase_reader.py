"""Walking over a prompt: the longest known phrase at each place, with and without spaces between words."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from bot.engine.words.lexicon_table import MAX_PHRASE_WORDS, Lexicon, Meaning
from bot.engine.words.note_taker import NoteTaker
from bot.engine.words.spelling import closest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.words.intent import Intent

_PIECES = re.compile(r"[a-z0-9&#']+(?:-[a-z0-9]+)*|[,.;!?/]|[^\x00-\x7f]+")
_BREAKS = frozenset(",.;!?")
_BEATS = frozenset({"beat", "beats", "groove", "grooves"})
_PLAYERS = frozenset({"instrument", "drums", "voice"})
_BEFORE_A_NOUN = frozenset({"a", "an", "the", "one", "single", "some"})


class PhraseReader:
    """Walks over the pieces of a prompt once and fills an intent."""

    def __init__(self, words: Lexicon, intent: Intent) -> None:
        self._words = words
        self._intent = intent
        self._notes = NoteTaker(words, intent)

    def read(self, text: str) -> None:
        """Read lower-case text."""
        pieces = _PIECES.findall(text)
        place = 0
        while place < len(pieces):
            piece = pieces[place]
            if piece in _BREAKS:
                self._notes.accept_all()
                place += 1
            elif piece == "/":
                self._notes.carry_on(piece)
                place += 1
            elif not piece.isascii():
                self._read_joined(piece)
                place += 1
            else:
                place += self._read_phrase(pieces, place)
        genres = self._intent.genres
        genres += [genre for genre in dict.fromkeys(self._notes.facet_genres) if genre not in genres]

    def _read_phrase(self, pieces: list[str], place: int) -> int:
        """Take the longest known phrase at a place and return how many pieces it has."""
        words = self._words
        for size in range(min(MAX_PHRASE_WORDS, len(pieces) - place), 0, -1):
            phrase = " ".join(pieces[place : place + size])
            if phrase in words.negations:
                self._notes.refuse(phrase)
                return size
            if self._settles_who(phrase, lambda end=place + size: self._starts_player(pieces, end)):
                return size
            if phrase in words.phrases:
                wanted = not self._notes.refusing
                self._notes.take(phrase, words.phrases[phrase])
                if size > 1 and wanted:
                    self._take_facets(pieces[place : place + size], phrase)
                if wanted and self._is_beat(pieces, place, place + size):
                    self._notes.lay_bed()
                return size
        self._read_unknown(pieces[place])
        return 1

    def _is_beat(self, pieces: list[str], place: int, end: int) -> bool:
        """Tell whether a phrase names a genre as a beat: "trap beat", "over house beats"."""
        meanings = self._words.phrases[" ".join(pieces[place:end])]
        beat = pieces[end - 1] in _BEATS or (end < len(pieces) and pieces[end] in _BEATS)
        return beat and any(meaning.kind == "genre" for meaning in meanings)

    def _settles_who(self, phrase: str, player_follows: Callable[[], bool]) -> bool:
        """Take a phrase that says who plays alone, who leads, or which part the last player has."""
        words, notes, intent = self._words, self._notes, self._intent
        beside = bool(notes.player)
        if phrase in words.alone_anywhere:
            intent.alone = "only"
            notes.accept_all()
            if phrase not in words.phrases and phrase not in words.joined:
                intent.understood_words.append(phrase)
                return True
            return False
        if phrase in words.alone_beside and (beside or player_follows()):
            intent.alone = "only"
        elif phrase in words.alone_solo and (player_follows() or (beside and not phrase.isascii())):
            intent.alone = intent.alone or "solo"
        elif beside and phrase in words.parts:
            notes.give_part(words.parts[phrase])
        elif phrase in words.over:
            intent.leads_end = (len(intent.genres), len(intent.instruments))
            notes.accept_all()
        else:
            return False
        intent.understood_words.append(phrase)
        return True

    def _starts_player(self, pieces: list[str], place: int) -> bool:
        while place < len(pieces) and pieces[place] in _BEFORE_A_NOUN:
            place += 1
        for size in range(min(MAX_PHRASE_WORDS, len(pieces) - place), 0, -1):
            meanings = self._words.phrases.get(" ".join(pieces[place : place + size]))
            if meanings:
                return any(meaning.kind in _PLAYERS for meaning in meanings)
        return False

    def _take_facets(self, words: list[str], phrase: str) -> None:
        """Let the words inside a phrase add their era and voice, and a genre or instrument if it has none."""
        kinds = {"era", "voice", "genre", "instrument"}
        kinds -= {meaning.kind for meaning in self._words.phrases[phrase]} & {"genre", "instrument"}
        inside: list[Meaning] = [meaning for word in words for meaning in self._words.phrases.get(word, ())]
        self._notes.accept_facets(inside, kinds)
        inner = {" ".join(words[start:end]) for end in range(len(words) + 1) for start in range(end)}
        if inner & self._words.alone_anywhere:  # "a cappella choir"
            self._intent.alone = "only"

    def _read_unknown(self, word: str) -> None:
        if word in self._words.carry_on:
            self._notes.carry_on(word)
            return
        known = closest(word)
        if known:
            if not self._settles_who(known, lambda: False):
                self._notes.take(known, self._words.phrases[known])
            return
        if word not in self._words.stopwords and not word.isdigit() and len(word) > 2:
            self._notes.ignore(word)
        self._notes.accept_all()

    def _read_joined(self, run: str) -> None:
        """Read a run of characters without spaces, taking the longest known word at each place."""
        words, notes = self._words, self._notes
        unknown = ""
        place = 0
        while place < len(run):
            negation = next((sign for sign in words.joined_negations if run.startswith(sign, place)), "")
            word = self._joined_word(run, place)
            if len(word) <= len(negation):
                word = ""
            if word or negation:
                notes.ignore(unknown)
                unknown = ""
            if word:
                end = place + len(word)
                if not self._settles_who(word, lambda end=end: self._joined_player(run, end)):
                    self._take_joined(word)
                place = end
            elif negation:
                notes.refuse(negation)
                place += len(negation)
            else:
                unknown += run[place] if _is_telling(run[place]) else ""
                place += 1
        notes.ignore(unknown)

    def _take_joined(self, word: str) -> None:
        if word in self._words.joined:
            self._notes.take(word, self._words.joined[word])
        elif word in self._words.carry_on:
            self._notes.carry_on(word)
        else:
            self._notes.accept_all()

    def _joined_player(self, run: str, place: int) -> bool:
        meanings = self._words.joined.get(self._joined_word(run, place), ())
        return any(meaning.kind in _PLAYERS for meaning in meanings)

    def _joined_word(self, run: str, place: int) -> str:
        for size in range(min(self._words.longest_joined, len(run) - place), 0, -1):
            candidate = run[place : place + size]
            if candidate in self._words.all_joined:
                return candidate
        return ""


def _is_telling(character: str) -> bool:
    """Tell whether an unknown character should colour the music: letters and pictures, not punctuation."""
    return character.isalpha() or unicodedata.category(character) == "So"
