"""Words of songs: ordering them, writing their lyrics, and choosing between their two takes."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "command.song": "Make a whole song from your lyrics, or about a topic; two takes to choose from",
    "command.song.tags": "Its style: words with commas between, for example: indie pop, warm piano",
    "command.song.title": "What it is called, up to 200 characters",
    "command.song.topic": "What it is about; its lyrics are then written for you",
    "command.song.model": "Which model plays it: the later ones sound fuller, Pro takes longer",
    "command.song.instrumental": "Nobody sings",
    "command.song.voice": "Who sings",
    "command.song.length_s": "Length in seconds, 10 to 240",
    "command.song.lyrics_file": "Your lyrics as a .txt file, instead of typing them",
    "command.song.seed": "A number: the same seed gives the same song again",
    "command.song.host": "Which music host makes it",
    "model.FUZZ-1.0": "FUZZ-1.0",
    "model.FUZZ-1.1": "FUZZ-1.1",
    "model.FUZZ-1.0 Pro": "FUZZ-1.0 Pro",
    "model.FUZZ-1.1 Pro": "FUZZ-1.1 Pro",
    "voice.female": "A woman",
    "voice.male": "A man",
    "voice.child": "A child",
    "voice.choir": "A choir",
    "button.keep_a": "Keep A",
    "button.keep_b": "Keep B",
    "button.keep_both": "Keep both",
    "button.with_a": "More with A",
    "button.with_b": "More with B",
    "button.lyrics": "Go on writing",
    "pair.choose": "Two takes: keep one or both. The other one is then deleted.",
    "pair.chosen.one": "That was chosen already: the other take was deleted.",
    "pair.chosen.both": "That was chosen already: both takes stay.",
    "pair.this": "This is for take {letter} alone.",
    "song.lyrics.file": "What is sung",
    "song.style": "Style: {tags}",
    "song.model": "model {model}",
    "song.instrumental": "instrumental",
    "song.sung_by.female": "sung by a woman",
    "song.sung_by.male": "sung by a man",
    "song.sung_by.child": "sung by a child",
    "song.sung_by.choir": "sung by a choir",
    "recipe.song_title": "Title",
    "recipe.topic": "Topic",
    "recipe.model": "Model",
    "recipe.voice": "Voice",
    "recipe.instrumental": "Instrumental",
    "recipe.instrumental.yes": "nobody sings",
    "recipe.take": "Take",
    "modal.lyrics.title": "Lyrics of your song",
    "modal.lyrics.first.label": "Lyrics",
    "modal.lyrics.first.description": "Sections begin with a line like [Verse] or [Chorus].",
    "modal.lyrics.rest.label": "More lyrics",
    "modal.lyrics.rest.description": "They follow those above; 5,000 characters altogether.",
    "modal.lyrics.skeleton.label": "Sections",
    "modal.lyrics.skeleton.description": "For lyrics without marks; with no lyrics, an example to fill in.",
    "modal.lyrics.tags.label": "Style",
    "modal.lyrics.song_title.label": "Title",
    "skeleton.none": "As I wrote it",
    "skeleton.pop": "Verse, chorus, verse, chorus, bridge, chorus",
    "skeleton.short": "Verse, chorus, verse, chorus",
    "skeleton.ballad": "Intro, two verses, chorus, verse, chorus, outro",
    "skeleton.rap": "Verse, hook, verse, hook, bridge, hook",
    "skeleton.example": "Your lines of this part",
    "song.skeleton.ready": "Here are the sections. Write your lines below each mark.",
    "song.draft.kept": "Nothing is lost: your lyrics are in the file. "
    "Press the button to go on where you were.",
    "song.draft.gone": "These lyrics are no longer kept here. Save the file of the message above "
    "and give it to /song as lyrics_file.",
    "error.not_allowed.keep": "Only the person who ordered this song, or a moderator "
    "(Manage Messages), can choose which take stays.",
    "error.invalid_option.lyrics_missing": "There are no lyrics yet. Write some, or use /song with topic: "
    "then they are written for you.",
    "error.invalid_option.lyrics_only_marks": "These lyrics have marks of sections, and nothing to sing "
    "below them. Write at least one line.",
    "error.invalid_option.lyrics_too_long": "The lyrics are {length} characters long; {limit} is the most. "
    "Please shorten them.",
    "error.invalid_option.lyrics_or_topic": "A song has either your lyrics or a topic: "
    "leave one of the two out.",
    "error.invalid_option.lyrics_and_instrumental": "Nobody sings an instrumental: "
    "leave the lyrics out, or instrumental.",
    "error.invalid_option.voice_and_instrumental": "Nobody sings an instrumental: "
    "leave {option} out, or instrumental.",
    "error.invalid_option.instrumental_of_what": "Say what the instrumental is to sound like: "
    "give tags, a title or a topic.",
    "error.invalid_option.lyrics_file_too_large": "{option} is larger than {limit} KB. "
    "Lyrics have at most 5,000 characters.",
    "error.invalid_option.lyrics_file_not_text": "{option} is no plain text. Save your lyrics as a .txt file "
    "(UTF-8), or type them: use /song without lyrics_file.",
    "error.invalid_option.lyrics_file_not_read": "{option} could not be read from Discord. "
    "Please upload it again.",
    "error.invalid_option.host_cannot": "The music host {host} cannot make this song. "
    "Choose one of those that are offered, or leave {option} out.",
    "error.invalid_option.no_song_host": "No music host of this bot makes songs.",
    "error.invalid_option.no_exact_song_host": "The music hosts of this bot that make songs decide "
    "themselves how long they are, and take no seed: leave length_s and seed out.",
}
"""As in ``bot.ui.words``."""
