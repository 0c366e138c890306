"""One sentence an error class of ``bot.errors``, and one a detail where the class carries one."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "error.generic": "That did not work. Please try again in a moment.",
    "error.bug": "Something broke on our side. "
    "If it happens again, tell the bot's owner this reference: {reference}",
    "error.outdated_command": "That command has changed since your Discord loaded it. "
    "Reload Discord (Ctrl+R, or restart the app) and try again.",
    # UserError
    "form.field": "“{label}”",
    "error.invalid_option": "The option {option} cannot be used like that. Please change it and try again.",
    "error.invalid_option.empty": "{option} is empty. Please write something there.",
    "error.invalid_option.empty.prompt": "{option} is empty. Describe the sound you want, for example: "
    "lofi piano with rain.",
    "error.invalid_option.too_long": "{option} is {length} characters long; {limit} is the most. "
    "Please shorten it.",
    "error.invalid_option.not_a_number": "{option} is not a number. Please give one, for example 0.5.",
    "error.invalid_option.out_of_range": "{option} must lie between {low:.16g} and {high:.16g}.",
    "error.invalid_option.unknown_seed_image": "There is no such seed image. Choose one of: {choices}.",
    "error.invalid_option.engine_only": "{option} works with the built-in engine only: use --host engine.",
    "error.invalid_option.length_is_the_hosts": "The music host {host} decides itself how long a song is: "
    "leave out {option}, or use --host engine.",
    "error.invalid_option.not_at_song_hosts": "The music host {host} makes songs and takes no {option}: "
    "leave it out, or use --host with one that takes it: {choices}.",
    "error.invalid_option.no_songs": "The music host {host} makes no songs. Leave out {option}, "
    "or name one that does.",
    "error.invalid_option.no_scores": "The music host {host} takes recordings, no scores. "
    "Give the sound as {option}.",
    "error.invalid_option.no_transform": "The music host {host} does not make this ({transform}). "
    "Leave out {option}, or name one that does.",
    "error.invalid_option.told": "{option}: {told}.",
    "error.invalid_option.no_file": "There is no file {file} that can be read.",
    "error.invalid_option.file_too_large": "The file {file} is larger than {limit} MB. Choose a shorter one.",
    "error.invalid_option.unknown_format": "{option} must end in one of: {choices}.",
    "error.invalid_option.no_folder": "The folder {folder} does not exist. Make it first, or choose another.",
    "error.invalid_option.not_writable": "{file} cannot be written. Choose another place.",
    "error.invalid_option.unknown_host": "There is no such host. Choose one of: {choices}.",
    "error.invalid_option.unknown_job": "Choose one of the jobs that are offered while you type.",
    "error.not_allowed": "You may not do that here. A moderator can.",
    "error.not_allowed.delete": "Only the person who made this riff, or a moderator "
    "(Manage Messages), can delete it.",
    "error.not_allowed.cancel": "Only the person who ordered this riff, or a moderator "
    "(Manage Messages), can cancel it.",
    "error.not_found": "That is not there any more.",
    "error.not_found.option": "Who or what you chose is not in this server any more. Choose again.",
    "error.not_found.job": "That job is over or was never here. See what is playing with /jobs list.",
    "error.not_found.stored_job": "There is no such job. Ended ones are forgotten after JOBS_KEEP_DAYS days; "
    "python -m bot jobs list shows what there is.",
    "error.not_found.take": "That riff was deleted, so there is nothing left to do with it. "
    "Make a new one with /riff.",
    "error.not_found.blob": "The sound of that riff is no longer stored. Make a new one with /riff.",
    "error.not_enough": "This server’s pot cannot pay the {price} credits for this. Nothing was spent.",
    "error.too_many": "You already have {limit} riffs in the making, and that is the most at once. "
    "Wait for one, or cancel one with /jobs cancel.",
    # RemoteError: music hosts
    "error.host": "The music host ({host}) has a problem. Nothing was charged; try again in a few minutes.",
    "error.host_refused": "The music host ({host}) refused this riff. Nothing was charged; "
    "try a different prompt.",
    "error.host_bad_key": "The music host ({host}) does not accept this bot's key. Nothing was charged; "
    "the bot's owner has to renew the key.",
    "error.host_no_credit": "This bot's account at the music host ({host}) has no credit left. "
    "Nothing was charged; the bot's owner has to top it up.",
    "error.host_invalid_input": "The music host ({host}) does not take these parameters. "
    "Nothing was charged; change them and try again.",
    "error.host_prompt_refused": "The music host ({host}) does not make anything of these words. "
    "Nothing was charged; say it differently.",
    "error.host_model_gone": "The music host ({host}) does not offer this model any more. "
    "Nothing was charged; the bot's owner has to choose another.",
    "error.host_rate_limited": "The music host ({host}) is busy. Nothing was charged; "
    "try again in {retry_after_s:.0f} seconds.",
    "error.host_busy": "The music host ({host}) has no place free at the moment. Nothing was charged; "
    "try again in {retry_after_s:.0f} seconds.",
    "error.host_unreachable": "The music host ({host}) cannot be reached. Nothing was charged; "
    "try again in a few minutes.",
    "error.host_outcome_unknown": "The music host ({host}) did not answer clearly. "
    "We keep checking; please do not order the same riff again yet.",
    "error.host_not_understood": "The music host ({host}) gave an answer that we do not understand. "
    "Nothing was charged; try again, and tell the bot's owner if it stays so.",
    "error.prediction_failed": "The music host ({host}) tried and failed to play this. "
    "Nothing was charged; try again or change the prompt.",
    "error.engine_said": "That could not be made. {detail}",
    "error.unusable_audio": "What came back was not usable as music. Nothing was charged; try again.",
    "error.unusable_audio.silent": "What came back was silence. Nothing was charged; "
    "try again or change the prompt.",
    "error.unusable_audio.noise": "What came back was only noise. Nothing was charged; "
    "try again or change the prompt.",
    "error.unusable_audio.not_audio": "What came back was not audio. Nothing was charged; try again.",
    "error.unusable_audio.too_long": "What came back is too long. Nothing was charged; "
    "ask for a shorter length.",
    "error.unusable_audio.too_large": "The audio is larger than this server accepts. "
    "Nothing was charged; ask for a shorter length.",
    "error.no_space": "The bot's disk is full, so nothing was ordered or charged. "
    "The bot's owner has to make room.",
    "error.music_full": "The riffs kept here fill the {limit_gb:g} GB that they may take up, so nothing was "
    "ordered or charged. Delete some that nobody needs; the bot's owner can also raise BLOBS_MAX_GB.",
    # Discord itself
    "error.discord": "Discord did not accept that. Please try again in a moment.",
    "error.channel_gone": "The channel or server is not there for me any more.",
    "error.missing_permission": "I need the permission “{permission}” in this channel. "
    "Ask someone who manages the server to give it to me, then try again.",
    "error.discord_down": "Discord cannot be reached right now. Please try again in a moment.",
    # StartupError without a sentence of its own
    "error.startup": "Riffcord cannot start: {problem}. See the log above for the cause.",
}
