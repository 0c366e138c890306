"""The real process, killed for real, at every point where it could hurt."""
