"""Commands with an unusable database report it in either language, without a stack trace, and create nothing."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from persistence.database import Database
from persistence.database_urls import display_name
from tests.commands import assert_refused, carnet
from tests.conftest import _create


@pytest.fixture(
    params=[
        ("import", "contacts", "contacts.csv"),
        ("import", "interactions", "contacts.csv"),
        ("import", "templates", "contacts.csv"),
        ("log-segment", "SM1"),
        ("token", "list"),
        ("token", "create", "--user", "ann"),
        ("token", "revoke", "1"),
    ],
    ids="-".join,
)
def using(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """A command that uses a database and does not create one."""
    return tuple(request.param)


def test_a_command_that_creates_no_database_leaves_no_file(folder: Path, using: tuple[str, ...]) -> None:
    for url in ("sqlite:///carnet.db", None):
        assert_refused(
            carnet(url, *using),
            f"There is no database at {folder / 'carnet.db'}.",
            "`carnet migrate`",
            "CARNET_DATABASE_URL",
        )
    assert_refused(
        carnet(None, *using, LANG="fr_CA.UTF-8"),
        f"Aucune base de données n’existe à l’emplacement {folder / 'carnet.db'}.",
    )

    assert [path.name for path in folder.iterdir()] == ["contacts.csv"]


def test_creating_a_database_file_prints_its_path(folder: Path) -> None:
    created = carnet("sqlite:///new.db", "migrate")
    again = carnet("sqlite:///new.db", "migrate")

    assert (created.exit_code, again.exit_code) == (0, 0), created.stderr
    assert f"There is no database at {folder / 'new.db'} yet; Carnet creates a new, empty one." in created.stderr
    assert "a new one" not in again.stderr
    assert f"The database {folder / 'new.db'} has version" in again.stderr


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("sqlite:///nowhere/carnet.db", "there is no folder"),
        ("sqlite:///", "in a file"),
        ("sqlite:///:memory:", "in a file"),
        ("sqlite:///folder", "is a folder, not a database"),
        ("sqlite:///contacts.csv", "is not a database, or it is damaged"),
        ("sqlite:///damaged.db", "is not a database, or it is damaged"),
        ("postgresql://ann:secret@127.0.0.1:1/carnet", "cannot be reached: no server listens at this address"),
        ("postgresql://ann:secret@nowhere.invalid/carnet", "cannot be reached: no machine has this name"),
        (
            "postgresql://ann:secret@127.0.0.1:port/carnet",
            "The port in the database URL is not a number. Write, for example, `@host:5432/name`.\n",
        ),
        ("mysql://ann:secret@127.0.0.1/carnet", "Carnet keeps its data in"),
    ],
)
def test_an_unusable_url_is_reported(
    address: str, sentence: str, folder: Path, command: tuple[str, ...], empty: Callable[[str], str]
) -> None:
    (folder / "folder").mkdir()
    whole = Path(make_url(empty("sqlite")).database or "").read_bytes()
    (folder / "damaged.db").write_bytes(whole[:50_000] + b"?" * 50_000)
    before = sorted(path.name for path in folder.iterdir())

    result = carnet(address, *command, CARNET_PORT="0")

    assert_refused(result, sentence)
    assert "secret" not in result.stderr
    assert [name for name in sorted(path.name for path in folder.iterdir()) if "damaged" not in name] == [
        name for name in before if "damaged" not in name
    ]
    french = carnet(address, *command, CARNET_PORT="0", LC_ALL="fr_CA.UTF-8")
    assert_refused(french)
    assert sentence not in french.stderr


@pytest.mark.parametrize(
    "arguments", ["backup copy.db", "check", "export contacts contacts.csv", "import list", "refresh", "token list"]
)
def test_a_command_leaves_a_file_without_tables_empty(arguments: str, folder: Path) -> None:
    (folder / "empty.db").touch()
    before = sorted(folder.iterdir())

    assert_refused(carnet("sqlite:///empty.db", *arguments.split()), "has no Carnet tables yet")
    assert (folder / "empty.db").read_bytes() == b""
    assert sorted(folder.iterdir()) == before


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop, postgresql_url: str, folder: Path) -> str:
    """A database without tables of each kind."""
    if request.param == "postgresql":
        return loop.run_until_complete(_create(postgresql_url, "carnet_test_command"))
    (folder / "carnet.db").touch()
    return f"sqlite:///{folder / 'carnet.db'}"


def change(url: str, loop: asyncio.AbstractEventLoop, *statements: str) -> None:
    async def changed() -> None:
        async with Database.at(url) as database:
            await database.writing(lambda session: [session.execute(text(each)) for each in statements])

    loop.run_until_complete(changed())


@pytest.mark.parametrize("have", ["9999", "0123456789ab"])
def test_a_database_of_a_newer_carnet_is_refused_and_not_changed(
    have: str, database_url: str, loop: asyncio.AbstractEventLoop, command: tuple[str, ...]
) -> None:
    change(database_url, loop, f"UPDATE alembic_version SET version_num = '{have}'")

    assert_refused(
        carnet(database_url, *command, CARNET_PORT="0"),
        f"The database {display_name(database_url)} was created by a newer Carnet",
        have,
    )
    assert_refused(
        carnet(database_url, *command, CARNET_PORT="0", LANG="fr"), "a été créée par un Carnet plus récent", have
    )


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE place (id integer)"],
        [
            "CREATE TABLE alembic_version (version_num text)",
            "CREATE TABLE place (id integer)",
            "INSERT INTO alembic_version VALUES ('0001')",
        ],
        ["CREATE TABLE alembic_version (version integer)"],
    ],
)
def test_a_database_of_another_program_is_reported_and_not_changed(
    statements: list[str], new_url: str, loop: asyncio.AbstractEventLoop, command: tuple[str, ...]
) -> None:
    file, before = Path("carnet.db"), b""
    if new_url.startswith("sqlite"):
        with closing(sqlite3.connect(file)) as other:
            other.executescript(";".join(statements))
        before = file.read_bytes()
    else:
        change(new_url, loop, *statements)

    assert_refused(
        carnet(new_url, *command, CARNET_PORT="0"),
        f"The database {display_name(new_url)} has tables of another program",
    )
    assert_refused(carnet(new_url, *command, CARNET_PORT="0", LANG="fr"), "contient les tables d’un autre programme")
    assert not before or file.read_bytes() == before
    assert not [*Path().glob("carnet.db-*")]


def test_a_database_without_tables_is_reported_with_advice(new_url: str, using: tuple[str, ...], folder: Path) -> None:
    assert_refused(carnet(new_url, *using), "has no Carnet tables yet. Run `carnet migrate`")


def test_a_missing_database_on_the_server_is_reported(postgresql_url: str, command: tuple[str, ...]) -> None:
    url = make_url(postgresql_url).set(database="carnet_nowhere").render_as_string(hide_password=False)

    assert_refused(carnet(url, *command, CARNET_PORT="0"), "The server has no database postgresql://", "createdb")


def test_an_unknown_user_of_the_server_is_reported(postgresql_url: str, command: tuple[str, ...]) -> None:
    url = make_url(postgresql_url).set(username="nobody_here").render_as_string(hide_password=False)

    assert_refused(carnet(url, *command, CARNET_PORT="0"), "The server denies access to postgresql://", "nobody_here")
