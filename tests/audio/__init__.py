"""What the audio room does to clips, measured from outside where that is possible."""
