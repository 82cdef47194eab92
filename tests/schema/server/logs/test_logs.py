"""Logs have no value that a client sent or that the database stores: neither those of Carnet nor those of libraries."""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from schema.server.logs.outages import PERIOD
from tests.commands import create_token
from tests.concurrency import ALLOW_TRIGGERS
from tests.conftest import is_on_citus
from tests.forks import Process
from tests.refusing_databases import set_usable
from tests.schema.server.marked_requests import MARK, MARKS, answers, graphql, in_every_place, mutation, send_malformed

ROOT = str(Path(__file__).parents[4])
SETTINGS = {
    "CARNET_PORT": "0",
    "CARNET_READ_TIMEOUT_SECONDS": "1",
    "CARNET_WRITE_TIMEOUT_SECONDS": "1",
    "CARNET_PATIENCE_SECONDS": "0.5",
    "CARNET_MAX_CONNECTIONS": "18",
}
ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r"
FAULTS = {
    "sqlite": {
        "raise": f"SELECT RAISE(ABORT, '{MARK}')",
        "path": "SELECT json_extract('{}', NEW.name)",
        "sleep": ENDLESS,
    },
    "postgresql": {
        "raise": "RAISE EXCEPTION '%', NEW.name USING DETAIL = NEW.name, HINT = NEW.name, CONSTRAINT = NEW.code, TABLE = NEW.code, COLUMN = NEW.code",
        "conflict": "RAISE EXCEPTION '%', NEW.name USING ERRCODE = '40001'",
        "deadlock": "RAISE EXCEPTION '%', NEW.name USING ERRCODE = '40P01'",
        "warn": "RAISE WARNING '%', NEW.name",
        "divide": "PERFORM 1 / (length(NEW.name) - length(NEW.name))",
        "cast": "PERFORM NEW.name::integer",
        "missing": "INSERT INTO missing VALUES (NEW.name)",
        "kill": "PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(1)",
        "sleep": "PERFORM pg_sleep(9)",
    },
}
"""Statements of a trigger on new salespeople, by the last word of the name."""

CONSTRAINTS = ["CREATE UNIQUE INDEX one_email ON salesperson (email)"]
GROUPS = "{ interactionGroups(first: 5) { nodes { code description } } }"
BROKEN_TABLES = [
    "ALTER TABLE campaign RENAME TO campaign_before",
    "ALTER TABLE interaction_group RENAME TO group_before",
    f"INSERT INTO group_before (code, version, description) VALUES ('G', 1, '{MARK}')",
    f"UPDATE marketing_setup SET time_zone = '{MARK}'",
]
UNREADABLE = {"sqlite": "json_extract('{}', description)", "postgresql": "CAST(CAST(description AS integer) AS text)"}
IN_LOG = {
    "sqlite": {
        "sqlite=SQLITE_CONSTRAINT_UNIQUE constraint=salesperson.email",
        "sqlite=SQLITE_CONSTRAINT_TRIGGER",
        "table=campaign",
    },
    "postgresql": {
        "sqlstate=23505 table=salesperson constraint=one_email",
        "sqlstate=23514 table=salesperson constraint=no_mark",
        *(f"sqlstate={state}" for state in ("P0001", "40001", "40P01", "22012", "22P02")),
        "sqlstate=42P01 table=missing",
        "sqlstate=42P01 table=campaign",
        "database unavailable",
    },
}

EVENTS = [
    "Library: the row %s",
    "Library: an exception in %s",
    "own event",
    "RuntimeWarning",
    "uncaught exception in a thread",
    "exception that could not be raised",
    "Exception in ASGI application",
    "the server cannot start or stop",
    "Application startup failed. Exiting.",
    "uncaught exception",
    "ExceptionGroup",
    "errno=ENOENT",
]
"""What the log says in `failing_process`."""


class Database:
    """The database of a server."""

    def __init__(self, kind: str, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self.kind, self.url, self._loop = kind, url, loop

        self.token = create_token(url, MARK, role="reader")

    def run(self, *statements: str) -> None:
        with self.transaction(*statements):
            pass

    @contextmanager
    def transaction(self, *statements: str) -> Iterator[None]:
        """Hold the locks of these statements until the block ends, then commit."""
        if self.kind == "sqlite":
            file = sqlite3.connect(make_url(self.url).database or "", isolation_level=None)
            for each in ("PRAGMA legacy_alter_table = ON", "BEGIN IMMEDIATE", *statements):
                file.execute(each)
            yield
            file.execute("COMMIT")
            file.close()
            return
        connection = self._loop.run_until_complete(asyncpg.connect(self.url))
        for each in ("BEGIN", ALLOW_TRIGGERS, *statements):
            self._loop.run_until_complete(connection.execute(each))
        yield
        self._loop.run_until_complete(connection.execute("COMMIT"))
        self._loop.run_until_complete(connection.close())

    def lock(self) -> AbstractContextManager[None]:
        return self.transaction(*([] if self.kind == "sqlite" else ["LOCK TABLE salesperson"]))

    def install_faults(self) -> None:
        faults = FAULTS[self.kind]
        if self.kind == "sqlite":
            self.run(
                *CONSTRAINTS,
                *(
                    f"CREATE TRIGGER fault_{word} BEFORE INSERT ON salesperson WHEN NEW.name LIKE '% {word}' BEGIN {statement}; END"
                    for word, statement in faults.items()
                ),
            )
            return
        cases = " ".join(f"WHEN '{word}' THEN {statement};" for word, statement in faults.items())
        self.run(
            *CONSTRAINTS,
            f"ALTER TABLE salesperson ADD CONSTRAINT no_mark CHECK (name <> '{MARK} check')",
            f"CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN CASE split_part(NEW.name, ' ', 2) {cases} ELSE END CASE; RETURN NEW; END $$",
            "CREATE TRIGGER fault BEFORE INSERT ON salesperson FOR EACH ROW EXECUTE FUNCTION fault()",
        )

    def break_tables(self) -> None:
        view = f"CREATE VIEW interaction_group AS SELECT id, code, version, {UNREADABLE[self.kind]} AS description FROM group_before"
        self.run(*BROKEN_TABLES, view)

    def refuse_connections(self, server: str) -> None:
        if self.kind == "postgresql":
            self._loop.run_until_complete(set_usable(server, self.url, usable=False))


class Server:
    """A running server and what it prints."""

    def __init__(self, database: Database, as_json: bool, output: Path) -> None:
        self.database, self.as_json, self.output = database, as_json, output
        self.statuses, self.bodies = set[int](), list[str]()

    def start(self) -> Process:
        environment = {"CARNET_DATABASE_URL": self.database.url, "CARNET_LOG_JSON": str(self.as_json)}
        with self.output.open("wb") as output:
            return Process("serve", output=output, environment=SETTINGS | environment)

    @property
    def port(self) -> int:
        """The port, once the server listens."""
        for _ in range(600):
            if self.output.exists() and (found := re.search(r"http://127.0.0.1:(\d+)/", self.output.read_text())):
                return int(found[1])
            time.sleep(0.05)
        raise AssertionError(self.output.read_text())

    def send(self, *requests: Any) -> None:
        for status, body in answers(self.port, iter(requests)):
            self.statuses.add(status)
            self.bodies.append(body)

    def send_in_every_place(self) -> None:
        method, path, more = new_salesperson(MARK)
        forbidden = {**more, "headers": {"authorization": f"Bearer {self.database.token}"}}
        self.send(*in_every_place(), (method, path, forbidden))
        send_malformed(self.port)

    def send_to_faults(self) -> None:
        words = ["first", "twice", "check", *FAULTS[self.database.kind]]
        if self.database.kind == "sqlite" and not self.as_json:
            words.remove("sleep")  # it costs a second of processor time
        self.send(*(new_salesperson(f"{MARK} {word}") for word in words))

    def send_to_broken_tables(self) -> None:
        time.sleep(PERIOD)  # so that the first missing table gets a line of its own
        filter = {"dateOfLastInteraction": {"eq": "2026-01-01"}, "name": {"contains": MARK}}
        self.send(
            graphql(GROUPS),
            graphql(f"query Broken {{ {MARK}: campaigns(first: 5) {{ nodes {{ no }} }} }}"),
            mutation("createCampaign", {"no": MARK, "campaign": {"description": MARK}}),
            mutation("createInteraction", {"interaction": {"contactNo": MARK, "description": MARK}}),
            graphql("query($f: ContactFilter) { contacts(first: 5, filter: $f) { nodes { no } } }", {"f": filter}),
        )


def new_salesperson(name: str) -> Any:
    return mutation(
        "createSalesperson",
        {"code": f"{MARK}{name[-5:]}", "salesperson": {"name": name, "email": f"{MARK}@example.com"}},
    )


def expected_in_log(database: Database) -> set[str]:
    """What the log says of the faults. Citus does not pass on which table and constraint of a worker an error is about."""
    facts = IN_LOG[database.kind]
    return {fact.split(" table=salesperson")[0] for fact in facts} if is_on_citus(database.url) else facts


def lines_with_marks(printed: str, *more: str) -> list[str]:
    """The lines that have a mark elsewhere than as the user of the request."""
    marks = [*MARKS, *(each.lower() for each in more)]
    lines = (re.sub(rf'(request.*)("user":"{MARK}"| {MARK}(?= ))', r"\1", line) for line in printed.splitlines())
    return [line for line in lines if any(mark in line.lower() for mark in marks)]


@pytest.mark.slow
def test_no_line_has_a_value_that_was_sent_or_stored(
    empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop, tmp_path: Path, postgresql_url: str
) -> None:
    servers = [
        Server(Database(kind, empty_copy(kind), loop), as_json, tmp_path / f"{kind}-{'json' if as_json else 'text'}")
        for kind in ("sqlite", "postgresql")
        for as_json in (True, False)
    ]
    databases = [server.database for server in servers]
    running = [server.start() for server in servers]
    try:
        with ThreadPoolExecutor(len(servers)) as together:
            list(together.map(Server.send_in_every_place, servers))
            for database in databases:
                database.install_faults()
            list(together.map(Server.send_to_faults, servers))
            with ExitStack() as locks:
                for database in databases:
                    locks.enter_context(database.lock())
                list(together.map(lambda server: server.send(new_salesperson(f"{MARK} lock")), servers))
            for database in databases:
                database.break_tables()
            list(together.map(Server.send_to_broken_tables, servers))
            for database in databases:
                database.refuse_connections(postgresql_url)
            list(together.map(lambda server: server.send(graphql(GROUPS), ("GET", f"/health?{MARK}", {})), servers))
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.communicate()

    assert {
        each.output.name: lines_with_marks(each.output.read_text(), each.database.token)[:9] for each in servers
    } == {each.output.name: [] for each in servers}
    for server in servers:
        printed, sent = server.output.read_text(), "".join(server.bodies)
        lines = [line for line in printed.splitlines() if line.startswith("{")]
        assert bool(lines) == server.as_json
        assert {"operation", "code", "path"} <= set().union(*(json.loads(line) for line in lines)) or not server.as_json
        assert not [fact for fact in expected_in_log(server.database) if fact not in printed]
        references = re.findall(r"with this reference: (\w+)", sent)
        assert len(references) >= 6
        assert not [reference for reference in references if reference not in printed]
        codes = set(re.findall(r'"code":"(\w+)"', sent))
        assert codes >= {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "BAD_REQUEST"}
        assert codes >= {"UNAUTHENTICATED", "FORBIDDEN", "OVERLOADED", "INTERNAL_SERVER_ERROR", "INVALID"}
        assert "TIMEOUT" in codes or not server.as_json
        assert server.statuses >= {200, 400, 401, 404, 405, 413, 415}
        assert "schema.execution.engine:Engine.answer:" in printed or "resolvers." in printed


@pytest.mark.slow
def test_no_line_of_a_library_or_of_python_has_a_value(tmp_path: Path) -> None:
    outputs = [tmp_path / "json", tmp_path / "text"]
    subprocess.run([sys.executable, "-m", "tests.schema.server.logs.failing_process", *outputs], cwd=ROOT, timeout=60)

    for output in outputs:
        printed = output.read_text()
        assert lines_with_marks(printed) == []
        assert not [event for event in EVENTS if event not in printed]
        assert printed.count("__main__:fail:") > 20
