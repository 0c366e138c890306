"""What moderators decide: services over the store, for the desks and the command line."""
