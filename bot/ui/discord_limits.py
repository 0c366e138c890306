"""The most that Discord takes; how it counts characters stands in :mod:`bot.ui.text`.

Source: https://discord.com/developers/docs, under "Application Command Option Structure", "Component
Reference", "Embed Limits", "Create Message" and "Channel Object".
"""

from __future__ import annotations

from typing import Final

CHOICES_MOST: Final = 25
"""Choices of one option, offered while somebody types or always."""
CHOICE_CHARS: Final = 100
"""Name and value of a choice; label, description and value of a menu's option; description of a field."""
OPTIONS_MOST: Final = 25
"""Options of a menu; channels or roles that one of them holds."""
PLACEHOLDER_CHARS: Final = 150
BUTTON_CHARS: Final = 80
"""Label of a button."""
FORM_TITLE_CHARS: Final = 45
LABEL_CHARS: Final = 45
"""Of a form's field."""
FIELD_CHARS: Final = 4_000
"""What is typed into a form's field."""
TITLE_CHARS: Final = 256
"""Of an embed."""
DESCRIPTION_CHARS: Final = 4_096
"""Of an embed."""
EMBED_FIELD_CHARS: Final = 1_024
"""Value of an embed's field."""
MESSAGE_CHARS: Final = 2_000
"""Content of a message that is made of words."""
PANEL_CHARS: Final = 4_000
"""All texts together of a message that is made of components."""
THREAD_NAME_CHARS: Final = 100
