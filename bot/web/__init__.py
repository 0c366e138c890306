"""What speaks HTTP to the outside: webhooks in, health, and the engine server."""
