"""PostgreSQL: a server, and an asynchronous driver (asyncpg)."""
