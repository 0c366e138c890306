"""Words of the trail: what was done, searching in it, handing it over."""

from __future__ import annotations

from typing import Final

_OPTIONS: Final = ("by", "action", "subject", "days", "file")

SENTENCES: Final[dict[str, str]] = {
    "name.mod": "mod",
    "name.mod.audit": "audit",
    **{f"option.{name}": name for name in _OPTIONS},
    "command.mod": "For moderators",
    "command.mod.audit": "Look into this server's trail: who decided what, when and why",
    "command.mod.audit.by": "Only what this person did",
    "command.mod.audit.member": "Only what this person did, or what was done to them",
    "command.mod.audit.action": "Only deeds of this kind",
    "command.mod.audit.subject": "Only what was done to this: a setting, a rule, a job, a channel",
    "command.mod.audit.days": "Only the last days",
    "command.mod.audit.reason": "Only where the reason has these words",
    "command.mod.audit.file": "Hand everything over as a file instead",
    "audit.file.csv": "CSV, for a spreadsheet",
    "audit.file.json": "JSON, for a program",
    "audit.title": "### The trail of this server",
    "audit.none": "Nothing fits.",
    "audit.line": "{at} · {who} {deed}",
    "audit.where": "in {channel}",
    "audit.why": "Reason: {reason}",
    "audit.change": "{before} → {after}",
    "audit.bot": "Riffcord",
    "audit.nothing": "none",
    "audit.count.one": "1 entry",
    "audit.count": "{count} entries",
    "audit.done": "Here is the trail, {count} entries.",
    "audit.done.cut": "Here are the newest {count} entries of the trail. For more, ask with fewer days, "
    "or use python -m bot audit export.",
    "audit.action": "did this: {action}",
    "audit.action.on": "did this: {action} ({subject})",
    "audit.action.set": "changed {subject}",
    "audit.action.refused": "was refused {subject}",
    "audit.action.import": "imported settings",
    "audit.action.joined": "was invited to this server",
    "audit.action.left": "was removed from this server",
    "audit.action.top_up": "topped the pot up",
    "audit.action.sponsor": "put credits aside for a channel",
    "audit.action.gift": "gave {subject} credits of their share",
    "audit.kind.set": "setting changed",
    "audit.kind.refused": "attempt refused",
    "audit.kind.import": "settings imported",
    "audit.kind.top_up": "pot topped up",
    "audit.kind.sponsor": "channel sponsored",
    "audit.kind.gift": "credits given away",
    "audit.kind.joined": "bot invited",
    "audit.kind.left": "bot removed",
    "button.audit_on": "Older",
    "button.audit_top": "Newest",
    "button.audit_csv": "CSV",
    "button.audit_json": "JSON",
    "error.not_found.trail_search": "That search is a day old, or somebody else's. "
    "Search again with /mod audit.",
    "error.not_allowed.audit": "The trail is for moderators (Manage Messages).",
    "error.invalid_option.not_a_date": "{option} must be a date, e.g. 2026-11-01 or 2026-11-01T18:00.",
    "cli.audit.none": "Nothing stands in the trail that fits.",
}
