"""Why the process cannot start, in one line each: what is wrong and what to do."""

from __future__ import annotations

from typing import Final

_STARTUP = "error.startup."

SENTENCES: Final[dict[str, str]] = {
    _STARTUP + "bad_settings": "These settings have values that cannot be used: {names}. "
    "Correct them in the environment or in .env (see .env.example).",
    _STARTUP + "bad_address": "These settings are no usable addresses: {names}. An address must begin with "
    "http:// or https://, as in https://host.example/v1, and hold no name, password, question mark or #.",
    _STARTUP + "bad_key": "These settings are no usable keys: {names}. A key holds no spaces, line breaks or "
    "control characters. Copy it again, in one line.",
    _STARTUP + "bad_keys_secret": "{names} holds what cannot seal keys. Print a good secret with: "
    "python -m bot keys new-secret",
    _STARTUP + "keys_secret_needed": "There is no secret to seal keys with. Print one with: "
    "python -m bot keys new-secret, and set RIFFCORD_KEYS_SECRET to it.",
    _STARTUP + "no_host_for_keys": "OWN_KEY_HOSTS names {host}, for which nobody can bring a key. Name music "
    "hosts that are known by name or set up with an address, and that have accounts.",
    _STARTUP + "bad_shards": "SHARD_IDS must name shards by numbers below SHARD_COUNT, "
    "as in SHARD_COUNT=4 with SHARD_IDS=0,1.",
    _STARTUP + "bad_token": "Discord does not accept DISCORD_TOKEN. Copy the token again from the "
    "Bot page of your application at https://discord.com/developers/applications, "
    "or remove it to play in the local room.",
    _STARTUP + "no_token": "A bot that is started alone is told where to log in. Set DISCORD_TOKEN, "
    "or play in the local room with: python -m bot",
    _STARTUP + "discord_unreachable": "Discord cannot be reached. Check the network (and "
    "DISCORD_API_URL, if you set it), then start again.",
    _STARTUP + "missing_permission": "In none of its servers may the bot do what it must: {permissions}. "
    "Invite it again with {invite}",
    _STARTUP + "data_in_use": "Another Riffcord already uses the data folder {folder}. "
    "Stop it, or set RIFFCORD_DATA to another folder.",
    _STARTUP + "data_not_writable": "The data folder {folder} cannot be written. "
    "Give this user the right to write there, or set RIFFCORD_DATA to another folder.",
    _STARTUP + "port_in_use": "Port {port} is taken by another program. Set {setting} to a free port, "
    "or to 0 to let Riffcord find one.",
    _STARTUP + "no_space": "The disk that holds {folder} is full. Free some space, then start again.",
    _STARTUP + "missing_room_package": "Without DISCORD_TOKEN Riffcord plays in a local room, which is not "
    "installed. Install it with: pip install 'riffcord[room]' (in a clone: pip install -e '.[room]')",
    _STARTUP + "unknown_host": "There is no music host {host}. Choose one of: {choices}.",
    _STARTUP + "schema_none": "There is no database here yet. Start the whole tree with: python -m bot. "
    "Or make the database alone, with: python -m bot release",
    _STARTUP + "schema_old": "The database has the schema of an earlier Riffcord. "
    "Bring it up to date with: python -m bot release",
    _STARTUP + "schema_newer": "The database was already used by a newer Riffcord. "
    "Update this one to the same version.",
    _STARTUP + "host_not_configured": "The music host {host} is not set up. Set {name}.",
    _STARTUP + "host_half_configured": "The music host {host} is only half set up. Set {missing} as well, "
    "or remove what is set of it.",
    _STARTUP + "host_name_taken": "{host} is a music host with settings of its own. "
    "Use those, or choose another name instead of {prefix}.",
    _STARTUP + "no_webhook_address": "The music host {host} tells its results by webhook only, and has no "
    "address for it. Set PUBLIC_URL to that of this machine's web port.",
    _STARTUP + "unknown_dialect": "{name} names no dialect that Riffcord speaks. Choose one of: {choices}.",
    _STARTUP
    + "cannot_bind": "The address {address} cannot be listened on. Choose one of this machine's own, "
    "for example 127.0.0.1.",
    _STARTUP + "database_unreachable": "The database cannot be opened. Check DATABASE_URL and that "
    "the database runs.",
    _STARTUP + "database_unreadable": "The database {file} cannot be read now. See that no other program "
    "holds it and that this user may read it, then start again.",
    _STARTUP + "database_damaged": "{file} is no database, or a damaged one. Put back your last copy of it, "
    "or move it away to begin anew.",
    _STARTUP + "database_not_shared": "Roles that run apart (web, worker, a part of the shards) "
    "need a database that several processes can share: set DATABASE_URL to a PostgreSQL address.",
    _STARTUP + "engine_tokens_needed": "The engine would be open to the network without a key. "
    "Set ENGINE_TOKENS, or keep it to this machine: ENGINE_BIND 127.0.0.1 and no public address.",
    _STARTUP + "extra_needed": "{setting} needs a part of Riffcord that is not installed. "
    "Install it with: pip install 'riffcord[{extra}]' (in a clone: pip install -e '.[{extra}]')",
    _STARTUP + "blobs_elsewhere": "The music of this database does not lie in this RIFFCORD_DATA folder. "
    "Give all its processes the same folder, or one store as BLOBS_URL; where that music is lost for good, "
    "write {mark} into {file}.",
    _STARTUP + "blobs_in_other_store": "The music of this database does not lie in the store of BLOBS_URL. "
    "Give all its processes the same address; where that music was moved here or is lost for good, "
    "put a file {file} there that holds {mark}.",
    _STARTUP
    + "blobs_unreachable": "The store of BLOBS_URL cannot be written. Check the address and the keys "
    "by which the store knows you, then start again.",
    _STARTUP + "bad_blobs_url": "BLOBS_URL is no address of an object store. "
    "It looks like s3://bucket/folder or file:///folder.",
    _STARTUP + "engine_not_started": "The music engine did not start. The log above says why.",
}
