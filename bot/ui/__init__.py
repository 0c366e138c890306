"""What people see and hear of Riffcord on Discord. Importing the package imports no discord."""
