"""What a job and a take look like: pure functions from records to embeds, a module a card."""
