"""Words to intent: what a prompt means, in English and Chinese."""
