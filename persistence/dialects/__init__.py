"""SQLite and PostgreSQL: everything in which the two differ."""
