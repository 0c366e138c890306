"""Scales, chords, metres and how progressions move between modes."""
