"""Forms: what members fill in."""
