"""Commands with unusable databases, settings and URLs: a sentence in either language, no stack trace, nothing created."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, make_url, text

from persistence.database import Database
from persistence.database_urls import display_name
from persistence.versions import migrate
from resolvers.work import Work
from schema.server.cli import bars, sentences
from schema.server.cli.interrupting import CTRL_C
from schema.server.cli.output import console
from schema.server.cli.running import in_transaction
from tests.commands import NO_LOCALE, carnet
from tests.conftest import _create

CONTACTS = "No.,Name\nC1,Ann\n"
START = [sys.executable, "-c", "from schema.server.start import main; print('begun', flush=True); main()"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands run, with a file to import."""
    (tmp_path / "contacts.csv").write_text(CONTACTS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


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


def refused(told: Any, *parts: str) -> None:
    assert told.exit_code == 1, told.stderr
    assert isinstance(told.exception, SystemExit)
    assert not [part for part in parts if part not in told.stderr], told.stderr


def test_a_command_that_creates_no_database_leaves_no_file(folder: Path, using: tuple[str, ...]) -> None:
    for url in ("sqlite:///carnet.db", None):
        refused(
            carnet(url, *using),
            f"There is no database at {folder / 'carnet.db'}.",
            "`carnet migrate`",
            "CARNET_DATABASE_URL",
        )
    refused(
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

    refused(told, sentence)
    assert "secret" not in told.stderr
    assert [name for name in sorted(path.name for path in folder.iterdir()) if "damaged" not in name] == [
        name for name in before if "damaged" not in name
    ]
    french = carnet(address, *command, CARNET_PORT="0", LC_ALL="fr_CA.UTF-8")
    refused(french)
    assert sentence not in french.stderr


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop, postgresql_url: str, folder: Path) -> str:
    """A database without tables of each kind."""
    if request.param == "postgresql":
        return loop.run_until_complete(_create(postgresql_url, "carnet_test_command"))
    (folder / "carnet.db").touch()
    return f"sqlite:///{folder / 'carnet.db'}"


def change(url: str, loop: asyncio.AbstractEventLoop, *statements: str, tables: bool = True) -> None:
    async def changed() -> None:
        async with Database.at(url) as database:
            if tables:
                await migrate(database)
            await database.writing(lambda session: [session.execute(text(each)) for each in statements])

    loop.run_until_complete(changed())


@pytest.mark.parametrize("have", ["9999", "0123456789ab"])
def test_a_newer_database_is_reported_and_not_changed(
    have: str, new_url: str, loop: asyncio.AbstractEventLoop, command: tuple[str, ...]
) -> None:
    change(new_url, loop, f"UPDATE alembic_version SET version_num = '{have}'")

    refused(
        carnet(new_url, *command, CARNET_PORT="0"),
        f"The database {display_name(new_url)} was created by a newer Carnet",
        have,
    )
    refused(carnet(new_url, *command, CARNET_PORT="0", LANG="fr"), "a été créée par un Carnet plus récent", have)


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
        change(new_url, loop, *statements, tables=False)

    refused(
        carnet(new_url, *command, CARNET_PORT="0"),
        f"The database {display_name(new_url)} has tables of another program",
    )
    refused(carnet(new_url, *command, CARNET_PORT="0", LANG="fr"), "contient les tables d’un autre programme")
    assert not before or file.read_bytes() == before
    assert not [*Path().glob("carnet.db-*")]


def test_a_database_without_tables_is_reported_with_advice(new_url: str, using: tuple[str, ...], folder: Path) -> None:
    refused(carnet(new_url, *using), "has no Carnet tables yet. Run `carnet migrate`")


def test_a_missing_database_on_the_server_is_reported(postgresql_url: str, command: tuple[str, ...]) -> None:
    url = make_url(postgresql_url).set(database="carnet_nowhere").render_as_string(hide_password=False)

    refused(carnet(url, *command, CARNET_PORT="0"), "The server has no database postgresql://", "createdb")


def test_an_unknown_user_of_the_server_is_reported(postgresql_url: str, command: tuple[str, ...]) -> None:
    url = make_url(postgresql_url).set(username="nobody_here").render_as_string(hide_password=False)

    refused(carnet(url, *command, CARNET_PORT="0"), "The server denies access to postgresql://", "nobody_here")


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
    refused(carnet(None, "token", "list", **{name: value}), "Invalid settings.", english)
    refused(carnet(None, "migrate", LANG="fr_CA.UTF-8", **{name: value}), "Paramètres incorrects.", french)
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

    refused(told, sentence, "127.0.0.1")
    assert "another port" not in told.stderr
    assert not (folder / "carnet.db").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_port_in_use_is_reported(host: str, taken: int, folder: Path) -> None:
    told = carnet("sqlite:///carnet.db", "serve", CARNET_HOST=host, CARNET_PORT=str(taken))

    refused(told, f"Another program already listens on port {taken} of {host}.", "CARNET_PORT")
    assert not (folder / "carnet.db").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Its first row must have captions"),
        (b"\x00\x01\x02\x03", "is not a text file"),
        (b"PK\x03\x04zip", "is not a text file"),
        (b"nothing,here\n1,2\n", "captions"),
        (b'No.,Name\n"C1,Ann\n' + b"x" * 200_000, "cannot be read after row"),
    ],
)
def test_a_file_that_is_not_a_list_is_reported(
    content: bytes, sentence: str, folder: Path, api: Any, database_url: str
) -> None:
    name = "[bold]odd[/] [/name].csv"
    Path(name.replace("/", "_")).write_bytes(content)

    refused(carnet(database_url, "import", "contacts", name.replace("/", "_")), "[bold]odd[_] [_name].csv", sentence)


def test_markup_in_captions_and_cells_is_printed_literally(folder: Path, api: Any, database_url: str) -> None:
    Path("odd.csv").write_text("No.,Name,Type,[/red],\x1b[31m\nC1,Ann,[/bold],x,y\n")

    refused(carnet(database_url, "import", "contacts", "odd.csv"), "[/bold] is not one of")
    Path("odd.csv").write_text("No.,Name,[/red],\x1b[31mred\nC1,Ann,x,y\n")
    told = carnet(database_url, "import", "contacts", "odd.csv")

    assert told.exit_code == 0
    assert "Columns that were not read: [/red], �[31mred" in told.stderr


def test_bars_end_full_even_if_totals_were_estimated_or_unknown(capsys: Any) -> None:
    for done, total in ((3, 10), (0, 0), (7, 7), (0, 5)):
        with bars.bar(console) as report:
            report("rows read", done, total)
            report("LOGGING", done, total)
        bar = capsys.readouterr().err
        assert bar.count("100%") == 2, bar


def test_the_bar_of_a_failed_operation_is_not_full(capsys: Any) -> None:
    def fail() -> None:
        with bars.bar(console) as report:
            report("rows read", 3, 10)
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        fail()
    assert "30%" in capsys.readouterr().err


def test_every_phase_of_the_demo_and_of_imports_has_a_name(database_url: str, folder: Path, api: Any) -> None:
    loaded = carnet(database_url, "demo", LANG="fr_CA.UTF-8")
    again = carnet(database_url, "demo", LANG="fr_CA.UTF-8")
    imported = carnet(database_url, "import", "contacts", "contacts.csv", LANG="fr_CA.UTF-8")

    assert loaded.exit_code == 0, loaded.stderr
    assert "Atelier Boréal est chargée\u00a0: 2\u00a0" in loaded.stderr
    names = {sentence.french for sentence in sentences.PHASES.values()}
    for told in (loaded, imported):
        lines = [line for line in told.stderr.splitlines() if "%" in line]
        assert lines
        assert all("100\u00a0%" in line and any(line.startswith(name) for name in names) for line in lines), told.stderr
    assert "1 ligne\u00a0: 1 créée, 0 modifiée, 0 inchangée." in imported.stderr
    refused(again, "Cette compagnie a déjà ses propres données")


def process(url: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """A command that Python has begun with: what is before is not ours."""
    env = {name: value for name, value in os.environ.items() if name not in NO_LOCALE} | {
        "CARNET_DATABASE_URL": url,
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "PYTHONWARNINGS": "error",
        **environment,
    }
    running = subprocess.Popen([*START, *arguments], env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    running.stdout.readline()
    return running


def test_ctrl_c_is_answered_before_anything_is_loaded() -> None:
    code = "import sys, os, signal; before = {*sys.modules}; import schema.server.start; print(*sorted({*sys.modules} - before))"
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )

    assert loaded.stdout.split() == ["schema", "schema.server", "schema.server.locales", "schema.server.start"]


def press_ctrl_c(running: subprocess.Popen[str], *, times: int, may_be_done: bool = False) -> str:
    """What a command prints after Ctrl-C. One that `may_be_done` may have ended before the signal arrives."""
    for _ in range(times):
        running.send_signal(signal.SIGINT)
        time.sleep(0.05)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130 or (may_be_done and running.returncode == 0), told
    assert "Traceback" not in told, told
    assert "Error" not in told, told
    return told


def test_ctrl_c_after_the_commit_does_not_deny_what_is_saved(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes while the database is closed."""
    monkeypatch.setenv("CARNET_DATABASE_URL", database_url)

    def rule(work: Work) -> str:
        event.listen(work.session, "after_commit", lambda _: os.kill(os.getpid(), signal.SIGINT))
        return work.time_zone

    with CTRL_C.handled():
        assert in_transaction(rule) == "UTC"
        assert CTRL_C.pressed


@pytest.mark.parametrize(("after", "times"), [(0.2, 1), (3.0, 3), (5.0, 2)])
def test_ctrl_c_at_any_moment_leaves_an_import_complete_or_not_done(
    after: float, times: int, database_url: str, tmp_path: Path
) -> None:
    many = tmp_path / "many.csv"
    many.write_text("No.,Name\n" + "".join(f"C{no},Name\n" for no in range(30_000)))
    running = process(database_url, "import", "contacts", str(many))
    time.sleep(after)

    if running.poll() is None:
        told = press_ctrl_c(running, times=times, may_be_done=True)
    else:
        _, told = running.communicate(timeout=60)
    done = running.returncode == 0 or "too late" in told
    assert (
        done
        or "Nothing of many.csv was imported" in told
        or "Nothing was begun" in told
        or "Nothing was changed" in told
    ), told
    again = carnet(database_url, "import", "contacts", str(many))
    assert again.exit_code == 0
    assert ("30,000 rows: 0 created" if done else "30,000 rows: 30,000 created") in again.stderr


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_ctrl_c_shuts_a_server_down(times: int, language: str, database_url: str) -> None:
    running = process(database_url, "serve", CARNET_PORT="0", LANG=language)
    assert running.stderr is not None
    while "graphql" not in running.stderr.readline():
        assert running.poll() is None
    time.sleep(1)

    told = press_ctrl_c(running, times=times)

    assert {"en": "Carnet has stopped. All changes", "fr": "Carnet est arrêté."}[language] in told


def test_sigterm_shuts_a_server_down(database_url: str) -> None:
    running = process(database_url, "serve", CARNET_PORT="0")
    assert running.stderr is not None
    while "graphql" not in running.stderr.readline():
        assert running.poll() is None
    time.sleep(2)

    running.terminate()
    _, told = running.communicate(timeout=30)

    assert running.returncode in (0, -signal.SIGTERM), told
    assert "Traceback" not in told


def test_an_interrupted_creation_leaves_no_empty_file(folder: Path) -> None:
    for after in (1.0, 2.0, 3.0):
        running = process("sqlite:///stopped.db", "migrate")
        time.sleep(after)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=60)
        assert running.returncode in (0, 130), told
        complete = running.returncode == 0 or "has all its tables" in told or "too late" in told
        assert (folder / "stopped.db").exists() == complete, told
        if (folder / "stopped.db").exists():
            with sqlite3.connect(folder / "stopped.db") as opened:
                assert opened.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
            for left in folder.glob("stopped.db*"):
                left.unlink()


def test_an_interrupted_demo_is_loaded_at_the_next_start(database_url: str, folder: Path) -> None:
    running = process(database_url, "serve", "--demo", CARNET_PORT="0")
    assert running.stderr is not None
    said = ""
    while "graphql" not in said:
        said = running.stderr.readline()
        assert running.poll() is None
        if "Atelier Boréal is loaded" in said:
            break
    else:
        raise AssertionError("the demo company was not loaded")
    press_ctrl_c(running, times=1)
