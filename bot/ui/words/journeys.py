"""Words of journeys: from one prompt to another, step by step."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "command.journey": "From one sound to another, step by step, in one track",
    "command.journey.prompt": "Where it begins, up to 500 characters",
    "command.journey.prompt_b": "Where it leads, up to 500 characters",
    "command.journey.steps": "In how many steps, 3 to 12 (6)",
    "command.journey.denoising": "How far from the seed image: 0 = the image itself, 1 = ignore it (0.75)",
    "command.journey.seed_image": "The picture that every step starts from (Vibes)",
    "command.journey.seed": "A number: the same seed gives the same journey again",
    "journey.card": "{bar} {ready} of {steps} steps are ready",
    "journey.card.failed": "{bar} {ready} of {steps} steps are ready, {failed} could not be made",
    "journey.steps": "{steps} steps",
    "journey.left_out": "{made} of {steps} steps: the others could not be made, and were not charged.",
    "journey.offer": "Each of the {steps} steps is charged by itself: what cannot be made is not charged.",
    "recipe.journey_steps": "Steps",
    "story.journey": "Steps",
    "story.journey.step": "{step}. {state}",
    "story.cause.set_out": "set out",
    "story.cause.its_steps_are_under_way": "its steps are under way",
    "story.cause.its_steps_are_made": "its steps are made",
    "story.cause.heard_in_its_journey": "heard in its journey",
    "cli.job.step": "step {step}: {state}, {price} credits, job {id}",
    "ending.journey_broken": "Of the {steps} steps of this journey the music host ({host}) made {made}: "
    "too few to be one. Nothing was charged; try again.",
}
