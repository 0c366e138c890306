"""Every action that a button or menu can stand for, and how its button looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from discord import ButtonStyle as Style


@dataclass(frozen=True, slots=True)
class Look:
    """How a button looks; its label is the word ``button.<action>``."""

    emoji: str | None = None
    style: Style = Style.secondary


LOOKS: Final[dict[str, Look]] = {
    "reroll": Look("🎲", Style.primary),
    "vary-slight": Look("🌱"),
    "vary-strong": Look("🌶️"),
    "recipe": Look("📜"),
    "delete": Look("🗑️", Style.danger),
    "cancel": Look(),
    "post": Look("📣", Style.success),
    "discard": Look("🗑️", Style.danger),
    "open": Look("👀", Style.primary),
    "edit": Look("✏️"),
    "more": Look(),
    "again": Look("✏️", Style.primary),
    "edit-again": Look("✏️", Style.primary),
    "cover-again": Look("✏️", Style.primary),
    "delete-yes": Look("🗑️", Style.danger),
    "delete-no": Look(),
    "extend": Look("➡️"),
    "morph": Look("🧬"),
    "morph-again": Look("✏️", Style.primary),
    "draft-make": Look("✅", Style.success),
    "draft-change": Look("✏️"),
    "draft-drop": Look("✖️"),
    "keep-a": Look(style=Style.success),
    "keep-b": Look(style=Style.success),
    "keep-both": Look(),
    "with-a": Look(),
    "with-b": Look(),
    "lyrics": Look("✏️", Style.primary),
    "play": Look("▶️", Style.primary),
    "like": Look("❤️"),
    "tree": Look("🌳"),
    "title": Look("✏️"),
    "shelf-delete": Look("🗑️", Style.danger),
    "shelf-back": Look("◀️"),
    "shelf-on": Look("▶️"),
    "allow": Look("✅", Style.success),
    "refuse": Look("✖️"),
    "preset": Look("➕"),
    "money-on": Look("▶️"),
    "money-top": Look("⏮️"),
    "pot-form": Look("✏️", Style.primary),
    "form-again": Look("✏️", Style.primary),
    "audit-on": Look("▶️"),
    "audit-top": Look("⏮️"),
    "audit-csv": Look("📄"),
    "audit-json": Look("📄"),
    "hold-yes": Look("✅", Style.success),
    "hold-trust": Look("🤝"),
    "hold-no": Look("✖️", Style.danger),
    "hold-words": Look("📄"),
    "report-delete": Look("🗑️", Style.danger),
    "report-block": Look("⛔"),
    "report-dismiss": Look(),
    "purge-yes": Look("🗑️", Style.danger),
    "purge-no": Look(),
    "screen-word": Look("➕"),
    "screen-allow": Look("✅"),
    "screen-test": Look("🧪"),
    "screen-page": Look("▶️"),
    "screen-file": Look("📄"),
    "mend": Look("✏️", Style.primary),
    "setup-back": Look("◀️"),
    "setup-next": Look("▶️", Style.primary),
    "setup-form": Look("✏️"),
    "setup-gone": Look("🗑️"),
    "setup-export": Look("💾"),
    "setup-apply": Look("✅", Style.success),
    "setup-drop": Look("✖️"),
    "forget-me": Look("🗑️", Style.danger),
    "keep-me": Look(),
}
"""Every action that a button can stand for."""
CHOICES: Final = {"stems": "🎚️", "midi": "🎼", "cover-art": "🖼️", "report": "🚩"}
"""Every action that no button stands for, only a choice of the menu behind *More*, with its picture there."""
_OF_SETUP: Final = ("setup-page", "setup-set", "setup-key")
_OF_POT: Final = ("pot", "share-forget", "price-forget")
_OF_MODERATORS: Final = ("queue", "queue-all")
_OTHERS: Final = ("morph-as", "morph-of", "deed", "pick", "lend", "set", "preset-remove", "help")
MENUS: Final = (*_OTHERS, *_OF_POT, *_OF_SETUP, *_OF_MODERATORS)
"""Every action that a select menu can stand for."""

PICKERS: Final = ("setup-pick",)
"""Every action that a menu of channels or roles can stand for; Discord fills those itself."""
