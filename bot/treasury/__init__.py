"""A server's money over the store: what is left and why, orders paid, gifts, what administrators decide."""
