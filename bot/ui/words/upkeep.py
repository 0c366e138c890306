"""Words of looking after jobs and data: a job's story, and what ``db check`` finds, in one line each."""

from __future__ import annotations

from typing import Final

_STORY: Final[dict[str, str]] = {
    "story.moves": "What happened",
    "story.more": "… and {count} more before that",
    "story.line": "{at} **{state}** · {cause}",
    "story.line.by": "{at} **{state}** · {cause} · {actor}",
    "story.cause.ordered": "ordered",
    "story.cause.admitted": "its turn came",
    "story.cause.accepted_by_the_host": "the host took it",
    "story.cause.found_in_the_host's_list": "found in the host’s list",
    "story.cause.told_by_webhook": "the host told",
    "story.cause.seen_by_polling": "asked the host",
    "story.cause.a_part_of_it_was_there_in_time": "a part of it was there in time",
    "story.cause.kept_as_a_take": "sound and picture kept",
    "story.cause.delivered": "posted",
    "story.host": "Host",
    "story.run": "Run at the host",
    "story.paid": "Credits",
    "story.paid.none": "nothing",
    "story.entry.reserve": "{amount} set aside",
    "story.entry.settle": "{amount} paid",
    "story.entry.refund": "{amount} given back",
    "story.tries": "Tries",
    "story.tries.value": "{calls} × asked the host, {failed} × failed in this step",
    "story.message": "Message",
    "story.message.link": "[go to it]({link})",
    "story.footer": "{id}",
}

_CLI: Final[dict[str, str]] = {
    "cli.jobs.none": "No jobs.",
    "cli.jobs.counts": "{counts}",
    "cli.job": 'job {id}: {state} · "{prompt}"',
    "cli.job.who": "for {name} ({user}), channel {channel}, server {guild}",
    "cli.job.host": "host {host}, run {run}, asked {calls} times, {failed} failed tries in this step",
    "cli.job.trouble": "trouble: {trouble}",
    "cli.job.ending": "why it ended: {ending}",
    "cli.job.message": "message {link}",
    "cli.job.no_message": "no message yet",
    "cli.check.clean": "All is well: {jobs} jobs, {takes} takes, {files} files, {transfers} transfers.",
    "cli.check.mended": "mended: {finding}",
    "cli.check.left": "{count} things are wrong.",
    "cli.check.left.one": "One thing is wrong.",
    "cli.check.all_mended": "All that was wrong is mended.",
    "cli.check.repair": "--repair mends {count} of them.",
    "cli.check.by_hand": "{count} need a person: see what happened with jobs show, or put back a copy.",
}

_CHECK: Final[dict[str, str]] = {
    "check.database": "database: it says of itself: {complaint}",
    "check.state_unknown": "job {job}: there is no state {state}",
    "check.order_disagrees": "job {job}: its row and its order name different hosts, places or people",
    "check.lease_halved": "job {job}: half a lease (owner {owner})",
    "check.run_without_call": "job {job}: it has the run {run}, but its host was never asked",
    "check.ended_and_due": "job {job}: {state}, and yet somebody is to work on it",
    "check.ended_without_end": "job {job}: {state}, without what belongs to that",
    "check.host_unknown": "job {job}: {state}, and its host {host} is not set up",
    "check.never_due": "job {job}: {state}, and nothing would ever wake it",
    "check.story_broken": "job {job}: its story is broken: {problem}",
    "check.story_without_job": "job {job}: a story without a job",
    "check.books.doubled": "ledger {key}: written {count} times",
    "check.books.strange": "ledger {key}: a grant between accounts that do not go together",
    "check.books.never_granted": "ledger {account}: it paid, and was never granted anything",
    "check.books.missing": "job {job}: its {entry} of {amount} is not in the ledger",
    "check.books.wrong": "job {job}: its {entry} of {amount} ({key}) is not what it must be",
    "check.books.unwanted": "job {job}: its {entry} of {amount} ({key}) must not be",
    "check.take_without_job": "take {take}: its job {job} was never paid for",
    "check.take_too_early": "take {take}: its job {job} is {state} and did not make it",
    "check.parent_missing": "take {take}: made from {parent}, which never was",
    "check.take_missing": "job {job}: {state}, and its take {take} is not there",
    "check.file_missing": "take {take}: lost files: {files}",
    "check.file_orphan": "file {file}: belongs to nothing, {hours} hours old",
    "check.file_of_deleted": "take {take}: deleted, and {count} of its files are still there",
}

SENTENCES: Final[dict[str, str]] = _STORY | _CLI | _CHECK
