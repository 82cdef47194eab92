"""On Citus, changes are sent as statements that concern the worker of the company only, and lost workers are noticed.

These tests need no cluster: a server is taken for a coordinator if it has the setting of sharding by schema.
"""

import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Session

from persistence.database import Database
from persistence.dialects import dialect_of
from persistence.dialects.postgresql.errors import failure_kind, is_lost, leaves_commit_open
from persistence.exceptions import FailureKind
from tests.api import Api, create_company, running_app
from tests.commands import carnet

SENT_TO_ALL_WORKERS = re.compile(
    r"\bWITH\b.*\bINSERT\b|\bINSERT\b.*\b(FROM|JOIN)\b.*(_seq|interaction_entry_no)\b", re.S
)
"""A statement of several steps, or one that also reads a sequence as a table."""


FUNCTIONS_OF_CITUS = (
    "CREATE TABLE local_table (name text)",
    "CREATE FUNCTION citus_drop_all_shards(regclass, text, text, boolean) RETURNS integer LANGUAGE sql "
    "AS 'INSERT INTO local_table SELECT $1::text; SELECT 1'",
    "CREATE FUNCTION master_remove_partition_metadata(regclass, text, text) RETURNS void LANGUAGE sql "
    "AS 'INSERT INTO local_table SELECT $1::text'",
    "CREATE FUNCTION run_command_on_workers(command text) RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE command; END'",
)
"""Functions with which a table is prepared to be dropped: here they note its name. And one that executes a command on
each worker.
"""

RESTART_IDS = """SELECT run_command_on_workers(format($$SELECT setval(seqrelid::regclass, seqmin, false)
FROM pg_sequence WHERE seqrelid = '%I.search_text_id_seq'::regclass$$, current_schema()))"""
"""Lets the sequence begin again, as after a company was restored."""


@pytest.fixture(scope="module")
def citus_url(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> str:
    """The URL of a database on a PostgreSQL server that Carnet takes for a coordinator of Citus."""
    url: str = empty_copy("postgresql")

    async def take_for_citus() -> None:
        if "CARNET_TEST_CITUS_URL" in os.environ:
            return
        connection = await asyncpg.connect(url)
        name = make_url(url).database
        await connection.execute(f"ALTER DATABASE {name} SET citus.enable_schema_based_sharding = on")
        for function in FUNCTIONS_OF_CITUS:
            await connection.execute(function)
        await connection.close()

    loop.run_until_complete(take_for_citus())
    return url


@pytest.fixture(scope="module")
def citus_api(citus_url: str, loop: asyncio.AbstractEventLoop) -> Iterator[Api]:
    """An application that uses this database."""
    with running_app(citus_url, loop) as api:
        create_company(api)
        api.mutate("createCampaign", {"no": "SPRING", "campaign": {"description": "Spring"}}, "campaign { no }")
        yield api


@contextmanager
def statements_of_rules() -> Iterator[list[str]]:
    """The statements that rules send in transactions."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


VISIT = {"contactNo": "P1", "templateCode": "VISIT"}


@pytest.mark.parametrize(
    ("mutation", "input", "selection", "table"),
    [
        ("createInteraction", {"interaction": VISIT}, "interactionLogEntry", "interaction_log_entry"),
        (
            "createInteraction",
            {"idempotencyKey": "k1", "interaction": {**VISIT, "comments": ["Call again"]}},
            "interactionLogEntry",
            "interaction_log_entry",
        ),
        ("postponeInteraction", {"interaction": VISIT}, "postponedInteraction", "postponed_interaction"),
    ],
)
def test_an_interaction_and_its_change_are_inserted_by_statements_of_one_worker(
    citus_api: Api, mutation: str, input: dict[str, Any], selection: str, table: str
) -> None:
    with statements_of_rules() as sent:
        created = citus_api.mutate(mutation, input, f"{selection} {{ entryNo contact {{ no }} }}")[selection]
    assert created["contact"] == {"no": "P1"}
    assert not [each for each in sent if SENT_TO_ALL_WORKERS.search(each)]
    inserts = [each.split()[2] for each in sent if each.startswith("INSERT")]
    assert inserts[-1] == "change_feed_item"
    assert table in inserts
    assert _last_change(citus_api) == created["entryNo"]


def test_a_change_of_a_contact_is_announced_by_a_statement_of_its_own(citus_api: Api) -> None:
    contact = {"no": "P1", "contact": {"name": "Pia Roy"}}
    with statements_of_rules() as sent:
        citus_api.mutate("updateContact", contact, "contact { no }")
    announced, inserted = (
        next(place for place, each in enumerate(sent) if part in each)
        for part in ("pg_advisory_xact_lock_shared", "INSERT INTO change_feed_item")
    )
    assert announced < inserted
    assert not [each for each in sent if SENT_TO_ALL_WORKERS.search(each)]


def test_a_refused_interaction_gets_no_entry_number(citus_api: Api) -> None:
    before = citus_api.mutate("createInteraction", {"interaction": VISIT}, "interactionLogEntry { entryNo }")
    wrong = {"interaction": {**VISIT, "contactNo": "NOBODY"}}
    assert citus_api.refusal_codes("createInteraction", wrong)
    after = citus_api.mutate("createInteraction", {"interaction": VISIT}, "interactionLogEntry { entryNo }")
    assert after["interactionLogEntry"]["entryNo"] == before["interactionLogEntry"]["entryNo"] + 1


@pytest.mark.parametrize(("on_blocked", "blocked"), [("FAIL", 0), ("SKIP", 1), ("LEAVE_IN_SEGMENT", 1)])
def test_a_segment_is_logged_by_statements_of_one_worker(citus_api: Api, on_blocked: str, blocked: int) -> None:
    """Its lines that are not logged are found by one statement, and sent with the others as a list."""
    no = f"LOG-{on_blocked}"[:20]
    segment = {"description": "Spring", "templateCode": "VISIT", "salespersonCode": "JO", "campaignNo": "SPRING"}
    citus_api.mutate("createSegment", {"no": no, "segment": segment, "contactNos": ["P1", "P2", "C2"]}, "__typename")
    set_blocked(citus_api, bool(blocked))
    with statements_of_rules() as sent:
        logged = citus_api.mutate(
            "logSegment",
            {"segmentNo": no, "onBlocked": on_blocked, "createFollowUp": True},
            "logged blocked blockedLines { line { contact { no } } } segment { noOfLines } followUpSegment { noOfLines }",
        )
    set_blocked(citus_api, False)

    assert not [each for each in sent if SENT_TO_ALL_WORKERS.search(each)]
    assert (logged["logged"], logged["blocked"]) == (3 - blocked, blocked)
    assert logged["blockedLines"] == [{"line": {"contact": {"no": "C2"}}}] * blocked
    assert logged["followUpSegment"] == {"noOfLines": 3 - blocked}
    if on_blocked == "LEAVE_IN_SEGMENT":
        assert logged["segment"] == {"noOfLines": 1}
    entries = citus_api.execute(
        "query($no: String!) { interactionLogEntries(filter: {segmentNo: {eq: $no}}, orderBy: [{field: ENTRY_NO, direction: ASC}]) "
        "{ nodes { contact { no } campaignEntry { segmentNo campaign { no } } } } }",
        no=no,
    )["interactionLogEntries"]["nodes"]
    assert [entry["contact"]["no"] for entry in entries] == ["P1", "P2", "C2"][: 3 - blocked]
    assert all(entry["campaignEntry"] == {"segmentNo": no, "campaign": {"no": "SPRING"}} for entry in entries)


def test_a_segment_is_logged_by_five_statements_more_than_elsewhere(citus_api: Api) -> None:
    """Elsewhere 9, see `test_statement_counts_of_mutations`, because some have several steps."""
    segment = {"description": "Few", "templateCode": "VISIT", "salespersonCode": "JO", "campaignNo": "SPRING"}
    citus_api.mutate("createSegment", {"no": "FEW", "segment": segment, "contactNos": ["P1", "P2"]}, "__typename")
    with statements_of_rules() as sent:
        logged = citus_api.mutate("logSegment", {"segmentNo": "FEW"}, "logged")
    assert logged["logged"] == 2
    assert len(sent) == 14


def set_blocked(api: Api, blocked: bool) -> None:
    api.mutate("updateContact", {"no": "C2", "contact": {"privacyBlocked": blocked}}, "__typename")


def test_staging_tables_are_no_tables_of_citus_when_they_are_dropped(
    citus_api: Api, citus_url: str, tmp_path: Path
) -> None:
    """DROP TABLE then concerns no worker."""
    file = tmp_path / "contacts.csv"
    file.write_text("Type,Name\nCompany,Alder\nCompany,Birch\n")
    with statements_of_rules() as sent:
        imported = carnet(citus_url, "import", "contacts", str(file))
    assert imported.exit_code == 0, imported.output
    dropped = [each.split()[-1] for each in sent if each.strip().startswith("DROP TABLE")]
    assert len(dropped) >= 2
    if "CARNET_TEST_CITUS_URL" not in os.environ:
        noted = "SELECT string_agg(name, ' ' ORDER BY name) FROM local_table"
        ((names,),) = citus_api.run_concurrently(citus_api.app.state.database.reading([(noted, ())]))
        assert names.split() == sorted(dropped * 2)


def test_a_change_limits_how_long_it_waits_for_locks_at_the_worker(citus_api: Api) -> None:
    """Citus sends only SET LOCAL to the workers, and only with another setting."""
    database: Database = citus_api.app.state.database
    setting = text("SELECT current_setting('citus.propagate_set_commands')")
    with statements_of_rules() as sent:
        (found,) = citus_api.run_concurrently(database.writing(lambda session: session.scalar(setting)))
    assert found == "local"
    assert sent[0] == f"SET LOCAL lock_timeout = {int(database.limits.patience * 1000)}"


def test_rules_lock_and_create_tables_at_one_worker_and_migrations_at_all(citus_api: Api) -> None:
    """With the setting, Citus sends LOCK TABLE and CREATE TABLE to all workers, of which each may be down."""
    database: Database = citus_api.app.state.database
    shown = text("SELECT current_setting('citus.enable_metadata_sync')")

    def of_rule(session: Session) -> str:
        return str(session.scalar(shown))

    def of_migration(session: Session) -> str:
        dialect_of(session).lock_migrations(session)
        return str(session.scalar(shown))

    found = [citus_api.run_concurrently(database.writing(rule))[0] for rule in (of_rule, of_migration, of_rule)]
    assert found == ["off", "on", "off"]


def test_new_texts_get_unused_ids_when_the_sequence_of_the_worker_begins_again(citus_api: Api, citus_url: str) -> None:
    """Their rows are inserted by triggers on the worker, which has a range of its own of each sequence."""
    made = []

    async def change(*statements: str) -> None:
        connection = await asyncpg.connect(citus_url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    for words in ("first visit", "second visit"):
        citus_api.run_concurrently(change(RESTART_IDS))
        interaction = {**VISIT, "description": words, "comments": [f"comment on the {words}"]}
        created = citus_api.mutate("createInteraction", {"interaction": interaction}, "interactionLogEntry { entryNo }")
        made.append(created["interactionLogEntry"]["entryNo"])
    correct = f"UPDATE interaction_log_entry SET description = 'third visit' WHERE entry_no = {made[0]}"
    citus_api.run_concurrently(change(RESTART_IDS, correct))

    found = citus_api.execute(
        """{ second: interactionLogEntries(search: "second visit") { nodes { entryNo } }
        third: interactionLogEntries(search: "third visit") { nodes { entryNo } }
        comment: interactionLogEntries(search: "comment first") { nodes { entryNo } } }"""
    )
    numbers = {name: [node["entryNo"] for node in each["nodes"]] for name, each in found.items()}
    assert numbers == {"second": [made[1]], "third": [made[0]], "comment": [made[0]]}


def test_queries_of_the_catalog_do_not_check_each_table(citus_api: Api) -> None:
    """With the check, the driver's query for an array type takes seconds on each connection."""
    database: Database = citus_api.app.state.database
    shown = "SELECT current_setting('citus.override_table_visibility', true)"
    assert citus_api.run_concurrently(database.reading([(shown, ())])) == [["off"]]


def _last_change(api: Api) -> int:
    """The entry number of the interaction of the last change."""
    database: Database = api.app.state.database
    found = database.reading([("SELECT first_key FROM change_feed_item ORDER BY no DESC LIMIT 1", ())])
    return int(api.run_concurrently(found)[0][0])


def error_of_citus(function: str) -> asyncpg.PostgresError:
    fields = {"C": "XX000", "M": "failure on connection marked as essential: node2:5432", "R": function}
    error = asyncpg.PostgresError.new(fields)
    assert isinstance(error, asyncpg.PostgresError)
    return error


@pytest.mark.parametrize(
    "function", ["ReportResultError", "MarkRemoteTransactionFailed", "ErrorIfPostCommitFailedShardPlacements"]
)
def test_an_internal_error_of_citus_about_a_worker_is_a_lost_connection(function: str) -> None:
    error = error_of_citus(function)
    assert is_lost(error)
    assert failure_kind(error) is FailureKind.LOST
    assert leaves_commit_open(error)


def test_other_internal_errors_are_defects() -> None:
    assert failure_kind(error_of_citus("get_attribute")) is None


def test_sqlalchemys_errors_keep_the_function_that_reported_them(
    empty_copy: Any, loop: asyncio.AbstractEventLoop
) -> None:
    """Rules see the driver's error as the cause of SQLAlchemy's."""
    url = make_url(empty_copy("postgresql")).set(drivername="postgresql+asyncpg")

    async def fail() -> Any:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            with pytest.raises(DBAPIError) as raised:
                await connection.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX000'; END $$"))
        await engine.dispose()
        return raised.value.orig

    error: Any = loop.run_until_complete(fail())
    assert error.sqlstate == "XX000"
    assert error.__cause__.server_source_function == "exec_stmt_raise"
