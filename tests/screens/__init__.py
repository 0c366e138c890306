"""Pictures of every card and form, on a desk and on a phone: ``python -m tests.screens``."""
