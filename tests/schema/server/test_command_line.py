"""Commands with unusable databases, settings and URLs: a sentence in either language, no stack trace, nothing created."""

import asyncio
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from persistence.database import Database
from persistence.database_urls import display_name
from tests.commands import assert_fails, carnet
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
    """A command that uses a database and makes none."""
    return tuple(request.param)


@pytest.fixture(params=[("migrate",), ("demo",), ("serve",), ("token", "list")], ids="-".join)
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """A command that opens a database."""
    return tuple(request.param)


def test_a_command_that_creates_no_database_leaves_no_file(folder: Path, using: tuple[str, ...]) -> None:
    for url in ("sqlite:///carnet.db", None):
        assert_fails(
            carnet(url, *using),
            f"There is no database at {folder / 'carnet.db'}.",
            "`carnet migrate`",
            "CARNET_DATABASE_URL",
        )
    assert_fails(
        carnet(None, *using, LANG="fr_CA.UTF-8"),
        f"Aucune base de données n’existe à l’emplacement {folder / 'carnet.db'}.",
    )

    assert [path.name for path in folder.iterdir()] == ["contacts.csv"]


def test_creating_a_database_file_prints_its_path(folder: Path) -> None:
    made = carnet("sqlite:///new.db", "migrate")
    again = carnet("sqlite:///new.db", "migrate")

    assert (made.exit_code, again.exit_code) == (0, 0), made.stderr
    assert f"There is no database at {folder / 'new.db'} yet; Carnet creates a new, empty one." in made.stderr
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
        ("postgresql://ann:secret@127.0.0.1:port/carnet", "The port in the database URL is not a number.\n"),
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

    told = carnet(address, *command, CARNET_PORT="0")

    assert_fails(told, sentence)
    assert "secret" not in told.stderr
    assert [name for name in sorted(path.name for path in folder.iterdir()) if "damaged" not in name] == [
        name for name in before if "damaged" not in name
    ]
    french = carnet(address, *command, CARNET_PORT="0", LC_ALL="fr_CA.UTF-8")
    assert_fails(french)
    assert sentence not in french.stderr


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
def test_a_newer_database_is_reported_and_not_changed(
    have: str, database_url: str, loop: asyncio.AbstractEventLoop, command: tuple[str, ...]
) -> None:
    change(database_url, loop, f"UPDATE alembic_version SET version_num = '{have}'")

    assert_fails(
        carnet(database_url, *command, CARNET_PORT="0"),
        f"The database {display_name(database_url)} was created by a newer Carnet",
        have,
    )
    assert_fails(
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

    assert_fails(
        carnet(new_url, *command, CARNET_PORT="0"),
        f"The database {display_name(new_url)} has tables of another program",
    )
    assert_fails(carnet(new_url, *command, CARNET_PORT="0", LANG="fr"), "contient les tables d’un autre programme")
    assert not before or file.read_bytes() == before
    assert not [*Path().glob("carnet.db-*")]


def test_a_database_without_tables_is_reported_with_advice(new_url: str, using: tuple[str, ...], folder: Path) -> None:
    assert_fails(carnet(new_url, *using), "has no Carnet tables yet. Run `carnet migrate`")


def test_a_missing_database_on_the_server_is_reported(postgresql_url: str, command: tuple[str, ...]) -> None:
    url = make_url(postgresql_url).set(database="carnet_nowhere").render_as_string(hide_password=False)

    assert_fails(carnet(url, *command, CARNET_PORT="0"), "The server has no database postgresql://", "createdb")


def test_an_unknown_user_of_the_server_is_reported(postgresql_url: str, command: tuple[str, ...]) -> None:
    url = make_url(postgresql_url).set(username="nobody_here").render_as_string(hide_password=False)

    assert_fails(carnet(url, *command, CARNET_PORT="0"), "The server denies access to postgresql://", "nobody_here")


@pytest.mark.parametrize(
    ("name", "value", "english", "french"),
    [
        (
            "CARNET_PORT",
            "x",
            "CARNET_PORT is “x”; it must be a whole number from 0 to 65535.",
            "un nombre entier de 0 à 65535",
        ),
        ("CARNET_PORT", "65536", "CARNET_PORT is “65536”", "CARNET_PORT vaut «\u00a065536\u00a0»"),
        ("CARNET_PORT", "", "CARNET_PORT is empty", "CARNET_PORT est vide;"),
        ("CARNET_POOL_SIZE", "-1", "a whole number from 1 to 200", "de 1 à 200"),
        ("CARNET_MAX_BODY_BYTES", "1", "a whole number, 1024 or more", "1024 ou plus"),
        (
            "CARNET_READ_TIMEOUT_SECONDS",
            "inf",
            "a number of seconds from 0.001 to 1,000,000",
            "de 0.001 à 1\u00a0000\u00a0000",
        ),
        ("CARNET_PATIENCE_SECONDS", "nan", "a number of seconds", "un nombre de secondes"),
        ("CARNET_GRAPHIQL", "perhaps", "CARNET_GRAPHIQL is “perhaps”; it must be true or false.", "true ou false"),
        (
            "CARNET_CORS_ORIGINS",
            "https://a.example",
            'a list in JSON, such as ["https://app.example.com"]',
            "une liste en JSON",
        ),
        ("CARNET_CORS_ORIGINS", "[1, 2]", "a list in JSON", "une liste en JSON"),
        ("CARNET_CORS_ORIGINS", "{}", "a list in JSON", "une liste en JSON"),
    ],
)
def test_an_invalid_setting_is_reported_with_its_name(
    name: str, value: str, english: str, french: str, folder: Path
) -> None:
    assert_fails(carnet(None, "token", "list", **{name: value}), "Invalid settings.", english)
    assert_fails(carnet(None, "migrate", LANG="fr_CA.UTF-8", **{name: value}), "Paramètres incorrects.", french)
    assert not (folder / "carnet.db").exists()


def test_an_unknown_setting_is_reported_with_the_nearest_one(folder: Path) -> None:
    told = carnet(None, "token", "list", CARNET_DATABSE_URL="sqlite:///x.db", CARNET_SOMETHING_ELSE="1")
    french = carnet(None, "token", "list", CARNET_DATABSE_URL="sqlite:///x.db", LANG="fr")

    assert "There is no setting CARNET_DATABSE_URL; it is ignored. Did you mean CARNET_DATABASE_URL?" in told.stderr
    assert "There is no setting CARNET_SOMETHING_ELSE; it is ignored.\n" in told.stderr
    assert "Vouliez-vous dire CARNET_DATABASE_URL?" in french.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("nowhere.invalid", "CARNET_HOST is “nowhere.invalid”, but no machine has that name"),
        ("", "no machine has that name"),
        ("127.0.0.1:8000", "no machine has that name"),
        ("http://127.0.0.1", "no machine has that name"),
        ("[::1]", "no machine has"),
        ("a" * 80, "no machine has that name"),
        ("192.0.2.1", "CARNET_HOST is 192.0.2.1, which is not an address of this machine"),
    ],
)
def test_an_invalid_host_is_not_reported_as_a_port(host: str, sentence: str, folder: Path) -> None:
    told = carnet("sqlite:///carnet.db", "serve", CARNET_HOST=host, CARNET_PORT="0")

    assert_fails(told, sentence, "127.0.0.1")
    assert "another port" not in told.stderr
    assert not (folder / "carnet.db").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_port_in_use_is_reported(host: str, taken: int, folder: Path) -> None:
    told = carnet("sqlite:///carnet.db", "serve", CARNET_HOST=host, CARNET_PORT=str(taken))

    assert_fails(told, f"Another program already listens on port {taken} of {host}.", "CARNET_PORT")
    assert not (folder / "carnet.db").exists()
