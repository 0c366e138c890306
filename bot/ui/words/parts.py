"""Pictures, parts, notes, and riffs that go with others: commands, cards, and what is wrong with a wish."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "command.image": "Make a picture or a short film; one order is one picture",
    "command.image.prompt": "What it should show",
    "command.image.model": "Which model paints it (stability-ai/sdxl)",
    "command.image.picture": "A picture to start from, where the model takes one",
    "command.image.mask": "Which part of that picture to paint anew, as black and white",
    "command.image.more": "Whatever else the model takes, as name=value; name=value",
    "command.image.seed": "A number: the same seed paints the same picture, where the model takes one",
    "command.like": "Make a riff in the tempo, key and chords of another one",
    "command.like.take": "The music it should go with",
    "command.like.prompt": "What it should sound like, up to 500 characters",
    "command.like.how": "Beside it, on top of it, or going on where it ends (beside it)",
    "command.like.seed": "A number: the same seed gives the same riff again",
    "command.stems": "Get the parts of a take: one file for each player",
    "command.stems.take": "Whose parts",
    "command.midi": "Get the notes of a take as a MIDI file",
    "command.midi.take": "Whose notes",
    "name.image": "image",
    "name.like": "like",
    "name.stems": "stems",
    "name.midi": "midi",
    "option.mask": "mask",
    "option.more": "more",
    "option.how": "how",
    "like_as.beside": "Beside it",
    "like_as.layer": "On top of it",
    "like_as.continue": "Where it ends",
    "image.model": "painted by {model}",
    "image.cover_of": "cover of {prompt}",
    "image.picture": "Picture: {prompt}",
    "image.too_large": "The picture is larger than Discord takes here.",
    "cover.prompt": "{words}, album cover",
    "modal.cover.title": "Make a cover",
    "modal.cover.prompt": "What it should show",
    "modal.cover.model": "Who paints it",
    "parts.title": "Parts: {words}",
    "like.of": "In tempo, key and chords of {prompt} by {name}",
    "stems.smaller": "As MP3, so that all parts fit here.",
    "stems.link": "All parts without loss: {link} (until {until})",
    "midi.done": "The notes, for other music programs.",
    "error.not_found.sound": "That is not music, so it has no sound.",
    "error.not_found.parts": "The parts are no longer stored. Ask for them again with /stems.",
    "error.not_found.score": "That music has no notes stored with it.",
    "error.unusable_audio.no_score": "The notes of that music cannot be read. Nothing was charged.",
    "error.unusable_audio.not_a_picture": "What came back was no picture. Nothing was charged; try again.",
    "error.unusable_audio.no_parts": "The host told no parts. Nothing was charged; try again.",
    "error.unusable_audio.other_music": "The host did not make the same music again, so its parts would be "
    "of something else. Nothing was charged.",
    "error.unusable_audio.parts_differ": "The parts together are not the music. Nothing was charged; "
    "try again.",
    "error.invalid_option.no_words": "{model} takes no prompt: it works on a picture. Leave the prompt out.",
    "error.invalid_option.no_seed": "{model} takes no seed. Leave it out.",
    "error.invalid_option.no_picture": "{model} takes no {option}. Leave it out, or choose another model.",
    "error.invalid_option.not_named": "“{entry}” is not understood. Write name=value; name=value.",
    "error.invalid_option.not_a_picture_file": "That is not a picture that can be used. "
    "Bring a PNG, JPEG, WEBP or GIF.",
    "error.invalid_option.no_parts": "That take has no parts to be had: only music of our own engine "
    "that was made with a known seed has.",
    "error.invalid_option.parts_elsewhere": "The host that made that take does not tell its parts.",
    "error.invalid_option.no_notes": "That take has no notes to be had: only music of our own engine has.",
    "error.invalid_option.no_parts_host": "No music host here tells the parts of a take.",
    "error.invalid_option.no_image_host": "No host here makes pictures. "
    "The bot’s owner can add one that does.",
    "ending.unusable_audio.not_a_picture": "What came back was no picture. Nothing was charged; try again.",
    "ending.unusable_audio.no_parts": "The host told no parts. Nothing was charged; try again.",
    "ending.unusable_audio.other_music": "The host did not make the same music again, so its parts would be "
    "of something else. Nothing was charged.",
    "ending.unusable_audio.parts_differ": "The parts together are not the music. Nothing was charged; "
    "try again.",
}
