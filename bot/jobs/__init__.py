"""Durable jobs: a row is a waiting job, and nothing that dies can lose or repeat it."""
