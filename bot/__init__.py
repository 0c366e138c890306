"""Riffcord: a Discord bot with which a community makes music together."""
