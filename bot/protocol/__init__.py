"""Wire records shared by the provider clients and our own engine server."""
