"""SQLite: a file, one writer at a time, and the plain driver in threads."""
