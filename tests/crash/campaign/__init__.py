"""Many orders, many accidents, many kills; afterwards everybody's books are compared."""
