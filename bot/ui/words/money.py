"""Words of ``/quota`` and ``/pot``, and of prices wherever they are shown."""

from __future__ import annotations

from typing import Final

_COMMANDS: Final[dict[str, str]] = {
    "command.quota": "What is left of this server's credits, and of yours",
    "command.quota.show": "The pot, your share of it, and who used how much",
    "command.quota.history": "What was paid, given back and given away, line by line",
    "command.quota.history.member": "Whose lines; others' are for moderators",
    "command.quota.history.everybody": "The lines of the whole server, for moderators",
    "command.quota.gift": "Give somebody credits of your share of today",
    "command.quota.gift.member": "Who gets them",
    "command.quota.gift.amount": "How many credits",
    "command.quota.gift.reason": "What for; everybody here sees it",
    "command.quota.sponsor": "Leave credits of your share of today for everybody’s orders in this channel",
    "command.quota.sponsor.amount": "How many credits",
    "command.quota.sponsor.reason": "What for; everybody here sees it",
    "command.pot": "The server's credits: how many, for whom, and what things cost",
    "command.pot.show": "How the pot, its shares and its prices stand, to be changed there",
    "command.pot.set": "Change how the pot is filled and what is shown of it",
    "command.pot.set.amount": "Credits that each period brings",
    "command.pot.set.period": "How often the pot is filled anew",
    "command.pot.set.reset_time": "When a day begins, such as 06:30, on the clocks of the zone",
    "command.pot.set.zone": "Whose clocks count, such as Europe/Berlin",
    "command.pot.set.carry_over": "Whether what is left of a period stays in the pot",
    "command.pot.set.hard_stop": "Whether orders that the pot cannot pay are refused",
    "command.pot.set.ask_above": "Orders that cost more credits than this ask first (0: all that cost any)",
    "command.pot.set.credit_value": "What a credit is worth in money; 0 shows nothing",
    "command.pot.set.currency": "The currency of that, such as € or USD",
    "command.pot.set.use_shown": "Whether everybody sees who used how much",
    "command.pot.set.gifts": "Whether members may give away credits of their share",
    "command.pot.set.gift_most": "The most credits that a member may give away in a day",
    "command.pot.top-up": "Put more credits into the pot; they stay until they are used",
    "command.pot.top-up.amount": "How many credits",
    "command.pot.top-up.reason": "Why; it stands in the ledger",
    "command.pot.sponsor": "Put credits aside for this channel: they pay what is ordered here first",
    "command.pot.sponsor.amount": "How many credits",
    "command.pot.sponsor.reason": "What for; everybody here sees it",
    "command.pot.share": "How much of the pot somebody or something may use in a day",
    "command.pot.share.member": "The share of one member; without any of these four, of everybody",
    "command.pot.share.role": "The share of each member with a role",
    "command.pot.share.channel": "The share of a channel, for all together",
    "command.pot.share.command": "The share of each member for one kind of order",
    "command.pot.share.cap": "Credits a day",
    "command.pot.share.weight": "Instead: how many times of what everybody has, such as 2 or 0.5",
    "command.pot.share.exempt": "Instead: no share limits them, only the pot",
    "command.pot.share.forget": "Take this share back",
    "command.pot.price": "What things cost in this server",
    "command.pot.price.host": "At which host",
    "command.pot.price.kind": "Which kind of order; left out, all that have no price of their own",
    "command.pot.price.model": "Which model, where the host has several",
    "command.pot.price.credits": "Credits; leave it out to take the price back",
}

_QUOTA: Final[dict[str, str]] = {
    "period.day": "today",
    "period.week": "this week",
    "period.month": "this month",
    "quota.title": "Credits of {server}, {period}",
    "quota.heading": "{server} · {period}",
    "quota.pot": "The pot",
    "quota.pot.of": "of {amount} credits left",
    "quota.share": "Your share of today",
    "quota.share.of": "of {cap} credits left",
    "quota.share.free": "No limit",
    "quota.sponsored": "Paid for in this channel",
    "quota.sponsored.of": "credits, spent first",
    "quota.used.title": "Used {period}",
    "quota.used.you": "You",
    "quota.used.others": "Others: {count}",
    "quota.used.none": "Nobody has used any yet.",
    "quota.text.pot": "In the pot: **{left}** of {amount} credits.",
    "quota.text.resets": "It is filled again {relative}, on {date}.",
    "quota.text.share": "Your share of today: **{left}** of {cap} credits, anew {relative}.",
    "quota.text.share.free": "No share limits you: only the pot does.",
    "quota.text.sponsored": "Orders in this channel are paid from **{left}** credits that were given for it.",
    "quota.text.channel": "This channel today: **{left}** of {cap} credits.",
    "quota.text.command": "Your orders of one kind ({kind}) today: **{left}** of {cap} credits.",
    "quota.text.given": "Gifts make your share {given} larger today.",
    "quota.text.given.less": "You gave {given} of it away today.",
    "quota.text.set_aside": "Set aside for orders of yours that are not made yet: **{amount}**. Given back "
    "if they are not.",
    "quota.text.value": "A credit is worth {value}.",
    "quota.picture": "The pot of {server}: {left} of {amount} credits are left.",
    "quota.picture.share": "The pot of {server}: {left} of {amount} credits are left. "
    "Your share of today: {mine} of {cap}.",
    "quota.history.title": "Your credits, line by line",
    "quota.history.title.member": "Credits of one member, line by line",
    "quota.history.title.all": "Credits of this server, line by line",
    "quota.history.none": "Nothing was paid or given yet.",
    "quota.history.line": "{at} · **{amount}** · {what}",
    "quota.history.in_pot": "{line} · then in the pot: {left}",
    "quota.history.reason": "{line} · “{reason}”",
    "quota.entry.grant": "new credits",
    "quota.entry.expire": "the period was over",
    "quota.entry.reserve": "{kind}, {who}",
    "quota.entry.refund": "{kind} of {who}, given back",
    "quota.entry.settle": "{kind}, {who}",
    "quota.entry.top_up": "topped up by {actor}",
    "quota.entry.sponsor": "for {channel}, sponsored by {actor}",
    "quota.entry.gift": "gift of {actor} to {who}, out of the share of the day",
    "quota.kind.riff": "riff",
    "quota.kind.song": "song",
    "quota.kind.morph": "morph",
    "quota.kind.image": "picture",
    "quota.kind.journey": "journey",
    "quota.kind.parts": "parts",
    "quota.kind.other": "order",
    "quota.gift.done": "{giver} gives {name} {price} today: “{reason}”",
    "quota.gift.plain": "{giver} gives {name} {price} today.",
    "quota.sponsor.done": "This one is on {giver}: {price} for everybody’s orders in this channel. "
    "“{reason}”",
    "button.money_on": "Older",
    "button.money_top": "Newest",
}

_POT: Final[dict[str, str]] = {
    "pot.title": "### The pot",
    "pot.filled": "**{amount}** credits {period}, at {time} ({zone}); the next time {relative}, {date}.",
    "pot.period.day": "each day",
    "pot.period.week": "each week, on Monday",
    "pot.period.month": "each month, on the 1st",
    "pot.stands": "Now in it: **{left}**. Used since it was filled: **{used}**.",
    "pot.carried": "Left from before: {amount}.",
    "pot.owed": "Carried over as a debt from before: {amount}.",
    "pot.value": "A credit is worth {value}.",
    "pot.ask_above": "Orders above {price} ask first.",
    "pot.ask_always": "Orders that cost anything ask first.",
    "pot.gift_most": "A member may give away {price} a day.",
    "pot.shares": "### Shares of a day",
    "pot.shares.none": "No shares: everybody may use the whole pot. Set one with /pot share.",
    "pot.prices": "### Prices, in credits",
    "pot.prices.none": "All as the bot’s owner set them. Change one with /pot price.",
    "pot.costs": "{host}: {prices}",
    "pot.costs.of": "{kind} {price}",
    "pot.costs.free": "free",
    "pot.costs.step": "each step of a journey",
    "pot.price.line": "{what} at {host}: {price}",
    "pot.price.any": "everything else",
    "pot.riff.choice": "Orders: riffs",
    "pot.song.choice": "Orders: songs",
    "pot.morph.choice": "Orders: morphs",
    "pot.image.choice": "Orders: pictures",
    "pot.parts.choice": "Orders: parts of a take",
    "pot.journey.choice": "Orders: journeys",
    "pot.more": "and {count} more",
    "pot.share.everybody": "everybody",
    "pot.share.command": "{kind} orders, each member",
    "pot.share.member": "the member {id}",
    "pot.share.role": "the role {id}",
    "pot.share.channel": "the channel {id}",
    "pot.share.cap": "{who}: {price}",
    "pot.share.weight": "{who}: {weight:g} times what everybody has",
    "pot.share.exempt": "{who}: no limit but the pot",
    "pot.sponsored": "{giver} sets {price} from the server aside for everybody’s orders in this channel. "
    "“{reason}”",
    "pot.topped_up": "Done: {price} more. Now in the pot: {left}.",
    "pot.menu.period.day": "Filled: each day",
    "pot.menu.period.week": "Filled: each week",
    "pot.menu.period.month": "Filled: each month",
    "pot.menu.carry_over.on": "What is left: stays in the pot",
    "pot.menu.carry_over.off": "What is left: is gone with the period",
    "pot.menu.hard_stop.on": "Empty pot: orders are refused",
    "pot.menu.hard_stop.off": "Empty pot: orders go on, below zero",
    "pot.menu.use_shown.on": "Who used how much: everybody sees it",
    "pot.menu.use_shown.off": "Who used how much: moderators see it",
    "pot.menu.gifts.on": "Gifts: members may give credits away",
    "pot.menu.gifts.off": "Gifts: not allowed",
    "menu.pot": "Choose",
    "menu.share_forget": "Take a share back",
    "menu.price_forget": "Take a price back",
    "button.pot_form": "Amount, time, value",
    "button.form_again": "Change it",
    "modal.pot.title": "The pot",
    "modal.pot.amount.label": "Credits that each period brings",
    "modal.pot.reset_time.label": "When a day begins, such as 06:30",
    "modal.pot.zone.label": "Time zone, such as Europe/Berlin",
    "modal.pot.ask_above.label": "Ask before orders above, in credits",
    "modal.pot.worth.label": "What a credit is worth, such as 0.05 €",
}

_PRICES: Final[dict[str, str]] = {
    "price.worth": "{price} (about {value})",
    "price.on": "{label} · {price}",
    "price.short": "{price} cr",
    "offer.order": "This costs {price}.",
    "offer.order.changed": "The price has changed meanwhile: this costs {price} now.",
    "offer.left": "You can spend {left} here now.",
}

_ERRORS: Final[dict[str, str]] = {
    "error.not_enough.pot": "This costs {price} of the server’s credits, and the pot holds {left}. "
    "Choose something cheaper, or ask whoever manages the server to top it up.",
    "error.not_enough.pot.at": "This costs {price} of the server’s credits, and the pot holds {left}. "
    "It is filled again <t:{at}:R>; whoever manages the server can top it up before.",
    "error.not_enough.member": "This costs {price} of the server’s credits, and of your share of today you "
    "have {left}. Choose something cheaper, or let somebody give you some with /quota gift.",
    "error.not_enough.member.at": "This costs {price} of the server’s credits, and of your share of today "
    "you have {left}. It is full again <t:{at}:R>; before, somebody can give you some with /quota gift.",
    "error.not_enough.command": "This costs {price} of the server’s credits, and for orders of this kind you "
    "have {left} today. Make something of another kind.",
    "error.not_enough.command.at": "This costs {price} of the server’s credits, and for orders of this kind "
    "you have {left} today. You have all of them again <t:{at}:R>; other kinds can be ordered before.",
    "error.not_enough.channel": "This costs {price} of the server’s credits, and this channel has {left} "
    "today. Try another channel.",
    "error.not_enough.channel.at": "This costs {price} of the server’s credits, and this channel has {left} "
    "today. It has all of them again <t:{at}:R>; other channels may have some before.",
    "error.not_enough.member.never": "This costs {price} of the server’s credits, and your share of a day is "
    "{left}. Choose something cheaper, let somebody give you some with /quota gift, or ask whoever manages "
    "the server for a larger share.",
    "error.not_enough.command.never": "This costs {price} of the server’s credits, and for orders of this "
    "kind you have {left} a day. Choose something cheaper, or ask whoever manages the server for more.",
    "error.not_enough.channel.never": "This costs {price} of the server’s credits, and this channel has "
    "{left} a day. Try another channel, or choose something cheaper.",
    "error.not_enough.gift.at": "Of your share of today you can still give away {left}, not {price}. It is "
    "full again <t:{at}:R>.",
    "modal.gift.title": "Why you give it",
    "modal.gift.reason.label": "A reason that everybody here reads",
    "error.not_enough.sponsor.at": "The pot holds {left}, so {price} cannot be set aside for this channel. "
    "It is filled again <t:{at}:R>.",
    "error.not_allowed.pot": "The pot is for those who manage the server (Manage Server).",
    "error.not_allowed.history": "Only moderators see what others used.",
    "error.not_allowed.gift": "Gifts are switched off in this server.",
    "error.not_allowed.gift_without_share": "No share limits you, so there is none that you could give of.",
    "error.invalid_option.no_time_of_day": "{option} has to be a time such as 06:30.",
    "error.invalid_option.unknown_zone": "There is no time zone of that name. "
    "Name a city as the zones do, such as Europe/Berlin.",
    "error.invalid_option.not_worth": "{option} has to be a number and a currency, such as 0.05 €.",
    "error.invalid_option.one_subject": "Name one of member, role, channel and command; "
    "none of them is for everybody.",
    "error.invalid_option.one_limit": "Say one of cap, weight and exempt.",
    "error.invalid_option.no_weight": "Channels and commands take a cap or exempt, no weight.",
    "error.invalid_option.unknown_share": "There is no share of that.",
    "error.invalid_option.unknown_price": "There is no price of that.",
    "error.invalid_option.no_models": "Only pictures are made by a model that one chooses, and only at hosts "
    "that make pictures. Leave {option} out.",
    "error.invalid_option.bad_amount": "{option} has to be at least 1 credit and at most {limit}.",
    "error.invalid_option.gift_most": "A member may give away {limit} credits a day here, and you have given "
    "{given}.",
    "error.invalid_option.allowance": "Whoever runs this bot lets each server have {limit} credits a month. "
    "Choose {left} or less for {option}.",
    "error.invalid_option.allowance_stop": "Whoever runs this bot lets each server have {limit} credits a "
    "month, so the pot cannot go below zero. Leave {option} on.",
    "error.invalid_option.gift_to_self": "That would be yours already. Choose somebody else.",
    "error.invalid_option.gift_to_bot": "Bots have no use for credits. Choose a person.",
    "error.invalid_option.gift_to_absent": "Credits can be given to members of this server only. "
    "Choose somebody who is here.",
}

_NAMES: Final = (
    *("quota", "quota.show", "quota.history", "quota.gift", "quota.sponsor"),
    *("pot", "pot.show", "pot.set", "pot.top-up", "pot.sponsor", "pot.share", "pot.price"),
)
_OPTIONS: Final = (
    *("amount", "ask_above", "cap", "carry_over", "channel", "command", "credit_value", "credits"),
    *("currency", "everybody", "exempt", "forget", "gift_most", "gifts", "hard_stop", "kind", "member"),
    *("period", "reason", "reset_time", "role", "share", "price", "use_shown", "weight", "zone"),
)
_CALLED: Final[dict[str, str]] = {
    **{f"name.{path}": path.rpartition(".")[2] for path in _NAMES},
    **{f"option.{name}": name for name in _OPTIONS},
}

_NOTICES: Final[dict[str, str]] = {
    "notice.pot": "{percent} % of the pot is used. Left: {left} of {whole} credits. "
    "It is filled again <t:{at}:R>.",
    "notice.pot_waits.one": "Of what is used, 1 credit is only set aside for orders that wait for a "
    "moderator; it comes back if they are rejected.",
    "notice.pot_waits": "Of what is used, {count} credits are only set aside for orders that wait for a "
    "moderator; they come back if these are rejected.",
    "notice.pot_short": "An order was refused because the pot cannot pay it. Price: {price}, in the pot: "
    "{left} credits. It is filled again <t:{at}:R>; /pot top-up fills it before.",
    "notice.pot_empty": "The pot of {whole} credits is used up, and orders that cost something are refused. "
    "It is filled again <t:{at}:R>; /pot top-up fills it before.",
    "notice.pot_below": "The pot of {whole} credits is used up, and orders go on at its debt. "
    "It is filled again <t:{at}:R>; /pot set hard_stop would refuse them.",
}

SENTENCES: Final = _NOTICES | _CALLED | _COMMANDS | _QUOTA | _POT | _PRICES | _ERRORS
