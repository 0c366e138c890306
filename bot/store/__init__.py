"""One database, SQLite or PostgreSQL, and the folder of sounds. All SQL of the project stands here."""
