"""`carnet company`, and the option `--company` of other commands, on both databases."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest
from sqlalchemy import make_url

from tests.commands import assert_refused, carnet
from tests.conftest import CITUS_URL, _create, _drop

SERVER, CREATOR = "carnet_test_company_server", "carnet_test_creator"
"""A database, and a role that may create roles and schemas but is no superuser."""


class Server(NamedTuple):
    """Where companies are created: the database of CARNET_DATABASE_URL, and the folder with their list."""

    url: str
    folder: Path

    def carnet(self, *arguments: str, **environment: str) -> Any:
        """The result of a command."""
        return carnet(self.url, *arguments, CARNET_COMPANIES=str(self.folder), **environment)

    def url_of(self, name: str) -> str:
        return (self.folder / f"{name}.url").read_text().strip()


@pytest.fixture(params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path: Path, postgresql_url: str, loop: asyncio.AbstractEventLoop
) -> Iterator[Server]:
    if request.param == "sqlite":
        yield Server(f"sqlite:///{tmp_path / 'carnet.db'}", tmp_path / "companies")
        return
    on_citus = CITUS_URL in os.environ
    url = postgresql_url if on_citus else loop.run_until_complete(_create(postgresql_url, SERVER))
    database = make_url(url).database
    rights = (
        f"CREATE ROLE {CREATOR} LOGIN CREATEROLE PASSWORD '{CREATOR}'",
        f"GRANT CREATE ON DATABASE {database} TO {CREATOR}",
    )
    loop.run_until_complete(_execute(url, *rights))
    creator = make_url(url).set(username=CREATOR, password=CREATOR).render_as_string(hide_password=False)
    yield Server(creator, tmp_path / "companies")
    if on_citus:
        loop.run_until_complete(_execute(url, "DROP SCHEMA IF EXISTS carnet_north CASCADE", f"DROP OWNED BY {CREATOR}"))
    else:
        loop.run_until_complete(_drop(postgresql_url, SERVER))
    drops = (f"DROP ROLE IF EXISTS {role}" for role in ("carnet_north", CREATOR))
    loop.run_until_complete(_execute(postgresql_url, *drops))


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(make_url(url).render_as_string(hide_password=False))
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@pytest.fixture
def execute(loop: asyncio.AbstractEventLoop) -> Callable[..., None]:
    """Executes statements on PostgreSQL."""
    return lambda url, *statements: loop.run_until_complete(_execute(url, *statements))


@pytest.mark.slow
def test_a_company_is_created_used_listed_and_dropped(server: Server) -> None:
    created = server.carnet("company", "create", "north", "--time-zone", "America/Toronto")
    assert created.exit_code == 0, created.stderr
    assert "/companies/north/graphql" in created.stderr
    assert (server.folder / "north.url").stat().st_mode & 0o077 == 0
    password = make_url(server.url_of("north")).password
    assert password is None or password not in created.stderr + created.stdout
    assert_refused(server.carnet("company", "create", "north"), "already", "carnet company migrate north")
    listed = server.carnet("company", "list").stdout
    assert ("north" in listed, "ready" in listed, "\u2502 0" in listed) == (True, True, True)

    token = server.carnet("token", "create", "--company", "north", "--user", "ann", "--role", "admin")
    assert token.exit_code == 0, token.stderr
    assert "ann" in server.carnet("token", "list", "--company", "north").stdout
    assert_refused(server.carnet("token", "list"))  # the database of CARNET_DATABASE_URL has no tables
    assert server.carnet("check", "--company", "north").exit_code == 0
    if server.url.startswith("postgresql"):
        for command, tool in (("backup", "pg_dump"), ("restore", "pg_restore")):
            shown = server.carnet(command, "--company", "north", "x").stderr
            assert (f"  {tool} --" in shown, " --schema=carnet_north " in shown) == (True, True), shown
        assert 'DROP SCHEMA "carnet_north" CASCADE; CREATE SCHEMA "carnet_north" AUTHORIZATION "carnet_north"' in shown
        assert "“Move a company into Citus” in .github/guides/many-companies.md" in shown
    current = server.carnet("company", "migrate", "--all")
    assert (current.exit_code, "0 migrated, 1 unchanged" in current.stderr) == (0, True)

    kept = server.carnet("company", "drop", "north", typed="south\n")
    assert (kept.exit_code, "Nothing was changed" in kept.stderr) == (1, True)
    assert "ready" in server.carnet("company", "list").stdout
    dropped = server.carnet("company", "drop", "north", typed="north\n")
    assert (dropped.exit_code, [*server.folder.iterdir()]) == (0, []), dropped.stderr
    assert_refused(server.carnet("token", "list", "--company", "north"), "no company “north”", "carnet company list")
    assert "carnet company create" in server.carnet("company", "list").stderr


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_a_schema_is_dropped_by_a_user_whom_the_command_must_name(server: Server) -> None:
    """Never by the role of the company itself, which is in the URL of its database."""
    elsewhere = Server("sqlite:////nowhere/carnet.db", server.folder)
    assert elsewhere.carnet("company", "create", "north", "--database-url", server.url).exit_code == 0
    assert_refused(
        elsewhere.carnet("company", "drop", "north", "--yes"), "/nowhere/carnet.db names none", "--database-url"
    )
    itself = elsewhere.carnet("company", "drop", "north", "--yes", "--database-url", server.url_of("north"))
    assert_refused(itself, "may not create or drop")
    nobody = make_url(server.url)._replace(username=None, password=None).render_as_string()
    refused = elsewhere.carnet(
        "company", "drop", "north", "--yes", "--database-url", nobody, PGUSER="carnet_test_nobody"
    )
    assert_refused(refused, "carnet_test_nobody")
    assert elsewhere.carnet("company", "drop", "north", "--yes", "--database-url", server.url).exit_code == 0


@pytest.mark.parametrize("name", ["", "North", "a b", "../x", "-a", "é", "a" * 41])
def test_names_that_cannot_be_part_of_a_path_are_refused(tmp_path: Path, name: str) -> None:
    server = Server(f"sqlite:///{tmp_path / 'carnet.db'}", tmp_path / "companies")

    assert_refused(server.carnet("company", "create", "--", name), "small letters")
    assert_refused(server.carnet("check", "--company", name), "no company")
    assert [*tmp_path.iterdir()] == []


def test_messages_about_the_database_of_a_company_name_where_its_url_comes_from(tmp_path: Path) -> None:
    folder, missing = tmp_path / "companies", f"sqlite:///{tmp_path / 'missing' / 'x.db'}"
    server = Server(f"sqlite:///{tmp_path / 'carnet.db'}", folder)

    assert_refused(server.carnet("company", "create", "x", "--database-url", missing), "or correct --database-url")
    assert_refused(server.carnet("company", "create", "x", "--database-url", "mysql://a/b"), "--database-url: ")
    assert not folder.exists()  # so that it can be created with the right URL
    folder.mkdir()
    (folder / "x.url").write_text(missing)
    assert_refused(server.carnet("check", "--company", "x"), f"or correct {folder / 'x.url'}.")
    broken = carnet("mysql://a/b", "check", "--company", "x", CARNET_COMPANIES=str(folder))
    assert_refused(broken, "CARNET_DATABASE_URL: ")


def test_a_folder_that_cannot_be_used_and_one_without_companies_are_explained(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    created = Server(f"sqlite:///{tmp_path / 'carnet.db'}", file).carnet("company", "create", "north")
    assert_refused(created, "Check CARNET_COMPANIES")
    migrated = Server(f"sqlite:///{tmp_path / 'carnet.db'}", tmp_path / "none").carnet("company", "migrate", "--all")
    assert (migrated.exit_code, "There are no companies in" in migrated.stderr) == (0, True)


def test_a_user_without_rights_and_taken_names_are_explained(server: Server, execute: Callable[..., None]) -> None:
    if server.url.startswith("sqlite"):
        server.folder.mkdir()
        (server.folder / "north.db").touch()
        assert_refused(server.carnet("company", "create", "north"), "north.db")
        return
    execute(server.url, "CREATE ROLE carnet_north LOGIN PASSWORD 'north'")
    assert_refused(server.carnet("migrate"), "may not create or change tables", "CREATE SCHEMA AUTHORIZATION")
    limited = make_url(server.url).set(username="carnet_north", password="north").render_as_string(hide_password=False)
    assert_refused(
        server.carnet("company", "create", "south", "--database-url", limited), "create role. Nothing", "CREATEROLE"
    )
    assert_refused(server.carnet("company", "create", "north"), "carnet_north")
    assert not server.folder.exists()


def test_one_company_that_fails_does_not_keep_others_from_being_migrated(
    tmp_path: Path, empty_copy: Callable[[str], str]
) -> None:
    server = Server(f"sqlite:///{tmp_path / 'carnet.db'}", tmp_path / "companies")
    server.folder.mkdir()
    migrated = make_url(empty_copy("sqlite")).database or ""
    for name in ("a", "b", "c"):
        (server.folder / f"{name}.url").write_text(f"sqlite:///{server.folder / name}.db\n")
    (server.folder / "a.db").write_text("This is another file.")
    (server.folder / "c.db").touch()

    first = server.carnet("company", "migrate", "--all")
    for name in ("a", "b"):
        shutil.copy(migrated, server.folder / f"{name}.db")
    second = server.carnet("company", "migrate", "--all")

    assert_refused(first, "could not be migrated: a, b")
    assert (second.exit_code, "0 migrated, 3 unchanged" in second.stderr) == (0, True)
    assert_refused(server.carnet("company", "migrate"), "--all")


def test_a_database_that_carnet_did_not_create_is_left_as_it_is(
    tmp_path: Path, empty_copy: Callable[[str], str]
) -> None:
    server = Server(f"sqlite:///{tmp_path / 'carnet.db'}", tmp_path / "companies")
    file = Path(make_url(empty_copy("sqlite")).database or "")

    created = server.carnet("company", "create", "north", "--database-url", f"sqlite:///{file}")
    dropped = server.carnet("company", "drop", "north", "--yes")

    assert (created.exit_code, dropped.exit_code) == (0, 0)
    assert file.exists()
    assert "did not create" in dropped.stderr


def test_an_unusable_url_of_a_company_is_explained(tmp_path: Path) -> None:
    server = Server(f"sqlite:///{tmp_path / 'carnet.db'}", tmp_path)
    (tmp_path / "north.url").write_text("mysql://north:secret@host/x")

    result = server.carnet("token", "list", "--company", "north")

    assert_refused(result, "north.url", "sqlite:///file")
    assert "secret" not in result.stderr
    assert "cannot be reached" in server.carnet("company", "list").stdout
