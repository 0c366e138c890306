"""Sound to spectrogram picture, and back."""
