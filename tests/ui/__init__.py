"""Words, text and cards: pure functions."""
