"""Why a run failed, read from the words of its host: there is no code for it on the wire.

Sources of the words: https://replicate.com/docs/reference/error-codes, and what the models' own code says.
"""

from __future__ import annotations

import re

from bot.protocol.runs import FailureCause

_MODERATION = re.compile(
    r"nsfw|moderat(?:ion|ed)|(?:content|usage|safety|community)[ _-]?(?:policy|policies|guidelines?)"
    r"|flagged|sensitive[ _]?(?:content|words?)|content[ _]filter|safety[ _](?:system|filters?)"
    r"|safety[ _]checker (?:found|flagged|blocked|detected|triggered)"
    r"|\bE005\b|prohibited[ _]content|inappropriate|copyrighted (?:lyrics|content)|敏感|违规|审核",
    re.IGNORECASE,
)
_INPUT = re.compile(
    r"^\s*(?:input validation error|invalid input|invalid lora|valueerror|keyerror|\d+ validation errors?)"
    r"|\binput\.[a-z0-9_]+\b|unsupported (?:image|audio|file)|failed to (?:download|load) (?:the )?input"
    r"|cannot identify image file|image size .{0,40}(?:exceed|too large)",
    re.IGNORECASE,
)
_INTERRUPTED = re.compile(
    r"interrupted|\(code: PA\)|try again|\bE(?:003|004|1000|1001|6716|8367|8765|9243|9825)\b"
    r"|out of memory|worker (?:crashed|died)|timed? ?out|temporarily unavailable|shutting down",
    re.IGNORECASE,
)


_FIELD = re.compile(r"\binput\.[A-Za-z0-9_]+")


def speaks_of_moderation(words: str) -> bool:
    """Whether a host refuses something for what it says or shows; names of inputs do not count."""
    return _MODERATION.search(_FIELD.sub("", words)) is not None


def cause_of(error: str | None) -> FailureCause:
    """The cause that a failed run's own words tell."""
    words = (error or "")[:2_000]
    if speaks_of_moderation(words):
        return FailureCause.PROMPT_REFUSED
    if _INPUT.search(words):
        return FailureCause.INPUT_REFUSED
    return FailureCause.INTERRUPTED if _INTERRUPTED.search(words) else FailureCause.UNKNOWN
