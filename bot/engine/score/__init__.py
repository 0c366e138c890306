"""The score: its data, its JSON, what strangers may send, and MIDI."""
