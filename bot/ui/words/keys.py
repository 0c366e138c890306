"""Words of ``/key`` and of orders that somebody's own key pays for."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "name.key": "key",
    **{f"name.key.{name}": name for name in ("add", "remove", "use", "show")},
    **{f"option.{name}": name for name in ("host", "whose", "in_use")},
    "command.key": "Your own key for a music host, or the server’s: orders made with it cost the pot nothing",
    "command.key.add": "Bring a key: it is checked, kept sealed, and never shown again",
    "command.key.remove": "Forget a key for good",
    "command.key.show": "For which hosts there is a key, whose it is and since when",
    "command.key.use": "Order with a key, or keep it unused",
    "command.key.host": "The music host that the key is for",
    "command.key.whose": "Yours, for your own orders in every server; or the server’s, for all made here",
    "command.key.in_use": "Whether orders are made with it",
    "key.whose.user": "my own",
    "key.whose.guild": "the server’s",
    "modal.key.title": "Bring a key",
    "modal.key.key.user": "Your key for {host}",
    "modal.key.key.guild": "The server’s key for {host}",
    "modal.key.key.hint": "Kept sealed, never shown again; /key remove forgets it",
    "key.added.user": "{host} takes your key (mark {mark}). From now on your orders there, in every server "
    "where I am, are paid by your own account and cost no server’s pot anything. /key use switches that off.",
    "key.added.guild": "{host} takes the server’s key (mark {mark}). From now on what is ordered here at "
    "{host} is paid by the server’s own account there and costs the pot nothing. /key use switches that off.",
    "key.not_chosen": "Nothing changes yet for orders that name no host: this server’s music is made by "
    "{current}. Choose {host} in /settings if it shall be made there.",
    "key.removed.user": "Your key for {host} is forgotten. What was still being made with it is refunded; "
    "at {host} itself the key stays good until you revoke it there.",
    "key.removed.guild": "The server’s key for {host} is forgotten. What was still being made with it is "
    "refunded; at {host} itself the key stays good until you revoke it there.",
    "key.on": "Orders at {host} are made with this key again.",
    "key.off": "Orders at {host} are not made with this key any more; it stays sealed until /key remove.",
    "key.title": "Keys for music hosts",
    "key.yours": "Yours",
    "key.servers": "This server’s",
    "key.line": "{host}: mark {mark}, added {at}",
    "key.line.by": "{host}: mark {mark}, added {at} by {who}",
    "key.line.plain": "{host}: added {at}",
    "key.state.off": "not in use",
    "key.state.bad_key": "{host} refuses it",
    "key.state.no_credit": "its account has no credit",
    "key.none": "None. /key add brings one; it can be for: {hosts}.",
    "key.none.short": "None.",
    "key.note": "A key is used for orders alone: yours for what you order, the server’s for what is ordered "
    "here by those who have none. The mark tells two keys apart; nobody can read the key from it.",
    "card.own_key.user": "paid with their own key",
    "card.own_key.guild": "paid with the server’s own key",
    "story.own_key.user": "Paid with the own key of {name}",
    "story.own_key.guild": "Paid with the server’s own key",
    "cli.job.own_key": "Paid with a key of its own: {account}, key {key}",
    "key.told.bad_key": "{host} does not accept the key that you brought (mark {mark}). Orders with it "
    "fail, and are charged to nobody, until you bring another with /key add or switch it off with /key use.",
    "key.told.no_credit": "The account of the key that you brought for {host} (mark {mark}) has no credit "
    "left. Orders with it fail until you top it up there or switch the key off with /key use.",
    "notice.key_bad_key": "{host} does not accept this server’s own key. Orders with it fail, and nothing "
    "is taken from the pot, until somebody with Manage Server brings another (/key add) or switches it off "
    "(/key use).",
    "notice.key_no_credit": "The account of this server’s own key for {host} has no credit left. Orders "
    "with it fail, and nothing is taken from the pot, until it is topped up there or switched off (/key "
    "use).",
    "ending.member_key_refused": "{host} does not accept your own key. Nothing was taken from the pot; "
    "bring another with /key add, or switch it off with /key use.",
    "ending.server_key_refused": "{host} does not accept this server’s own key. Nothing was taken from the "
    "pot; somebody with Manage Server can bring another with /key add, or switch it off with /key use.",
    "ending.member_key_no_credit": "Your own account at {host} has no credit left. Nothing was taken from "
    "the pot; top it up there, or switch your key off with /key use.",
    "ending.server_key_no_credit": "This server’s own account at {host} has no credit left. Nothing was "
    "taken from the pot; somebody with Manage Server can top it up there, or switch the key off with /key "
    "use.",
    "ending.key_gone": "The key that this was ordered with was removed, so {host} cannot be asked for it "
    "any more. Nothing was taken from the pot; order it again.",
    "error.key_gone": "The key for {host} was removed, so it cannot be asked.",
    "error.not_allowed.server_keys": "Only people with Manage Server may bring, switch or remove the "
    "server’s keys.",
    "error.not_found.own_key": "There is no such key. /key show tells which there are.",
    "error.invalid_option.keys_off": "Nobody can bring a key here yet: whoever runs the bot has to set "
    "RIFFCORD_KEYS_SECRET first.",
    "error.invalid_option.takes_no_key": "No key can be brought for {host}. Choose one of: {choices}.",
    "error.invalid_option.no_host_takes_keys": "None of this bot’s music hosts takes a key of your own.",
    "error.invalid_option.no_key": "That is no key: it holds no spaces or line breaks and at most {most} "
    "characters. Copy it again, in one line.",
    "error.invalid_option.refused_by_host": "{host} does not accept this key, so it was not kept. Copy it "
    "again, or make a new one there.",
    "error.invalid_option.not_checked": "{host} could not be asked about this key now, so it was not kept. "
    "Try again in a few minutes.",
    "error.invalid_option.needs_own_key": "This bot has no key of its own for {host}: bring yours with /key "
    "add, or choose another host.",
    "privacy.keys": "The keys that you brought for music hosts are kept sealed: nobody can read them. /key "
    "show names the hosts, and deleting everything deletes them too.",
    "about.host.own_keys": "for those who bring a key (/key add)",
    "error.invalid_option.too_many_keys": "You had {limit} keys checked within ten minutes, which is the "
    "most. Try again later.",
    "audit.action.key_added": "brought the server’s key for {subject}",
    "audit.action.key_removed": "removed the server’s key for {subject}",
    "audit.action.key_on": "switched the server’s key for {subject} on",
    "audit.action.key_off": "switched the server’s key for {subject} off",
    "audit.kind.key_added": "key brought",
    "audit.kind.key_removed": "key removed",
    "audit.kind.key_on": "key switched on",
    "audit.kind.key_off": "key switched off",
}
