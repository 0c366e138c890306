"""What the musician promises, measured from outside; `test_checklist` says which test proves what."""
