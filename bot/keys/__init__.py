"""Keys of hosts that members and servers bring along: kept sealed, used for their own orders, never shown."""
