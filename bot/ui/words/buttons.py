"""Labels of buttons, and what pressing one answers."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "button.reroll": "Re-roll",
    "button.vary_slight": "Vary slight",
    "button.vary_strong": "Vary strong",
    "button.recipe": "Recipe",
    "button.delete": "Delete",
    "button.cancel": "Cancel",
    "button.strange": "This button comes from another version of Riffcord and does nothing any more. "
    "Make something new with /riff.",
    "delete.done": "Deleted: the message and the stored sound.",
    "cancel.asked": "Stopping it. The card tells when it is done; nothing is charged.",
    "cancel.ended": "It was over already.",
}
