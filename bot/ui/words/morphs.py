"""Words of morphs: what is made of another take."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "morph.cover.title": "Cover: {tags}",
    "morph.cover.of": "Cover of {prompt} by {name}",
    "morph.extend.title": "Carried on: {tags}",
    "morph.extend.of": "Carries on {prompt} by {name}",
    "morph.inpaint.title": "Mended: {tags}",
    "morph.inpaint.of": "A part of {prompt} by {name}, made anew",
    "morph.swap_vocals.title": "New voice: {tags}",
    "morph.swap_vocals.of": "{prompt} by {name} with another voice",
    "morph.swap_sound.title": "New sound: {tags}",
    "morph.swap_sound.of": "{prompt} by {name} with other instruments",
    "morph.choice": "{prompt} · {name} · {seconds} s",
    "morph.cover.choice": "Cover: {prompt} · {name} · {seconds} s",
    "morph.extend.choice": "Carried on: {prompt} · {name} · {seconds} s",
    "morph.inpaint.choice": "Mended: {prompt} · {name} · {seconds} s",
    "morph.swap_vocals.choice": "New voice: {prompt} · {name} · {seconds} s",
    "morph.swap_sound.choice": "New sound: {prompt} · {name} · {seconds} s",
    "morph.strength.lyrics": "lyrics {value:g}",
    "morph.strength.sound_prompt": "sound {value:g}",
    "morph.strength.weirdness": "weirdness {value:g}",
    "morph.strength.cover": "strength {value:g}",
    "morph.strength.variation": "variation {value:g}",
    "take.asked.tempo": "{asked} BPM asked, {played} played",
    "take.asked.key": "{asked} asked, {played} played",
    "take.asked.metre": "{asked} asked, {played} played",
    "recipe.tags": "Style",
    "recipe.cover_of": "Cover of",
    "recipe.extend_of": "Carries on",
    "recipe.inpaint_of": "Mends",
    "recipe.swap_vocals_of": "New voice for",
    "recipe.swap_sound_of": "New sound for",
    "recipe.parent.riff": "{name}’s riff",
    "recipe.strength.lyrics": "Lyrics strength",
    "recipe.strength.sound_prompt": "Sound strength",
    "recipe.strength.weirdness": "Weirdness",
    "recipe.strength.cover": "Strength",
    "recipe.strength.variation": "Variation",
    "ending.source_gone": "The riff that this was to be made from was deleted. Nothing was charged.",
    "error.invalid_option.unknown_take": "Choose one of the riffs that are offered while you type.",
    "error.invalid_option.take_gone": "The riff that this was to be made from was deleted. "
    "Nothing was charged.",
    "error.invalid_option.no_riff_host": "No music host of this bot can make that riff.",
    "error.invalid_option.no_journey_host": "No music host of this bot can make a journey.",
    "error.invalid_option.no_image_host": "No host of this bot makes pictures.",
    "error.invalid_option.no_parts_host": "Only the bot’s own engine can play a take part by part.",
    "error.invalid_option.no_morph_host": "No music host of this bot can make something else of a riff. "
    "The bot’s owner has to turn on the built-in engine.",
}
