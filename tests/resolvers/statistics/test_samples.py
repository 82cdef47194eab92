"""A sample tells which share of the log passes; SQLite then executes the SELECT that takes less time."""

import re
import sqlite3
from fractions import Fraction

import pytest
from sqlalchemy import func, literal_column, select, table, true
from sqlalchemy.dialects.sqlite import dialect

from persistence.columns import table_of
from persistence.enums import Evaluation
from persistence.interactions import InteractionLogEntry
from persistence.sql_types import SqlQuery
from resolvers.contacts.queries import contact_passes
from resolvers.queries import SqlCondition
from resolvers.statistics.contact_counts import should_read_first_entries
from resolvers.statistics.contacts_by_day import ContactsByDay
from resolvers.statistics.entries import Entries
from resolvers.statistics.groupings import BUCKETS, DateBucket
from resolvers.statistics.periods import FilterDays
from resolvers.statistics.samples import SAMPLED, are_at_least, only_if
from resolvers.statistics.stored import Passes
from resolvers.visibility import EVERYBODY, OWNER, Viewer
from resolvers.work import Work
from schema.compiler.statement import Statement
from schema.compiler.values import Parameters
from tests.day_sums import add_entries
from tests.records import insert_contact

ALL = Passes({}, lambda _, entry: entry.c.duration >= 0)
POSITIVE = Passes({}, lambda _, entry: entry.c.evaluation == "POSITIVE")
BY_DAY = [BUCKETS[DateBucket.DAY]]


def builder() -> Statement:
    return Statement(EVERYBODY, Parameters())


def holds(work: Work, condition: SqlCondition) -> bool:
    return bool(work.session.scalar(select(condition)))


def add(work: Work, number: int, *, days: int, contacts: int = 1, positive: int = 0) -> None:
    """Insert this number of entries on so many days for each of the contacts; the first ones are positive."""
    for place in range(contacts):
        no = f"Q{place}"
        insert_contact(work, no, name=no)
        evaluations = [str(Evaluation.POSITIVE) if each < positive else None for each in range(number)]
        add_entries(work.session, [(each % days, of) for each, of in enumerate(evaluations)], contact_no=no)


@pytest.mark.parametrize(
    ("share", "expected"), [(Fraction(1, 5), True), (Fraction(1, 4), True), (Fraction(1, 3), False)]
)
def test_a_sample_tells_whether_this_share_of_the_entries_pass(share: Fraction, expected: bool, work: Work) -> None:
    add(work, 4 * SAMPLED, days=100, positive=SAMPLED)
    sql = builder()

    assert holds(work, are_at_least(sql, share, [Entries(sql, POSITIVE)], lambda _: true())) is expected


@pytest.mark.parametrize(("share", "expected"), [(Fraction(1, 4), True), (Fraction(1, 3), False)])
def test_the_share_is_the_same_if_the_first_numbers_are_of_no_entries(
    share: Fraction, expected: bool, work: Work
) -> None:
    add(work, 4 * SAMPLED, days=100, positive=SAMPLED)
    log = table_of(InteractionLogEntry)
    work.session.execute(log.update().values(entry_no=log.c.entry_no + 1_000_000))
    sql = builder()

    assert holds(work, are_at_least(sql, share, [Entries(sql, POSITIVE)], lambda _: true())) is expected


@pytest.mark.parametrize(
    ("passes", "contacts", "days", "expected"),
    [
        (ALL, 20, 40, True),
        (POSITIVE, 20, 40, False),  # few entries pass
        (ALL, 1, 2, False),  # the contact has many entries on a day
    ],
)
def test_contacts_by_day_are_counted_if_most_entries_pass_alone_on_their_day(
    passes: Passes, contacts: int, days: int, expected: bool, work: Work
) -> None:
    add(work, 40, days=days, contacts=contacts, positive=5)

    assert holds(work, ContactsByDay(builder(), BY_DAY, passes, FilterDays({}), None).is_fast) is expected


@pytest.mark.parametrize(
    ("passes", "entries", "contacts", "expected"),
    [
        (ALL, 40, 5, True),
        (POSITIVE, 40, 5, False),  # few entries pass
        (ALL, 2, 40, False),  # contacts have few entries
    ],
)
def test_first_entries_are_read_if_most_entries_pass_and_contacts_have_many(
    passes: Passes, entries: int, contacts: int, expected: bool, work: Work
) -> None:
    add(work, entries, days=40, contacts=contacts, positive=5)
    sql = builder()

    assert holds(work, should_read_first_entries(sql, Entries(sql, passes))) is expected


@pytest.mark.parametrize("shared_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("reader", [EVERYBODY, OWNER])
def test_sampled_entries_are_looked_up_by_number_whatever_the_filter_and_the_reader(reader: Viewer, work: Work) -> None:
    """So a sample takes no time to speak of: no contacts that pass, and no other entries of the reader, are read."""
    sql = Statement(reader, Parameters())
    passes = Passes({}, lambda _, entry: contact_passes(entry, lambda contact: contact.c.city != "Bern", sql))
    conditions = (
        ContactsByDay(sql, BY_DAY, passes, FilterDays({}), None).is_fast,
        should_read_first_entries(sql, Entries(sql, passes)),
    )
    connection = work.session.connection()

    for each in conditions:
        statement = str(select(each).compile(connection))
        names = "|".join(re.findall(r"(?:interaction_log_entry|contact) AS (t\w+)", statement))
        parameters = (None,) * statement.count("?")
        plan = [step for *_, step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        steps = [step for step in plan if re.match(rf"\w+ ({names})\b", step)]
        assert len(steps) == 3
        assert steps[0].endswith(" USING INTEGER PRIMARY KEY (rowid=?)")
        assert all(re.search(r"\b(rowid|no|contact_no)=\?", step) for step in steps), steps


def test_sqlite_does_not_read_tables_for_rows_that_are_not_wanted() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (n integer)")
    connection.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(1000)])
    rows: SqlQuery = select(literal_column("n"), func.count()).select_from(table("t")).group_by(literal_column("n"))

    def read(wanted: int) -> tuple[int, int]:
        """The number of rows, and of steps that SQLite took."""
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        query = only_if(literal_column(str(wanted)) == literal_column("1"), rows)
        connection.set_progress_handler(step, 1)
        return len(connection.execute(str(query.compile(dialect=dialect())), (0,)).fetchall()), steps

    assert read(1)[0] == 1000
    assert read(0)[0] == 0
    assert read(0)[1] < 100
