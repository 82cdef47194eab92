"""Pairs of companies: two SQLite files, or two schemas of one PostgreSQL database, each with a role of its own."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from tests.companies.serving import Serve, serving
from tests.conftest import CITUS_URL, _create, _drop, _migrate

NAMES = ("carnet_test_a", "carnet_test_b")
TEMPLATE, PAIR = "carnet_test_companies", "carnet_test_pair"
CREATE_ROLE = "DO $$ BEGIN CREATE ROLE {0} LOGIN PASSWORD '{0}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$"


def urls_of_schemas(url: str) -> list[str]:
    """The URLs of the roles of both schemas in the database of this URL."""
    return [make_url(url).set(username=name, password=name).render_as_string(hide_password=False) for name in NAMES]


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, empty_copy: Callable[[str], str]) -> list[str]:
    """The URLs of several databases."""
    return [empty_copy(request.param) for _ in range(4)]


@pytest.fixture
def root_url(empty_copy: Callable[[str], str]) -> str:
    return empty_copy("sqlite")


@pytest.fixture
def serve(root_url: str, tmp_path: Path, loop: asyncio.AbstractEventLoop) -> Serve:
    return partial(serving, root_url=root_url, folder=tmp_path / "list", loop=loop)


@pytest.fixture(scope="session")
def two_schemas(
    request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop, empty: Callable[[str], str]
) -> Callable[..., str]:
    """Creates databases with two migrated schemas, and a third installation in `public`. Returns the URL of the owner."""

    @cache
    def template() -> str:
        empty("postgresql")
        server = request.getfixturevalue("postgresql_url")
        return loop.run_until_complete(_create_template(server))

    def make(name: str = PAIR) -> str:
        template()
        return loop.run_until_complete(_create(request.getfixturevalue("postgresql_url"), name, TEMPLATE))

    return make


async def _create_template(server: str) -> str:
    url = await _create(server, TEMPLATE, "carnet_test_empty")
    connection = await asyncpg.connect(url)
    for name in NAMES:
        await connection.execute(CREATE_ROLE.format(name))
        await connection.execute(f"CREATE SCHEMA {name} AUTHORIZATION {name}")
        await connection.execute(f"GRANT ALL ON SCHEMA public TO {name}")
        await connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}")
        await connection.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {name}")
    await connection.close()
    for each in urls_of_schemas(url):
        await _migrate(each)
    return url


@pytest.fixture
def owner_url(postgresql_url: str, two_schemas: Callable[..., str], loop: asyncio.AbstractEventLoop) -> Iterator[str]:
    """A fresh database with two schemas, for the user who owns it."""
    if CITUS_URL in os.environ:
        pytest.skip("on Citus, `public` has no tables")
    yield two_schemas()
    loop.run_until_complete(_drop(postgresql_url, PAIR))


@pytest.fixture(scope="module")
def module_schemas(
    request: pytest.FixtureRequest, postgresql_url: str, loop: asyncio.AbstractEventLoop
) -> Iterator[list[str]]:
    """The URLs of two schemas in one database of a module."""
    if CITUS_URL in os.environ:
        with _schemas_on_citus(postgresql_url, f"{PAIR}_of_module", loop) as urls:
            yield urls
        return
    yield urls_of_schemas(request.getfixturevalue("two_schemas")(f"{PAIR}_of_module"))
    loop.run_until_complete(_drop(postgresql_url, f"{PAIR}_of_module"))


@pytest.fixture
def schemas(
    request: pytest.FixtureRequest, postgresql_url: str, loop: asyncio.AbstractEventLoop
) -> Iterator[list[str]]:
    """The URLs of two schemas in one fresh database. Their roles may also use the installation in `public`, which is
    not there on Citus.
    """
    if CITUS_URL in os.environ:
        with _schemas_on_citus(postgresql_url, PAIR, loop) as urls:
            yield urls
        return
    yield urls_of_schemas(request.getfixturevalue("owner_url"))


@contextmanager
def _schemas_on_citus(server: str, name: str, loop: asyncio.AbstractEventLoop) -> Iterator[list[str]]:
    """The URLs of two migrated schemas in the database of all tests."""
    urls = [loop.run_until_complete(_create(server, f"{name}_{each}", TEMPLATE)) for each in NAMES]
    try:
        yield urls
    finally:
        for url in urls:
            loop.run_until_complete(_drop(server, make_url(url).username or ""))


@pytest.fixture(params=["sqlite", "postgresql"])
def pair(request: pytest.FixtureRequest, empty_copy: Callable[[str], str]) -> list[str]:
    """The URLs of the databases of two companies."""
    if request.param == "sqlite":
        return [empty_copy("sqlite"), empty_copy("sqlite")]
    urls: list[str] = request.getfixturevalue("schemas")
    return urls
