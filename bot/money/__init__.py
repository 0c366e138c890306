"""What things cost and who owes what: decisions without I/O, in whole credits."""
