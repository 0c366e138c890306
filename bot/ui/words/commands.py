"""Descriptions of commands and options (at most 100 characters each), and names of choices."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "command.riff": "Make a short piece of music from a few words",
    "command.riff.prompt": "What it should sound like, up to 500 characters",
    "command.riff.prompt_b": "A second sound to blend with",
    "command.riff.alpha": "How much of the second sound: 0 = none, 1 = only it (0.5)",
    "command.riff.denoising": "How far from the seed image: 0 = the image itself, 1 = ignore it (0.75)",
    "command.riff.seed_image": "The picture it starts from (Vibes)",
    "command.riff.steps": "More steps search longer, 1 to 150 (50)",
    "command.riff.seed": "A number: the same seed gives the same riff again",
    "command.riff.length_s": "Length in seconds, 1 to 60",
    "command.jobs": "See and stop what is being made",
    "command.jobs.list": "What is being made in this channel, and what was",
    "command.jobs.cancel": "Stop one of your riffs; moderators can stop anyone's",
    "command.jobs.cancel.job": "Which one",
    "seed_image.agile": "Agile: quick and light",
    "seed_image.marim": "Marimba: wooden and warm",
    "seed_image.mask_beat_lines_80": "Mask: beat lines, 80 %",
    "seed_image.mask_gradient_dark": "Mask: dark gradient",
    "seed_image.mask_gradient_top_70": "Mask: gradient from the top, 70 %",
    "seed_image.mask_graident_top_fifth_75": "Mask: gradient, top fifth, 75 %",
    "seed_image.mask_top_third_75": "Mask: top third, 75 %",
    "seed_image.mask_top_third_95": "Mask: top third, 95 %",
    "seed_image.motorway": "Motorway: driving",
    "seed_image.og_beat": "Original beat: drums first",
    "seed_image.vibes": "Vibes: soft and open",
    "seed_image.agile.short": "agile",
    "seed_image.marim.short": "marimba",
    "seed_image.mask_beat_lines_80.short": "beat lines mask",
    "seed_image.mask_gradient_dark.short": "dark gradient mask",
    "seed_image.mask_gradient_top_70.short": "top gradient mask",
    "seed_image.mask_graident_top_fifth_75.short": "top fifth gradient mask",
    "seed_image.mask_top_third_75.short": "top third mask 75",
    "seed_image.mask_top_third_95.short": "top third mask 95",
    "seed_image.motorway.short": "motorway",
    "seed_image.og_beat.short": "original beat",
    "seed_image.vibes.short": "vibes",
    "presence": "/riff",
}
