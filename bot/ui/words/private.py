"""Words about threads of orders, and about previews that only their owner sees."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "button.post": "Post it",
    "button.discard": "Discard",
    "button.open": "Open preview",
    "thread.where": "Ready: {thread}",
    "thread.none": "This channel wants a thread for each order, but I cannot open one here. "
    "Give me “Create Public Threads” and “Send Messages in Threads”, or change it with /settings.",
    "private.only_you": "Only you see this. *Post it* shows it to everybody in this channel.",
    "private.ready": "A preview is ready",
    "private.ready.whose": "Ordered by {name}, who alone can open it.",
    "private.over": "A private order of {name} ended without music, and nothing was charged. "
    "They find the reason with /jobs show.",
    "private.posted": "Posted: {link}",
    "private.discarded": "Discarded: the stored sound is gone. It was made for you, so it stays paid for.",
    "private.veiled": "(private)",
    "error.not_allowed.preview": "Only the person who ordered it can open this preview.",
    "error.not_found.preview": "This preview is over: it was posted already, or it is too old.",
}
