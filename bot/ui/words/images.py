"""What is wrong with an input of an image model: details of ``InvalidOption``."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "error.invalid_option.unknown_choice": "{option} must be one of: {choices}.",
    "error.invalid_option.unknown_input": "{model} has no {option}. It takes: {choices}.",
    "error.invalid_option.missing": "{model} needs {option}. Please give it.",
    "error.invalid_option.needed": "{other} means nothing without {option}. Give both, or neither.",
    "error.invalid_option.not_a_switch": "{option} is either true or false.",
    "error.invalid_option.not_whole": "{option} must be a whole number.",
    "error.invalid_option.off_step": "{option} must be a multiple of {step}.",
    "error.invalid_option.not_text": "{option} must be text.",
    "error.invalid_option.not_a_picture": "{option} must be a picture: its https address, "
    "or a data: address.",
    "error.invalid_option.picture_too_large": "{option} is larger than {limit} MB. Choose a smaller picture.",
}
