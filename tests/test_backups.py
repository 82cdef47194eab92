"""`carnet backup`, `carnet restore`, and the backup before a migration."""

import asyncio
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import make_url

from persistence import versions
from persistence.database import Database
from tests.commands import assert_refused, carnet

NAME = "UPDATE marketing_setup SET currency_code = '{}'"


@pytest.fixture
def place(empty_copy: Callable[[str], str]) -> Iterator[Path]:
    """The file of an SQLite database in a folder of its own."""
    file = Path(make_url(empty_copy("sqlite")).database or "")
    yield file
    shutil.rmtree(file.parent)


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


def run_sql(file: Path, sql: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(sql)


def currency(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("SELECT currency_code FROM marketing_setup").fetchone()[0])


@contextmanager
def in_use(url: str, loop: asyncio.AbstractEventLoop) -> Iterator[Database]:
    """The database is open, as a server has it."""
    opened = Database.at(url)
    database = loop.run_until_complete(opened.__aenter__())
    loop.run_until_complete(versions.check(database))
    try:
        yield database
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))


def test_a_backup_is_one_private_file_with_all_that_was_committed(place: Path, loop: asyncio.AbstractEventLoop) -> None:
    copy = place.with_name("copy.db")
    with in_use(url_of(place), loop):
        run_sql(place, NAME.format("CAD"))
        done = carnet(url_of(place), "backup", str(copy))
    assert (done.exit_code, f"is backed up to {copy}." in done.stderr) == (0, True), done.stderr
    assert (currency(copy), stat.S_IMODE(copy.stat().st_mode)) == ("CAD", 0o600)
    assert sorted(file.name for file in place.parent.iterdir()) == ["carnet.db", "copy.db"]
    assert carnet(url_of(copy), "check").exit_code == 0


def test_a_backup_is_one_state_while_others_write(place: Path) -> None:
    """Both values change in one transaction, again and again."""
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute(
            "CREATE TABLE filler AS WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n "
            "LIMIT 3000) SELECT n, 0 AS round, zeroblob(4000) FROM n"
        )
    ended = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(place, timeout=20)) as connection:
            while not ended.is_set():
                with connection:
                    connection.execute("UPDATE filler SET round = round + 1 WHERE n IN (1, 3000)")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = carnet(url_of(place), "backup", str(place.with_name("copy.db")))
    finally:
        ended.set()
        writer.join()
    assert done.exit_code == 0, done.stderr
    with closing(sqlite3.connect(place.with_name("copy.db"))) as connection:
        assert connection.execute("SELECT count(DISTINCT round) FROM filler WHERE n IN (1, 3000)").fetchone() == (1,)


def test_a_backup_overwrites_nothing(place: Path) -> None:
    other = place.with_name("notes.txt")
    other.write_text("mine")
    assert_refused(carnet(url_of(place), "backup", str(other)), "There is already a file", "Nothing was changed.")
    assert_refused(carnet(url_of(place), "backup", str(place)), "There is already a file")
    assert_refused(carnet(url_of(place.parent), "restore", str(place), "--replace"), "is a folder, not a database")
    assert_refused(carnet(url_of(place), "backup", str(place.parent / "none" / "x.db")), "cannot be written")
    assert_refused(carnet(url_of(place.with_name("none.db")), "backup", str(place.with_name("x.db"))), "no database at")
    assert other.read_text() == "mine"
    assert sorted(file.name for file in place.parent.iterdir()) == ["carnet.db", "notes.txt"]


def test_a_database_is_restored_and_its_old_file_kept(place: Path) -> None:
    copy = place.with_name("copy.db")
    assert carnet(url_of(place), "backup", str(copy)).exit_code == 0
    run_sql(place, NAME.format("CAD"))
    assert_refused(carnet(url_of(place), "restore", str(copy)), "There is already a database", "--replace")
    done = carnet(url_of(place), "restore", str(copy), "--replace")
    assert done.exit_code == 0, done.stderr
    (old,) = place.parent.glob("carnet.db.replaced-*")
    assert str(old) in done.stderr
    assert (currency(place), currency(old), currency(copy)) == ("EUR", "CAD", "EUR")
    new = place.with_name("new.db")
    assert carnet(url_of(new), "restore", str(copy)).exit_code == 0
    assert carnet(url_of(new), "check").exit_code == 0


def test_a_database_in_use_is_not_replaced(place: Path, loop: asyncio.AbstractEventLoop) -> None:
    copy = place.with_name("copy.db")
    assert carnet(url_of(place), "backup", str(copy)).exit_code == 0
    with in_use(url_of(place), loop):
        refused = carnet(url_of(place), "restore", str(copy), "--replace")
    assert_refused(refused, "is in use", "Nothing was changed. Stop `carnet serve`")
    assert not [*place.parent.glob("*.replaced-*"), *place.parent.glob(".*")]


def test_a_damaged_database_is_restored_and_kept(place: Path) -> None:
    copy = place.with_name("copy.db")
    assert carnet(url_of(place), "backup", str(copy)).exit_code == 0
    place.write_bytes(b"\0" * 20_000)
    refused = carnet(url_of(place), "backup", str(place.with_name("x.db")))
    assert_refused(refused, f"{place} is not a database, or it is damaged")
    assert carnet(url_of(place), "restore", str(copy), "--replace").exit_code == 0
    assert carnet(url_of(place), "check").exit_code == 0
    old = next(place.parent.glob("carnet.db.replaced-*Z"))
    assert old.read_bytes() == b"\0" * 20_000


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        ("", "has no Carnet tables yet. Run `carnet migrate`"),
        ("CREATE TABLE place (id integer)", "has tables of another program, and none of Carnet’s"),
        (
            "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('0001')",
            "has tables of another program, and none of Carnet’s",
        ),
    ],
)
def test_only_a_database_of_carnet_is_backed_up_and_restored(statements: str, message: str, tmp_path: Path) -> None:
    file, copy = tmp_path / "other.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(file)) as other:
        other.executescript(statements)
    before = file.read_bytes()
    assert_refused(carnet(url_of(file), "backup", str(copy)), f"The database {file} {message}")
    assert_refused(carnet(url_of(tmp_path / "new.db"), "restore", str(file)), f"{file} is not a database of Carnet")
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["other.db"]


def test_a_backup_of_a_damaged_database_names_the_damaged_file(place: Path) -> None:
    content = bytearray(place.read_bytes())
    content[40960:61440] = b"x" * 20480
    place.write_bytes(content)
    refused = carnet(url_of(place), "backup", str(place.with_name("copy.db")))
    assert_refused(refused, f"{place} is not a database, or it is damaged: ", "Restore the file from a backup.")
    assert "copy.db" not in refused.stderr
    restored = carnet(url_of(place.with_name("new.db")), "restore", str(place))
    assert_refused(restored, f"{place} is damaged, so {place.with_name('new.db')} cannot be restored from it: ")
    assert [path.name for path in place.parent.iterdir()] == ["carnet.db"]


def test_the_tables_of_any_version_are_backed_up(place: Path) -> None:
    for version in ("0001", "9999"):
        run_sql(place, f"UPDATE alembic_version SET version_num = '{version}'")
        assert carnet(url_of(place), "backup", str(place.with_name(f"{version}.db"))).exit_code == 0


def test_a_locked_file_is_neither_backed_up_nor_restored_from(place: Path) -> None:
    copy = place.with_name("copy.db")
    with closing(sqlite3.connect(place)) as locking:
        locking.execute("PRAGMA journal_mode = DELETE")
        locking.execute("BEGIN EXCLUSIVE")
        for url, *arguments in ((url_of(place), "backup", str(copy)), (url_of(copy), "restore", str(place))):
            refused = carnet(url, *arguments, CARNET_PATIENCE_SECONDS="0.3")
            assert_refused(refused, f"{place} was locked by another process")
    assert not copy.exists()


def test_only_a_sound_backup_of_carnet_is_restored(place: Path) -> None:
    files = {name: place.with_name(name) for name in ("text.db", "other.db", "newer.db", "damaged.db")}
    files["text.db"].write_text("no database")
    run_sql(files["other.db"], "CREATE TABLE other (x)")
    for name in ("newer.db", "damaged.db"):
        shutil.copy(place, files[name])
    run_sql(files["newer.db"], "UPDATE alembic_version SET version_num = '9999'")
    content = bytearray(files["damaged.db"].read_bytes())
    content[40960:61440] = b"x" * 20480
    files["damaged.db"].write_bytes(content)
    messages = {
        "text.db": "is not a database of Carnet",
        "other.db": "is not a database of Carnet",
        "newer.db": "newer Carnet",
        "damaged.db": "cannot be restored",
        "none.db": "There is no file",
    }
    for name, message in messages.items():
        assert_refused(carnet(url_of(place), "restore", str(place.with_name(name)), "--replace"), message)
    assert currency(place) == "EUR"
    assert not [*place.parent.glob("*.replaced-*"), *place.parent.glob(".*")]


def test_postgresql_is_backed_up_by_its_own_tools() -> None:
    urls = (
        "postgresql://ann:secret@db.example.com:5433/crm?sslmode=require",
        "postgresql://ann@db.example.com:5433/crm?sslmode=require&password=secret",
    )
    for verb, tool in (("backup", "pg_dump --format=custom --file=my.dump"), ("restore", "pg_restore")):
        for url, environment in zip(urls, ({}, {"LANG": "fr_CA.UTF-8"}), strict=True):
            shown = carnet(url, verb, "my.dump", **environment)
            assert shown.exit_code == 2
            assert tool in shown.stderr
            assert "'postgresql://ann@db.example.com:5433/crm?sslmode=require'" in shown.stderr
            assert "secret" not in shown.stderr


def test_an_sqlite_database_is_backed_up_before_it_is_migrated(place: Path, loop: asyncio.AbstractEventLoop) -> None:
    async def downgrade() -> None:
        async with Database.at(url_of(place)) as database:
            await versions.with_lock(
                database, lambda session: command.downgrade(versions.config(session.connection()), "0016")
            )

    loop.run_until_complete(downgrade())
    without = place.with_name("without.db")
    shutil.copy(place, without)
    migrated = carnet(url_of(place), "migrate")
    assert migrated.exit_code == 0, migrated.stderr
    (kept,) = place.parent.glob("carnet.db.version-0016-*")
    assert f"is backed up to {kept}." in migrated.stderr
    assert carnet(url_of(kept), "serve").exit_code == 1
    assert carnet(url_of(without), "migrate", "--no-backup").exit_code == 0
    assert carnet(url_of(place), "migrate").exit_code == 0
    assert len([*place.parent.glob("*.version-*")]) == 1
