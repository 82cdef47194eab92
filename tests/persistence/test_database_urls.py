"""Database URLs: every part has an effect on all connections, or is refused with the form that works."""

import asyncio
import socket
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url, text
from sqlmodel import Session

from persistence.database import Database
from persistence.database_urls import check
from persistence.dialects import url_errors
from persistence.dialects.postgresql.urls import connect_arguments
from persistence.exceptions import DatabaseUnreachable, InvalidDatabaseUrl
from schema.server.cli.texts.invalid_settings import FRENCH_URL_MESSAGES
from tests.commands import carnet

FORM = "?host=h1,h2&port=p1,p2&target_session_attrs=primary"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u@/db?host=a&host=b",
        "postgresql://u@/db?host=a,b",
        "postgresql://u@/db?host=a,b&port=1,2",
        "postgresql://u@a,b/db",
        "postgresql://u@a,b:5432/db?target_session_attrs=primary",
        "postgresql://u@a:1,b:2/db",
        "postgresql://u@/db?host=a:1&host=b:2",
        "postgresql://u@/db?host=a:1,b:2&target_session_attrs=primary",
        "postgresql://u@/db?host=a&port=1&port=2",
        "postgresql://u@/db?host=a,b&port=1,2,3&target_session_attrs=primary",
        "postgresql://u@/db?host=a,&port=1,2&target_session_attrs=primary",
        "postgresql://u@/db?host=a&port=x",
        "postgresql://u@/db?host=a,b&port=1,2&target_session_attrs=any",
        "postgresql://u@/db?host=a,b&target_session_attrs=read-write",
    ],
)
def test_several_servers_are_refused_with_the_form_that_works(url: str) -> None:
    with pytest.raises(InvalidDatabaseUrl) as refused:
        check(url)

    assert FORM in str(refused.value)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://u@h/db?options=-csearch_path%3Dx", "`options` is not allowed.*ALTER ROLE"),
        ("postgresql://u@h/db?search_path=x", "`search_path` is not allowed.*ALTER ROLE name SET search_path"),
        (
            "postgresql://u@h/db?statement_timeout=5",
            "`statement_timeout` is not allowed.*Allowed parameters: host, port",
        ),
        ("postgresql://u@h/db?connect_timeout=5", "`connect_timeout` is not allowed"),
        ("postgresql://u@h/db?prepared_statement_cache_size=0", "`prepared_statement_cache_size` is not allowed"),
        ("postgresql://u@h/db?dbname=other", "`dbname` is not allowed"),
        ("postgresql://u@h/db?host=other", "`host` occurs twice in the database URL"),
        ("postgresql://u@h/db?port=5433", "`port` occurs twice in the database URL"),
        ("postgresql://u@h/db?user=other", "`user` occurs twice in the database URL"),
        ("postgresql://u:p@h/db?password=other", "`password` occurs twice in the database URL"),
        ("postgresql://u@h/db?sslmode=require&sslmode=disable", "`sslmode` occurs twice in the database URL"),
        ("postgresql://u@h/db?target_session_attrs=standby", "`target_session_attrs` must be `primary`"),
        ("mysql://u@h/db", "Carnet keeps its data in"),
        ("nonsense", "Carnet keeps its data in"),
        ("", "Carnet keeps its data in"),
        ("sqlite://", "in a file"),
        ("sqlite:///:memory:", "in a file"),
        ("sqlite:///carnet.db?mode=ro", "without a server or parameters"),
    ],
)
def test_unsupported_parts_of_a_url_are_refused_by_name(url: str, sentence: str) -> None:
    with pytest.raises(InvalidDatabaseUrl, match=sentence):
        check(url)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///carnet.db",
        "postgresql://u@/db",
        "postgresql:///db?host=/tmp&user=u",
        "postgresql://u:p%40%2F%3A%3F%23@h:5433/db",
        "postgresql://u@[::1]:5433/db",
        "postgresql://u@/db?host=::1&port=5433",
        "postgresql://u@/db?host=h:5433",
        "postgresql://u@h/db?sslmode=verify-full&sslrootcert=/x.crt",
        "postgresql://u@h/db?target_session_attrs=primary",
        "postgresql://u@/db?host=a,b&port=1,2&target_session_attrs=primary",
        "postgresql://u@/db?host=a,b&target_session_attrs=primary",
    ],
)
def test_supported_urls_are_accepted(url: str) -> None:
    check(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://u:p%40%2F%3A%3F%23@h:5433/a%20b",
            {"user": "u", "password": "p@/:?#", "host": ["h"], "port": [5433], "database": "a b"},
        ),
        ("postgresql://u@[::1]/db", {"host": ["::1"], "port": None}),
        (
            "postgresql://u@/db?host=[::1],h2&port=1,2&target_session_attrs=primary",
            {"host": ["::1", "h2"], "port": [1, 2]},
        ),
        ("postgresql://u@/db?host=a,b&port=1&target_session_attrs=primary", {"host": ["a", "b"], "port": [1, 1]}),
        ("postgresql://u@/db?host=h:5433", {"host": ["h"], "port": [5433]}),
        ("postgresql:///db?host=/tmp&user=u&password=p%26", {"host": ["/tmp"], "user": "u", "password": "p&"}),
        ("postgresql://h/db?sslmode=require", {"dsn": "postgresql://?sslmode=require", "user": None}),
    ],
)
def test_the_url_becomes_arguments_of_the_driver(url: str, expected: dict[str, Any]) -> None:
    arguments = connect_arguments(make_url(url))

    assert {name: arguments[name] for name in expected} == expected


def test_commands_report_an_invalid_url() -> None:
    url = "postgresql://u:secret@/db?host=a&host=b"
    for refused, words in (
        (carnet(url, "migrate"), "Several servers"),
        (carnet(url, "migrate", LANG="fr"), "Plusieurs serveurs s’écrivent"),
    ):
        assert refused.exit_code == 1
        assert words in refused.stderr
        assert FORM in refused.stderr.replace("\n", "")
        assert "secret" not in refused.stderr


def test_commands_have_each_sentence_about_urls_in_french() -> None:
    sentences = {
        value for value in vars(url_errors).values() if isinstance(value, str) and "." in value and " " in value
    }

    assert {sentence.english for sentence in FRENCH_URL_MESSAGES} == sentences - {url_errors.__doc__}


def test_environment_variables_of_the_driver_are_checked_like_the_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "a,b")
    with pytest.raises(InvalidDatabaseUrl):
        check("postgresql://u@/db")

    monkeypatch.setenv("PGTARGETSESSIONATTRS", "primary")
    check("postgresql://u@/db")


def where(session: Session) -> Any:
    return session.scalar(text("SELECT current_user || ' ' || current_schema()"))


async def everywhere(url: str) -> set[Any]:
    """The results of `where` on the connections of planned reads, other reads and changes."""
    async with Database.at(url) as database:
        return {
            *await database.reading([("SELECT current_user || ' ' || current_schema()", ())]),
            await database.querying(where),
            await database.writing(where),
        }


def test_with_several_servers_all_connections_go_to_the_primary(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    """The first server does not respond."""
    url = make_url(empty_copy("postgresql"))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        query = {
            "host": f"127.0.0.1,{url.query['host']}",
            "port": f"{silent.getsockname()[1]},5432",
            "target_session_attrs": "primary",
        }

        found = loop.run_until_complete(everywhere(url.set(query=query).render_as_string(hide_password=False)))

    assert found == {"postgres public"}


def test_a_role_may_have_its_own_search_path_and_any_password(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> None:
    """On every connection."""
    url = make_url(empty_copy("postgresql"))

    async def made() -> set[Any]:
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        await connection.execute("""DROP ROLE IF EXISTS "é @/r"; CREATE ROLE "é @/r" LOGIN PASSWORD 'p@/:?#[%25 é';
            CREATE SCHEMA own; GRANT ALL ON SCHEMA own TO "é @/r"; ALTER ROLE "é @/r" SET search_path = own""")
        try:
            own = url.set(username="é @/r", password="p@/:?#[%25 é").render_as_string(hide_password=False)
            return await everywhere(own)
        finally:
            await connection.execute("""DROP OWNED BY "é @/r"; DROP ROLE "é @/r" """)
            await connection.close()

    assert loop.run_until_complete(made()) == {"é @/r own"}


def test_a_missing_server_is_unreachable(loop: asyncio.AbstractEventLoop) -> None:
    async def ask() -> None:
        async with Database.at("postgresql://u@/db?host=/nowhere"):
            pass

    with pytest.raises(DatabaseUnreachable):
        loop.run_until_complete(ask())
