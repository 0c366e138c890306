"""Words of ``/privacy``, ``/help`` and ``/about``."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "command.privacy": "What is kept about you: see it, fetch it, delete it",
    "command.privacy.about": "What is kept about you, in plain words",
    "command.privacy.consent": "Decide who may make something from your music",
    "command.privacy.consent.who": "Who may remix your music, in every server",
    "command.privacy.export": "Fetch everything that is kept about you",
    "command.privacy.delete": "Delete everything that is kept about you",
    "command.help": "What you can do here, command by command",
    "command.about": "What Riffcord is, its version, and whether its hosts answer",
    "privacy.title": "What is kept about you",
    "privacy.kept": "Riffcord keeps what you order: your words, the options, the name that you had then, "
    "where and when; the sound and picture that came of it; your hearts and what you set here. "
    "It reads no messages and keeps none. Records of orders go after some weeks; "
    "music stays until you delete it. "
    "Words that you order with are sent to the music host that plays them.",
    "privacy.counted": "Of you there are: takes: {takes}, orders: {jobs}, hearts: {likes}.",
    "privacy.delete.title": "Delete everything?",
    "privacy.delete.sure": "This stops what is being made for you, deletes your music (takes: {takes}) "
    "with its messages, in every server, and forgets your name, hearts and settings. It cannot be undone. "
    "What others made from your music stays theirs, without your name.",
    "privacy.delete.begun": "Deleting. That may take a while.",
    "privacy.delete.done": "Done: nothing about you is left (takes deleted: {takes}).",
    "privacy.delete.rest_later": "Your music is deleted (takes: {takes}). Records of orders that a music "
    "host may still be busy with: {jobs}. They go by themselves, after a week at the latest.",
    "privacy.delete.kept": "Nothing was deleted.",
    "button.forget_me": "Delete everything",
    "button.keep_me": "Keep it",
    "menu.help": "Read more about a command",
    "help.title": "What you can do here",
    "help.intro": "Type / and a few letters, and Discord offers these commands:",
    "help.intro.private": "These commands work in private. In a server there are more.",
    "help.no_image": "Pictures (/image) are not here: none of the bot's hosts has the picture models. "
    "Whoever runs the bot can add one.",
    "help.optional": "(may be left out)",
    "about.what": "Riffcord makes music together with the people of a server.",
    "about.version": "Version {version}",
    "about.licence": "Free software under the MIT licence.",
    "about.hosts": "Music hosts:",
    "about.host.answers": "answers",
    "about.host.refuses": "takes no orders now",
    "about.host.troubled": "has a problem",
    "about.host.foreign": "is not what it should be",
    "about.host.silent": "does not answer",
    "about.links": "[Invite Riffcord to another server]({invite})",
    "error.not_allowed.forget": "Only you can delete what is kept about you.",
}
