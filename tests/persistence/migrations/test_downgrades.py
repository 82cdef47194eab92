"""Every migration can be reverted: its downgrade restores the tables and keeps the rows."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

import pytest
from sqlalchemy import inspect, text
from sqlmodel import Session

from persistence import versions
from persistence.database import Database
from persistence.precomputed.search import TABLES_OF_MIGRATIONS
from tests.conftest import _create, is_on_citus
from tests.old_versions import FIRST_VERSION_ON_CITUS, downgrade, upgrade

BASE = "base"
SCHEMA = "current_schema()::regnamespace"
VERSIONS = sorted(versions.known())

Tables = dict[str, dict[str, object]]
"""The parts of each table, and of what else the database has."""

Rows = dict[str, list[Mapping[str, object]]]


class State(NamedTuple):
    """What a database has in one version."""

    tables: Tables
    rows: Rows


NEW_ROWS: dict[str, tuple[str, ...]] = {
    "0001": (
        "INSERT INTO salesperson (code, version, name, search_name, blocked) VALUES ('PS', 1, 'Ann', 'ann', false)",
        "INSERT INTO contact (no, version, type, name, search_name, phone_no, phone_digits, email, salesperson_code, "
        "exclude_from_segment, privacy_blocked) VALUES ('P1', 1, 'PERSON', 'Pamela', 'pamela', '+1 514 555-0101', "
        "'15145550101', 'pamela@example.org', 'PS', false, false)",
        "INSERT INTO interaction_group (code, version, description) VALUES ('SALES', 1, 'Sales')",
        "INSERT INTO logged_segment (entry_no, segment_no, description, creation_date, logged_at, user_id, canceled) "
        "VALUES (1, 'SM1', 'Spring', '2026-03-18', '2026-03-18T10:00:00+00:00', 'local', true)",
        "INSERT INTO interaction_log_entry (entry_no, contact_no, date, time_of_interaction, description, group_code, "
        "salesperson_code, campaign_target, campaign_response, attempt_failed, cost, duration, "
        "logged_segment_entry_no, canceled, user_id, logged_at) VALUES (7, 'P1', '2026-03-18', '09:00:00', 'Visit', "
        "'SALES', 'PS', false, false, false, 45, 180, 1, true, 'local', '2026-03-18T10:00:00+00:00')",
        "INSERT INTO interaction_comment (entry_no, line_no, date, comment, user_id) "
        "VALUES (7, 1, '2026-03-18', 'Long talk', 'local')",
        "INSERT INTO postponed_interaction (entry_no, version, contact_no, campaign_target, campaign_response, "
        "attempt_failed, user_id, postponed_at) "
        "VALUES (8, 1, 'P1', false, false, false, 'local', '2026-03-18T10:00:00+00:00')",
        "INSERT INTO segment (id, no, version, date, unit_cost, unit_duration, campaign_target, campaign_response, "
        "ignore_contact_correspondence_type, last_line_no) "
        "VALUES (1, 'SM2', 1, '2026-03-18', 45, 180, false, false, false, 1)",
        "INSERT INTO segment_line (segment_id, line_no, customized, contact_no, date, cost, duration, campaign_target, "
        "campaign_response, attempt_failed) VALUES (1, 1, 0, 'P1', '2026-03-18', 45, 180, false, false, false)",
    ),
    "0003": (
        "INSERT INTO retired_segment (id, no) VALUES (9, 'SM9')",
        "UPDATE interaction_log_entry SET canceled_with = 1, changed_at = '2026-03-19T10:00:00+00:00'",
    ),
    "0004": (
        "INSERT INTO change (kind, object_id, version, object_key, at, user_id, action) "
        "VALUES ('contact', 1, 2, 'P1', '2026-03-18T10:00:00+00:00', 'local', 'UPDATED')",
        "INSERT INTO change_field (kind, object_id, version, field, old_value, new_value) "
        "VALUES ('contact', 1, 2, 'name', 'Pam', 'Pamela')",
    ),
    "0005": (
        "INSERT INTO user_setup (user_id, salesperson_code) VALUES ('ann', 'PS')",
        "INSERT INTO access_token (token_hash, user_id, created_at) VALUES ('abc', 'ann', '2026-03-18T10:00:00+00:00')",
        "UPDATE interaction_log_entry SET imported = true",
    ),
    "0006": (
        "INSERT INTO segment_step (segment_id, step_no, action, by_number, expand_companies, allow_related_companies, "
        "ignore_exclusion, allow_existing_contacts, entire_companies, no_of_contacts, at, user_id) "
        "VALUES (1, 1, 'ADD', false, false, false, false, false, false, 1, '2026-03-18T10:00:00+00:00', 'local')",
        "INSERT INTO segment_step_line (segment_id, step_no, line_no, contact_no) VALUES (1, 1, 1, 'P1')",
        "INSERT INTO saved_segment_criteria (id, code, description, user_id) VALUES (1, 'ALL', 'All', 'local')",
    ),
    "0009": ("UPDATE contact SET home_page = 'Pamela.example', search_home_page = 'pamela.example'",),
    "0012": (
        "INSERT INTO day_sum (kind, key, day, interactions, succeeded, cost_high, cost_low, duration, evaluated, score, "
        "targets, responses) VALUES ('GROUP', 'SALES', '2026-03-18', 1, 1, 45, 0, 180, 0, 0, 0, 0), "
        "('TOTAL', '', '2026-03-18', 1, 1, 45, 0, 180, 0, 0, 0, 0)",
    ),
    "0020": ("UPDATE contact SET notes = 'Prefers mornings.'",),
    "0021": (
        "INSERT INTO import (entry_no, kind, file_name, created_at, user_id, rows, created, updated, unchanged, "
        "rejected) VALUES (1, 'CONTACTS', 'book.csv', '2026-03-18T10:00:00+00:00', 'local', 1, 1, 0, 0, 0)",
        "INSERT INTO imported_rows (import_entry_no, source, first_key, last_key, canceled) "
        "VALUES (1, 'contact', 1, 1, false)",
    ),
    "0025": (
        "INSERT INTO calendar_feed (secret_hash, salesperson_code, created_at, user_id) "
        "VALUES ('abc', 'PS', '2026-03-18T10:00:00+00:00', 'ann')",
        "UPDATE postponed_interaction SET snoozed_at = '2026-03-19T10:00:00+00:00'",
        "UPDATE contact SET contact_every_days = 30",
        "UPDATE interaction_template SET follow_up_after_days = 14",
    ),
}
"""Rows in the tables and columns that a version adds. Their texts are in the form that later versions keep."""


COLUMN_BEFORE_CITUS = "phone_digits", "search_phone"
"""A column of these rows that is missing on Citus, and the one that took its place."""


class Steps:
    """Upgrades a new database version by version. At each version, the downgrade is tried and then taken back."""

    def __init__(self, url: str, database: Database, loop: asyncio.AbstractEventLoop) -> None:
        self._on_citus = is_on_citus(url)
        self.versions = [each for each in VERSIONS if not self._on_citus or each > FIRST_VERSION_ON_CITUS]
        self._database, self._loop = database, loop
        self._found: dict[str, tuple[State, State, State, State]] = {}
        self._current: State | None = None

    def at(self, version: str) -> tuple[State, State, State, State]:
        """The state before this version, with it, after its downgrade, and after the repeated upgrade."""
        if self._on_citus and not self._found:
            self._loop.run_until_complete(self._database.writing(begin_on_citus))
        for each in self.versions[len(self._found) : self.versions.index(version) + 1]:
            self._found[each] = self._loop.run_until_complete(self._database.writing(partial(self._step, each)))
        return self._found[version]

    def _step(self, version: str, session: Session) -> tuple[State, State, State, State]:
        old = self._current or state_of(session)
        upgrade_and_fill(session, version, NEW_ROWS.get(version, ()))
        self._current = new = state_of(session)
        tried = session.begin_nested()
        downgrade(session, before(version))
        reverted = state_of(session)
        upgrade(session, version)
        repeated = state_of(session)
        tried.rollback()
        return old, new, reverted, repeated


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def steps(
    request: pytest.FixtureRequest, loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Steps]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('downgrades') / 'new.db'}"
    else:
        url = loop.run_until_complete(_create(request.getfixturevalue("postgresql_url"), "carnet_test_downgrade"))
    opening = Database.at(url)
    yield Steps(url, loop.run_until_complete(opening.__aenter__()), loop)
    loop.run_until_complete(opening.__aexit__(None, None, None))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_downgrade_restores_the_version_before_with_its_rows(version: str, steps: Steps) -> None:
    """The upgrade can then be repeated, as after a release that was withdrawn."""
    if version not in steps.versions:
        pytest.skip("No company on Citus has rows of the version before.")

    old, new, reverted, repeated = steps.at(version)

    assert differences(old.tables, reverted.tables) == []
    assert differences(new.tables, repeated.tables) == []
    assert old.rows == reverted.rows
    assert shared(new.rows, old.rows) == shared(repeated.rows, old.rows)


def before(version: str) -> str:
    """The version before this one."""
    return VERSIONS[VERSIONS.index(version) - 1] if version != VERSIONS[0] else BASE


def begin_on_citus(session: Session) -> None:
    """Upgrade to the first version that has rows on Citus, and insert those of all versions up to it."""
    rows = chain(*(rows for version, rows in NEW_ROWS.items() if version <= FIRST_VERSION_ON_CITUS))
    upgrade_and_fill(session, FIRST_VERSION_ON_CITUS, (row.replace(*COLUMN_BEFORE_CITUS) for row in rows))


def upgrade_and_fill(session: Session, version: str, rows: Iterable[str]) -> None:
    """Upgrade to a version, and insert its rows."""
    upgrade(session, version)
    for statement in rows:
        session.execute(text(statement))


def state_of(session: Session) -> State:
    return State(tables_of(session), rows_of(session))


def differences(tables: Tables, others: Tables) -> list[str]:
    """The parts of tables that are not equal."""
    return [
        f"{name}: {part} {tables.get(name, {}).get(part)} became {others.get(name, {}).get(part)}"
        for name in sorted({*tables, *others})
        for part in {**tables.get(name, {}), **others.get(name, {})}
        if tables.get(name, {}).get(part) != others.get(name, {}).get(part)
    ]


def table_names(session: Session) -> Iterator[str]:
    yield from (name for name in sorted(inspect(session.connection()).get_table_names()) if name != versions.VERSION)


def tables_of(session: Session) -> Tables:
    inspector = inspect(session.connection())
    tables: Tables = {
        name: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(name)
            },
            "key": inspector.get_pk_constraint(name),
            "foreign keys": by_name(inspector.get_foreign_keys(name)),
            "unique": by_name(inspector.get_unique_constraints(name)),
            "checks": by_name(inspector.get_check_constraints(name)),
            "indexes": by_name(inspector.get_indexes(name)),
        }
        for name in table_names(session)
    }
    if session.get_bind().dialect.name == "postgresql":
        functions = text(f"SELECT proname, md5(prosrc) FROM pg_proc WHERE pronamespace = {SCHEMA}")
        sequences = text(f"SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = {SCHEMA}")
        tables["functions"] = {str(name): source for name, source in session.execute(functions)}
        tables["sequences"] = {str(name): True for name in session.scalars(sequences)}
    return tables


def by_name(parts: Sequence[object]) -> list[str]:
    """The parts in an order that does not depend on the database."""
    return sorted(json.dumps(part, default=str, sort_keys=True) for part in parts)


def rows_of(session: Session) -> Rows:
    found: Rows = {}
    for name in table_names(session):
        if name in TABLES_OF_MIGRATIONS:  # FTS5 writes them later
            continue
        rows = session.execute(text(f"SELECT * FROM {name}")).mappings()
        found[name] = sorted(({str(key): value for key, value in row.items()} for row in rows), key=str)
    return found


def shared(rows: Rows, others: Rows) -> Rows:
    """The part of the rows that stands in tables and columns of the others."""
    return {
        name: [{key: row[key] for key in row if not there or key in there[0]} for row in rows[name]]
        for name, there in others.items()
    }
