"""Words of ordering morphs: commands, forms, the preview before it is spent, and the menus of messages."""

from __future__ import annotations

from typing import Final

_COMMANDS: Final = {
    "cover": "Let another band play it: key, chords and tune stay",
    "extend": "Carry it on: new music from where you say",
    "inpaint": "Make a part of it anew, and leave the rest as it is",
    "swap-vocals": "Let another voice sing it, or sing other words",
    "swap-sound": "Play it with other instruments: every note stays",
}
_TAKES_FILE: Final = "Or your own file: MP3, WAV, FLAC, OGG or M4A, up to 25 MB and 4 minutes"
_SEED: Final = "A number: the same seed gives the same music again"
_LYRICS: Final = "Words to be sung; “ / ” begins a new line"
_WEIRD: Final = "How odd it may get: 0 = not at all, 1 = very"
_DESCRIBED: Final[dict[str, dict[str, str]]] = {
    "cover": {
        "take": "Which one",
        "file": _TAKES_FILE,
        "tags": "The new band’s style, for example: techno, 140 bpm",
        "lyrics": _LYRICS,
        "strength": "How far it may go: 0 = hardly, 1 = all the way (0.5)",
        "weirdness": _WEIRD,
        "seed": "A number: the same seed gives the same cover again",
    },
    "extend": {
        "take": "Which one",
        "file": _TAKES_FILE,
        "at": "Where the new music begins, as 1:23 or 83 (at its end)",
        "longer": "How much is added, as 0:30 or 30",
        "tags": "A style for the new part, if it is to be another",
        "lyrics": _LYRICS,
        "strength": "How new it is: 0 = says again what was there, 1 = all new (0.5)",
        "weirdness": _WEIRD,
        "seed": _SEED,
    },
    "inpaint": {
        "from": "Where the part begins, as 1:23 or 83",
        "to": "Where the part ends, as 1:23 or 83",
        "take": "Which one",
        "file": _TAKES_FILE,
        "tags": "A style for the part, if it is to be another",
        "lyrics": _LYRICS,
        "strength": "How new it is: 0 = as it was, 1 = all new (0.5)",
        "weirdness": _WEIRD,
        "seed": _SEED,
    },
    "swap-vocals": {
        "take": "Which song",
        "tags": "The new voice, for example: female, warm",
        "lyrics": _LYRICS,
        "strength": "How far it may go: 0 = hardly, 1 = all the way (0.5)",
        "seed": _SEED,
    },
    "swap-sound": {
        "take": "Which one",
        "tags": "The new instruments, for example: banjo, accordion",
        "file": _TAKES_FILE,
        "strength": "How far it may go: 0 = hardly, 1 = all the way (1)",
        "weirdness": _WEIRD,
        "seed": _SEED,
    },
}

SENTENCES: Final[dict[str, str]] = {
    "command.morph": "Make something else of music of this channel, or of your own",
    **{f"command.morph.{name}": told for name, told in _COMMANDS.items()},
    **{
        f"command.morph.{command}.{option}": told
        for command, options in _DESCRIBED.items()
        for option, told in options.items()
    },
    **{f"name.morph.{name}": name for name in _COMMANDS},
    **{f"option.{name}": name for name in ("at", "file", "from", "longer", "lyrics", "to", "weirdness")},
    "menu.riff_on_this": "Riff on this",
    "menu.morph_this": "Morph this",
    "menu.recipe": "Recipe",
    "menu.morph_as": "What to make of it",
    "menu.morph_of": "Choose a take",
    "morph.choose": "What shall become of **{title}**?",
    "morph.option.cover": "Cover",
    "morph.option.cover.why": "Another band, the same tune",
    "morph.option.extend": "Extend",
    "morph.option.extend.why": "It goes on",
    "morph.option.inpaint": "Mend a part",
    "morph.option.inpaint.why": "A stretch is made anew",
    "morph.option.swap_vocals": "New voice",
    "morph.option.swap_vocals.why": "Somebody else sings it, or sings other words",
    "morph.option.swap_sound": "New sound",
    "morph.option.swap_sound.why": "Other instruments, the same notes",
    "button.extend": "Extend",
    "button.morph": "Morph",
    "button.morph_again": "Try again",
    "button.draft_make": "Make it",
    "button.draft_change": "Change times",
    "button.draft_drop": "Cancel",
    "modal.morph.cover.title": "Cover",
    "modal.morph.extend.title": "Extend",
    "modal.morph.inpaint.title": "Mend a part",
    "modal.morph.swap_vocals.title": "New voice",
    "modal.morph.swap_sound.title": "New sound",
    "modal.morph.times.title": "Change times",
    "modal.morph.tags": "Style",
    "modal.morph.lyrics": "Words to be sung",
    "modal.morph.strength": "Strength, 0 to 1",
    "modal.morph.at": "Where the new music begins",
    "modal.morph.at.hint": "As 1:23 or 83. It is {length} long.",
    "modal.morph.longer": "How much is added",
    "modal.morph.longer.hint": "As 0:30 or 30. Leave it empty to let the music decide.",
    "modal.morph.from": "Where the part begins",
    "modal.morph.to": "Where the part ends",
    "modal.morph.to.hint": "As 1:23 or 83. It is {length} long.",
    "modal.riff_on.title": "Riff on this",
    "modal.riff_on.prompt": "What it should sound like",
    "modal.riff_on.hint": "Tempo, key and chords stay those of the music you chose.",
    "modal.riff_on.hint.free": "It is noted as made after the music you chose.",
    "recipe.span.crop_end": "Goes on from",
    "recipe.span.replace_start": "New from",
    "recipe.span.replace_end": "New until",
    "recipe.lyrics": "Lyrics",
    "preview.extend": "Goes on from {start}.",
    "preview.extend.length": "Goes on from {start} for {added}, {whole} in all.",
    "preview.inpaint": "From {start} to {end} it is made anew.",
    "preview.parts": "That touches: {parts}.",
    "preview.file": "Your file is {length} long.",
    "preview.price.none": "It costs nothing.",
    "preview.price": "It costs {price}.",
    "preview.picture": "Waveform of {prompt}",
    "preview.dropped": "Nothing was made, and nothing was charged.",
    "part.intro": "intro",
    "part.verse": "verse",
    "part.chorus": "chorus",
    "part.bridge": "bridge",
    "part.outro": "outro",
    "part.hook": "hook",
    "part.solo": "solo",
    "part.break": "break",
    "error.invalid_option.not_a_time": "{option} is not a time. Write it as 1:23, as 83 for seconds, "
    "or as 1:23.5.",
    "error.invalid_option.take_or_file": "Choose one riff of this server, or bring one file of your own: "
    "one of the two, not both.",
    "error.invalid_option.nothing_to_morph": "Say what it is to be made from: choose a riff of this server, "
    "or bring a file of your own.",
    "error.invalid_option.no_span": "Say where the part begins and where it ends, for example "
    "from 0:12 to 0:20.",
    "error.invalid_option.at_the_beginning": "{option} must be later than the very beginning.",
    "error.invalid_option.after_the_end": "{option} is {given}, and the music ends at {end}. "
    "Choose an earlier time.",
    "error.invalid_option.ends_too_early": "{option} must be at least {least:g} seconds later than "
    "the beginning of the part at {start}.",
    "error.invalid_option.no_room": "There is no room for more: the whole may be {most} long. "
    "Let the new music begin earlier.",
    "error.invalid_option.length_added": "{option} must lie between {least} and {most} here.",
    "error.invalid_option.no_voice_said": "Say in {option} whose voice it is to be, for example: "
    "male, deep. Or give other words to be sung.",
    "error.invalid_option.needs_a_song": "That needs music that was made here, because every player must be "
    "known. Of a recording I can make a cover instead.",
    "error.invalid_option.no_sound": "There is no music in that one to work on. Choose another.",
    "error.invalid_option.no_take_here": "There is no music of mine in this message. "
    "Choose one that I posted.",
    "error.invalid_option.file_is_large": "The file is larger than {limit} MB. Bring a smaller one.",
    "error.invalid_option.file_lost": "Discord did not hand over the file. Please send it again.",
    "error.invalid_option.brought_not_audio": "There is no music in that file. "
    "Bring MP3, WAV, FLAC, OGG or M4A.",
    "error.invalid_option.brought_silent": "That file is silent from beginning to end. Bring another.",
    "error.invalid_option.brought_noise": "That file is broken: there is only noise in it. Bring another.",
    "error.invalid_option.brought_too_long": "The file is longer than 4 minutes. Cut it and bring it again.",
    "error.invalid_option.brought_too_short": "The file is shorter than 2 seconds. Bring a longer one.",
    "error.invalid_option.brought_too_large": "The file is too large once it is unpacked. "
    "Bring a shorter one.",
    "error.unusable_audio.too_short": "What came back is too short to be music. "
    "Nothing was charged; try again.",
    "error.not_found.draft": "That preview was used already, or is over a day old. Give the command again.",
}
