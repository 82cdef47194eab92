"""`carnet check` names each kind of damage, and finds nothing in a database that the rules have written."""

import asyncio
import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import make_url, text
from sqlmodel import Session

from persistence.contacts import Contact
from persistence.database import Database
from persistence.dialects import dialect_of
from persistence.enums import Evaluation
from resolvers import checks
from resolvers.checks import Check, Fault, stored
from resolvers.contacts import rules as contacts
from resolvers.interactions import rules as interactions
from resolvers.interactions.entries import rules as entries
from resolvers.segments import rules as segments
from resolvers.statistics.refreshing import refresh_all
from resolvers.work import User, Work
from tests import records
from tests.commands import assert_refused, carnet
from tests.conftest import CITUS_URL, NOW
from tests.segment_lines import create_segment

Loop = asyncio.AbstractEventLoop
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
CLOSED = "(SELECT max(logged_segment_entry_no) FROM segment)"
AN_ENTRY = f"(SELECT min(entry_no) FROM interaction_log_entry WHERE logged_segment_entry_no = {CLOSED})"


class Damage(NamedTuple):
    """SQL that damages a database, and a part of the message about it."""

    sql: str
    message: str


DAMAGES = [
    Damage(f"DELETE FROM interaction_log_entry WHERE entry_no = {AN_ENTRY}", "more or fewer interactions than lines"),
    Damage("UPDATE logged_segment SET interactions = 99", "more or fewer interactions than lines"),
    Damage(
        f"UPDATE segment_line SET contact_no = 'P2' WHERE contact_no = 'C1' AND segment_id = "
        f"(SELECT id FROM segment WHERE logged_segment_entry_no = {CLOSED})",
        "more interactions with a contact",
    ),
    Damage("UPDATE segment SET logged_segment_entry_no = 1", "closed segments belong to the same"),
    Damage(
        f"UPDATE segment SET logged_segment_entry_no = NULL WHERE logged_segment_entry_no = {CLOSED}",
        "although their segment is open again",
    ),
    Damage(f"UPDATE interaction_log_entry SET segment_no = 'X' WHERE entry_no = {AN_ENTRY}", "another segment number"),
    Damage(f"UPDATE logged_segment SET segment_no = 'X' WHERE entry_no = {CLOSED}", "another segment number"),
    Damage("UPDATE campaign_entry SET campaign_no = 'CP2'", "campaign entry of another campaign"),
    Damage("UPDATE segment SET last_line_no = 1", "last line number"),
    Damage(
        "UPDATE postponed_interaction SET entry_no = (SELECT min(entry_no) FROM interaction_log_entry)",
        "of a postponed one at the same time",
    ),
    Damage(
        "UPDATE number_series_line SET last_no_used = NULL WHERE series_code = 'SEGM'",
        "last one that their number series",
    ),
    Damage("DELETE FROM marketing_setup", "rows instead of 1"),
    Damage("DELETE FROM contact WHERE no = 'C2'", "name something in `contact_no`"),
    Damage("DELETE FROM salesperson WHERE code = 'PS'", "name something in `salesperson_code`"),
    Damage("DELETE FROM interaction_template WHERE code = 'VISIT'", "name something in `template_code`"),
    Damage("DELETE FROM segment WHERE logged_segment_entry_no IS NULL", "name something in `segment_id`"),
    Damage("DELETE FROM logged_segment", "name something in `logged_segment_entry_no`"),
    Damage("UPDATE interaction_comment SET entry_no = 99999", "belong to no interaction"),
    Damage("DELETE FROM segment_step", "belong to no row of `segment_step`"),
    Damage(
        "INSERT INTO change_field (kind, object_id, version, field) VALUES ('contact', 1, 9, 'name')",
        "belong to no row of `change`",
    ),
    Damage("UPDATE contact SET company_no = 'P3' WHERE no = 'P1'", "is not a company"),
    Damage("UPDATE interaction_log_entry SET contact_salesperson_code = NULL", "repeat another salesperson"),
    Damage("DELETE FROM search_text WHERE text_key IS NOT NULL", "no words for search"),
    Damage("UPDATE search_text SET words = ' other ' WHERE entry_no IS NOT NULL", "wrong words for search"),
    Damage(
        "INSERT INTO search_text (entry_no, line_no, words) VALUES (99999, 1, ' a ')",
        "belong to no interaction and no comment",
    ),
    Damage(
        "UPDATE search_text SET text_key = 1 WHERE id = (SELECT min(id) FROM search_text)",
        "belong to no interaction and no comment",
    ),
    Damage("UPDATE day_sum SET duration = duration + 1", "Stored sums"),
    Damage("UPDATE day_sum SET attempts = attempts + 1 WHERE kind = 'TOTAL'", "Stored sums"),
    Damage("INSERT INTO day_sum SELECT 'TOTAL', '', '2026-07-01', 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0", "Stored sums"),
    Damage("DELETE FROM day_sum WHERE kind = 'HOUR'", "Stored sums"),
    Damage("UPDATE month_sum SET duration = duration + 1", "Stored sums of months"),
    Damage("DELETE FROM month_sum WHERE kind = 'TOTAL'", "Stored sums of months"),
    Damage(
        "INSERT INTO month_sum SELECT 'TOTAL', '', '2026-07-01', 1, 1, 0, 0, 0, 0, 0, 0, 0", "Stored sums of months"
    ),
    Damage("UPDATE week_sum SET duration = duration + 1", "Stored sums of weeks"),
    Damage("DELETE FROM week_sum WHERE kind = 'TOTAL'", "Stored sums of weeks"),
    Damage("INSERT INTO week_sum SELECT 'TOTAL', '', '2026-07-06', 1, 1, 0, 0, 0, 0, 0, 0, 0", "Stored sums of weeks"),
    Damage("UPDATE marketing_setup SET first_day_of_week = 7", "Stored sums of weeks"),
    Damage("UPDATE contact_date SET last_inbound = '2026-01-01'", "stored dates of their last interactions"),
    Damage("DELETE FROM contact_date", "stored dates of their last interactions"),
    Damage("DELETE FROM due_contact", "wrong or no stored day"),
    Damage("UPDATE due_contact SET due_on = '2026-01-01'", "wrong or no stored day"),
    Damage("UPDATE due_contact SET salesperson_code = NULL", "wrong or no stored day"),
    Damage("INSERT INTO due_contact (contact_no, due_on) VALUES ('P3', '2026-01-01')", "wrong or no stored day"),
    Damage("INSERT INTO due_contact (contact_no, due_on) VALUES ('ZZ', '2026-01-01')", "wrong or no stored day"),
]


def fill(work: Work) -> None:
    """A logged segment, a segment that was logged and undone, an open one, interactions logged one by one, a postponed
    one, comments and changes. Everything that is stored beside the log is up to date.
    """
    records.insert_fixtures(work)
    for code in ("SEGM", "CONT"):
        records.change_number_series(work, code, manual_nos=False)
    undone = create_segment(work, "C1", "P1", template_code="CALLOUT", description="Winter")
    segments.undo(work, segments.log(work, undone.no).logged_segment_entry_no)
    segments.delete(work, undone.no)
    spring = create_segment(work, "C1", "C2", "P1", template_code="VISIT", campaign_no="CP1", description="Spring")
    segments.log(work, spring.no)
    create_segment(work, "C1", "P2", template_code="VISIT", description="Fall")
    made = interactions.create(work, {"contact_no": "P1", "template_code": "CALLIN", "evaluation": Evaluation.POSITIVE})
    entries.comment(work, made.entry_no, ["Very happy."])
    interactions.postpone(work, {"contact_no": "C2", "template_code": "CALLOUT"})
    contacts.update(work, "C2", {"home_page": "example.com"})
    contacts.update(work, "P1", {"contact_every_days": 30})
    work.session.flush()
    refresh_all(work.session)


Compiled = list[tuple[Check, str]]


def compiled(work: Work) -> Compiled:
    """All checks with their SQL."""
    dialect = dialect_of(work.session)
    found = (*checks.undivided(dialect), stored.sums(dialect, FIRST, LAST), stored.sums_of_months(FIRST, LAST))
    found = (*found, stored.sums_of_weeks(FIRST, LAST))
    found = (*found, stored.dates("", None), stored.due("", None))
    return [(check, check.statement(work.session.connection().dialect)[0]) for check in found]


def faults(work: Work, checks: Compiled) -> list[Fault]:
    """What the checks find in the transaction."""
    run = work.session.connection().exec_driver_sql
    found = [Fault.parse(check, run(sql).scalar()) for check, sql in checks]
    return [fault for fault in found if fault is not None]


def without_constraints(session: Session) -> None:
    """Let the transaction break foreign keys. On PostgreSQL triggers do not run either."""
    is_postgresql = session.connection().dialect.name == "postgresql"
    how = "SET LOCAL session_replication_role = replica" if is_postgresql else "PRAGMA defer_foreign_keys = ON"
    session.execute(text(how))


def test_each_damage_is_named_and_a_sound_database_has_none(work: Work) -> None:
    fill(work)
    checks = compiled(work)
    assert faults(work, checks) == []
    if work.session.connection().dialect.name == "postgresql" and CITUS_URL in os.environ:
        pytest.skip("only superusers of the workers may break foreign keys")
    missed = []
    for damage in DAMAGES:
        with work.session.begin_nested() as savepoint:
            without_constraints(work.session)
            for sql in damage.sql.split("; "):
                work.session.execute(text(sql))
            found = [fault.message.english for fault in faults(work, checks)]
            savepoint.rollback()
        if not any(damage.message in message for message in found):
            missed.append((damage.sql, found))
    assert missed == []


def test_skipped_lines_and_deleted_interactions_are_no_damage(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", "P1", template_code="VISIT", campaign_no="CP1", description="Spring")
    records.block(work, records.stored(work, Contact, no="C2"))
    logged = segments.log(work, segment.no, on_blocked=segments.OnBlocked.SKIP)
    entries.set_canceled(work, canceled=True, matching=lambda rows: rows.c.contact_no == "P1")
    entries.delete_canceled(work, lambda rows: rows.c.canceled)
    refresh_all(work.session)
    assert (logged.logged, faults(work, compiled(work))) == (2, [])


def test_the_command_says_that_all_is_well_or_what_is_wrong(database: Database, database_url: str, loop: Loop) -> None:
    def filled(session: Session) -> None:
        fill(Work(session, User("tester"), NOW))

    def damaged(session: Session) -> None:
        session.execute(text("UPDATE day_sum SET duration = duration + 1"))
        session.execute(text("UPDATE month_sum SET duration = duration + 2"))
        session.execute(text("DELETE FROM week_sum WHERE kind = 'HOUR'"))
        session.execute(text("DELETE FROM contact_date"))

    loop.run_until_complete(database.writing(filled))
    sound = carnet(database_url, "check")
    assert (sound.exit_code, "is in order." in sound.stderr) == (0, True), sound.stderr
    loop.run_until_complete(database.writing(damaged))
    wrong = carnet(database_url, "check")
    assert_refused(wrong, "2026-03-18", "TOTAL", "C1, C2, P1", "Run `carnet refresh --all`", "has 4 faults")
    french = carnet(database_url, "check", LANG="fr_CA.UTF-8")
    assert_refused(french, "Des totaux enregistrés (", "Exécutez `carnet refresh --all`", "présente 4 anomalies")
    assert carnet(database_url, "refresh", "--all").exit_code == 0
    assert carnet(database_url, "check").exit_code == 0


def test_a_database_with_old_tables_or_a_damaged_file_is_refused(
    tmp_path: Path, empty_copy: Callable[[str], str]
) -> None:
    assert_refused(carnet(f"sqlite:///{tmp_path / 'none.db'}", "check"), "There is no database at")
    url = empty_copy("sqlite")
    file = Path(make_url(url).database or "")
    content = bytearray(file.read_bytes())
    content[8192:16384] = b"x" * 8192
    file.write_bytes(content)
    assert_refused(carnet(url, "check"), "damaged")
