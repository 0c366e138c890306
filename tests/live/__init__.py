"""The whole house over real sockets: the shipped bot and engine as processes, members who act in a room."""
