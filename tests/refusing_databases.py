"""Lets a PostgreSQL database refuse connections."""

import asyncpg
from sqlalchemy import make_url

from tests.conftest import is_on_citus


async def set_usable(server: str, url: str, *, usable: bool) -> None:
    """Let the database of a test take connections, or none, and end those that it has. On Citus, where all tests share a
    database, this is done to the role of the test. `server` is the URL of a superuser.
    """
    parts = make_url(url)
    if is_on_citus(url):
        change = f"ALTER ROLE {parts.username} {'LOGIN' if usable else 'NOLOGIN'}"
        ended = f"usename = '{parts.username}'"
    else:
        change = f"ALTER DATABASE {parts.database} ALLOW_CONNECTIONS {usable}"
        ended = f"datname = '{parts.database}'"
    connection = await asyncpg.connect(make_url(server).render_as_string(hide_password=False))
    await connection.execute(change)
    await connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ended}")
    await connection.close()
