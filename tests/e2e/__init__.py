"""Riffcord inside simcord: real client, cards, jobs and store; host and audio worker take no time."""
