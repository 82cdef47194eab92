"""A refresh of the stored sums does as much as has changed."""

from collections.abc import Sequence

import pytest
from sqlalchemy import update

from resolvers.segments.tables import ENTRIES
from resolvers.statistics import refreshing
from resolvers.statistics.refreshing import refresh_some, refresh_some_contacts
from resolvers.work import Work
from tests import records
from tests.day_sums import DAYS, add_entries, day_no, prepare, wrong_sums
from tests.statements import is_postgresql, recorded_statements

OF_UNITS = ("INSERT INTO month_sum", "DELETE FROM month_sum", "INSERT INTO week_sum", "DELETE FROM week_sum")

LENGTH = len(OF_UNITS[0])
"""How many characters of a statement name its table."""


def refresh(work: Work) -> list[str]:
    """Refresh all days. Returns the statements."""
    with recorded_statements(work) as statements:
        while refresh_some(work.session) or refresh_some_contacts(work.session):
            pass
    return statements


def test_months_and_weeks_are_added_up_only_if_a_sum_of_a_day_has_changed(work: Work) -> None:
    prepare(work.session)
    first = refresh(work)
    for canceled in (True, False):
        work.session.execute(update(ENTRIES).values(canceled=canceled).where(ENTRIES.c.date == day_no(1)))
    again = refresh(work)

    assert [sum(each.startswith(start) for each in first) for start in OF_UNITS] == [1, 1, 1, 1]
    assert [sum(each.startswith(start) for each in again) for start in OF_UNITS] == [0, 0, 0, 0]
    assert wrong_sums(work.session) == []


@pytest.mark.parametrize("few", [1, 3, 100])
def test_months_and_weeks_of_few_or_many_changed_keys_are_right(
    few: int, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "FEW_KEYS", few)
    records.insert_fixtures(work)
    add_entries(work.session, [(day, evaluation) for day in (0, 1, 40) for evaluation in (None, "POSITIVE")])
    refresh(work)
    work.session.execute(update(ENTRIES).values(evaluation="NEGATIVE").where(ENTRIES.c.date == day_no(1)))
    add_entries(work.session, [(2, "NEUTRAL")], campaign_no="CP1")
    refresh(work)

    assert wrong_sums(work.session) == []


def test_a_turn_compiles_no_statement_of_sums_that_was_compiled_ahead(work: Work) -> None:
    compiled: dict[object, object] = {}
    work.session.connection(execution_options={"compiled_cache": compiled})
    prepare(work.session)
    before = len(compiled)
    refreshing.compile_statements(work.session)
    ahead = {*map(str, compiled.values())}
    assert len(compiled) == before + 11
    with recorded_statements(work) as statements:
        refresh_some(work.session)

    assert [sum(each.startswith(start) for each in statements) for start in OF_UNITS] == [1, 1, 1, 1]
    assert [each for each in map(str, compiled.values()) if each not in ahead and "_sum" in each] == []


def test_the_statements_of_a_refresh_are_compiled_once(work: Work) -> None:
    """Compiling them takes longer than refreshing a small day, and all changes wait for it on SQLite."""
    compiled: dict[object, object] = {}
    work.session.connection(execution_options={"compiled_cache": compiled})
    prepare(work.session)
    statements = refresh(work)
    assert {each[:LENGTH] for each in statements} <= {str(each)[:LENGTH] for each in compiled.values()}
    before = len(compiled)
    add_entries(work.session, [(day, None) for day in range(DAYS)])
    refresh(work)

    assert len(compiled) == before


def test_sums_of_a_day_are_found_without_reading_those_of_all_days(work: Work) -> None:
    """SQLite has no statistics of tables, because nobody executes `ANALYZE`; PostgreSQL makes them on its own."""
    prepare(work.session)
    statements = [each for each in refresh(work) if "day_sum" in each]
    if is_postgresql(work):
        return
    steps = {step for step in steps_of(work, statements) if step.startswith(("SEARCH day_sum", "SCAN day_sum"))}

    assert len(statements) > 3
    assert {step for step in steps if "day=?" not in step} == set()


def test_contacts_that_are_due_are_not_compared_with_each_contact_of_a_day(work: Work) -> None:
    """Of one day, SQLite expects few contacts."""
    prepare(work.session)
    refresh(work)
    add_entries(work.session, [(1, None)])
    statements = [each for each in refresh(work) if "due_contact" in each]
    if is_postgresql(work):
        return

    assert len(statements) == 2
    assert [step for step in steps_of(work, statements) if step.startswith("SCAN") and "JOIN" in step] == []


def steps_of(work: Work, statements: Sequence[str]) -> list[str]:
    """The steps of SQLite for these statements."""
    connection = work.session.connection()
    plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", (None,) * each.count("?")) for each in statements]
    return [step for plan in plans for *_, step in plan]
