"""Words of ``/jobs``: what is playing here, in one line each."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "jobs.title": "Riffs in this channel",
    "jobs.none": "Nothing plays here yet. Begin with /riff.",
    "jobs.line": "{mark} {prompt} · {state} · {name} · {age}",
    "jobs.choice": "{prompt} · {state} · {name}",
    "jobs.state.held": "waits for a moderator",
    "jobs.state.queued": "in line",
    "jobs.state.queued.next": "next in line",
    "jobs.state.queued.one": "in line behind 1",
    "jobs.state.queued.many": "in line behind {ahead}",
    "jobs.expected": "expected {time}",
    "jobs.state.submit": "starting",
    "jobs.state.waiting": "playing",
    "jobs.state.playing": "playing, {percent} %",
    "jobs.state.collect": "mixing",
    "jobs.state.deliver": "on its way",
    "jobs.state.done": "done",
    "jobs.state.done.link": "[done]({link})",
    "jobs.state.failed": "failed",
    "jobs.state.cancelled": "cancelled",
    "jobs.state.rejected": "refused",
}
