"""Thin slash commands: read the options, call one service, render one reply."""
