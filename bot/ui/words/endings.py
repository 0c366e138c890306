"""Why a job ended without music, or is held up: keys of ``bot.jobs.endings``."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "ending.cancelled": "Cancelled. Nothing was charged.",
    "ending.cancelled.by": "Cancelled by {who}. Nothing was charged.",
    "ending.cancelled_here.by": "Cancelled by {who}. Nothing was charged here; "
    "the music host ({host}) may still finish it.",
    "ending.cancelled_here": "Cancelled. Nothing was charged here; "
    "the music host ({host}) may still finish it.",
    "ending.host_refused": "The music host ({host}) refused this riff. Nothing was charged; "
    "try another prompt.",
    "ending.host_bad_key": "The music host ({host}) does not accept this bot’s key. Nothing was charged; "
    "the bot’s owner has to renew the key.",
    "ending.host_no_credit": "This bot’s account at the music host ({host}) has no credit left. "
    "Nothing was charged; the bot’s owner has to top it up.",
    "ending.host_invalid_input": "The music host ({host}) does not take these options. "
    "Nothing was charged; change them and try again.",
    "ending.host_invalid_input.field": "The music host ({host}) does not take this {field}. "
    "Nothing was charged; change it and try again.",
    "ending.host_prompt_refused": "The music host ({host}) does not make anything of these words. "
    "Nothing was charged; say it differently.",
    "ending.host_model_gone": "The music host ({host}) no longer offers this model. Nothing was charged; "
    "the bot’s owner has to choose another.",
    "ending.host_unknown": "The music host {host} is not set up here any more. Nothing was charged.",
    "ending.deadline": "The music host ({host}) was not done after {minutes} minutes, so it was stopped. "
    "Nothing was charged; try again.",
    "ending.host_unreachable": "The music host ({host}) could not be reached. Nothing was charged; "
    "try again in a few minutes.",
    "ending.host_busy": "The music host ({host}) was too busy for too long. Nothing was charged; "
    "try again in a few minutes.",
    "ending.outcome_unknown": "The music host ({host}) never told whether it took this order. "
    "Nothing was charged here, and the order was not sent a second time.",
    "ending.host_failed": "The music host ({host}) failed to play this. Nothing was charged; "
    "try again or change the prompt.",
    "ending.host_failed.detail": "The music host ({host}) failed to play this. Nothing was charged; "
    "try again or change the prompt.\nIt said: {detail}",
    "ending.host_interrupted": "The music host ({host}) broke off in the middle. Nothing was charged; "
    "try again.",
    "ending.host_stopped": "It was stopped at the music host ({host}). Nothing was charged.",
    "ending.prediction_lost": "The music host ({host}) lost this order. Nothing was charged; try again.",
    "ending.result_lost": "The music host ({host}) made it, but it could not be fetched in time. "
    "Nothing was charged; try again.",
    "ending.unusable_audio": "What came back was not usable as music ({problem}). "
    "Nothing was charged; try again.",
    "ending.unusable_audio.silent": "What came back was silence. Nothing was charged; "
    "try again or change the prompt.",
    "ending.unusable_audio.noise": "What came back was only noise. Nothing was charged; "
    "try again or change the prompt.",
    "ending.unusable_audio.not_audio": "What came back was not audio. Nothing was charged; try again.",
    "ending.unusable_audio.too_long": "What came back is too long. Nothing was charged; "
    "ask for a shorter length.",
    "ending.unusable_audio.too_large": "The sound is larger than Discord takes here. Nothing was charged; "
    "ask for a shorter length.",
    "ending.no_space": "The bot’s disk is full. Nothing was charged; the bot’s owner has to make room.",
    "ending.bug": "Something broke on our side, and nothing was charged. "
    "If it happens again, tell the bot’s owner this reference: {reference}",
    "ending.channel_gone": "The channel is gone. Nothing was charged.",
    "ending.missing_permission": "I may not post the result here: I lack “{permission}”. "
    "Nothing was charged. Ask someone who manages the server to allow it, then try again.",
    "ending.discord_refused": "Discord did not take the result. Nothing was charged; try again.",
    "ending.discord_down": "Discord could not be reached for {hours} hours. Nothing was charged; try again.",
    "trouble.host_unreachable": "The music host ({host}) cannot be reached right now. Trying again…",
    "trouble.host_busy": "The music host ({host}) is busy. Trying again…",
    "trouble.checking": "Making sure that the music host ({host}) has this order only once…",
    "trouble.cold_boot": "The music host ({host}) is loading its model, which can take some minutes…",
    "trouble.discord_down": "Discord is not taking the result right now. Trying again…",
}
