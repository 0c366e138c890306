"""Intent to style: templates bent by moods, players, eras and keys; styles blended."""
