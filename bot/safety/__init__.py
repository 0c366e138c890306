"""What may run: decisions without I/O, handed their facts."""
