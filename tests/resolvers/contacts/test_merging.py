"""Merging two cards of one contact (K28): random histories, the number of statements, and every column with numbers."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table as SqlTable
from sqlalchemy import event, func, select

from persistence.columns import Table, table_of
from persistence.contacts import Contact
from persistence.dialects import dialect_of
from persistence.interactions import InteractionComment, PostponedInteraction
from persistence.precomputed.contact_dates import ContactDate
from persistence.precomputed.due_contacts import DIRTY_CONTACTS, DueContact
from resolvers.changes.statements import CHANGE_FIELDS, CHANGES
from resolvers.checks import Check, Fault, undivided
from resolvers.contacts import rules as contacts
from resolvers.contacts.merged_records import REFERENCES
from resolvers.contacts.merging import FIELDS, OPT_OUTS
from resolvers.errors import Refused
from resolvers.interactions import rules as interactions
from resolvers.interactions.entries import rules as entries
from resolvers.segments import rules as segments
from resolvers.segments.renamed_contacts import renamed
from resolvers.segments.tables import ENTRIES, LINES, SEGMENTS, STEP_LINES, STEPS
from resolvers.work import Work
from tests import records
from tests.segment_lines import create_segment, lines_of
from tests.soaking import examples
from tests.statements import without_ranges

CONTACTS, COMMENTS, POSTPONED = table_of(Contact), table_of(InteractionComment), table_of(PostponedInteraction)
PERSONS = ("P1", "P2", "P3", "P4")
Rows = dict[str, list[dict[str, Any]]]

contact = st.sampled_from([*PERSONS, "C1", "C2"])
event_of_history = st.one_of(
    st.tuples(
        st.just("log"),
        contact,
        st.sampled_from(["VISIT", "CALLIN", "MAIL"]),
        st.sampled_from(["JO", "PS"]),
        st.sampled_from([None, "CP1", "CP2"]),
        st.integers(-2, 2),
    ),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.just("postpone"), contact),
    st.tuples(st.just("segment"), st.lists(contact, min_size=1, max_size=4), st.booleans()),
    st.tuples(st.just("remove"), contact),
    st.tuples(st.just("move"), st.sampled_from(PERSONS), st.sampled_from(["C1", "C2", None])),
    st.tuples(st.just("block"), contact, st.sampled_from(OPT_OUTS)),
)
pairs = st.one_of(
    st.permutations(PERSONS).map(lambda order: (order[0], order[1])), st.sampled_from([("C1", "C2"), ("C2", "C1")])
)


@examples(6, 400)
@given(
    history=st.lists(event_of_history, min_size=3, max_size=9),
    pair=pairs,
    keep=st.lists(st.sampled_from(list(FIELDS)), max_size=3),
)
def test_all_rows_are_as_before_but_for_the_number_of_the_merged_contact_k28(
    work: Work, history: list[Any], pair: tuple[str, str], keep: list[str]
) -> None:
    savepoint, work = work.session.begin_nested(), records.at_time(work, work.now)
    try:
        records.insert_fixtures(work)
        records.insert_contact(work, "P4", company="C2", name="Paul Four", phone_no="5550104", city="Laval")
        for each in history:
            happen(work, *each)
        before = stored(work)

        outcome = contacts.merge(work, *pair, keep_from_merged=keep)

        after = stored(work)
        check_cards(before, after, *pair, {FIELDS[name] for name in keep})
        assert after == expected(before, after, *pair)
        assert faults(work) == []
        merged_no = pair[1]
        for moved, table in (
            (outcome.entries_moved, ENTRIES),
            (outcome.postponed_moved, POSTPONED),
            (outcome.lines_moved, LINES),
        ):
            assert moved == sum(merged_no in (row["contact_no"], row["company_no"]) for row in before[table.name])
    finally:
        savepoint.rollback()
        work.session.expunge_all()


def happen(work: Work, kind: str, *details: Any) -> None:
    """One event of the history. What the rules refuse did not happen."""
    try:
        if kind == "log":
            contact_no, template, salesperson, campaign, days = details
            fields: dict[str, Any] = {"contact_no": contact_no, "template_code": template, "campaign_no": campaign}
            fields |= {"salesperson_code": salesperson, "date": work.today + dt.timedelta(days), "comments": [template]}
            interactions.create(work, fields)  # type: ignore[arg-type]  # fields by their names
        elif kind == "cancel":
            numbers = work.session.scalars(select(ENTRIES.c.entry_no).order_by(ENTRIES.c.entry_no)).all()
            entries.set_canceled(work, canceled=True, entry_nos=numbers[details[0] : details[0] + 1])
        elif kind == "postpone":
            interactions.postpone(work, {"contact_no": details[0], "comments": ["Later"]})
        elif kind == "segment":
            numbers_, logged = details
            segment = create_segment(work, *numbers_, template_code="VISIT", description="Spring", campaign_no="CP1")
            if logged:
                segments.log(work, segment.no, create_follow_up=True)
        elif kind == "remove":
            no = work.session.scalars(select(SEGMENTS.c.no).where(SEGMENTS.c.logged_segment_entry_no.is_(None))).first()
            if no is not None:
                segments.remove_contacts(work, no, matching=lambda rows: rows.c.no == details[0])
        elif kind == "move":
            contacts.update(work, details[0], {"company_no": details[1]})
        else:
            contacts.update(work, details[0], {details[1]: True})  # type: ignore[misc]  # a field by its name
    except Refused:
        pass


def stored(work: Work) -> Rows:
    """The rows that name contacts, in the order of their keys, without what a merge changes beside the numbers."""
    work.session.flush()
    tables = (CONTACTS, COMMENTS, POSTPONED, ENTRIES, SEGMENTS, LINES, STEP_LINES, STEPS)
    found: Rows = {table.name: rows_of(work, table) for table in tables}
    open_ids = select(SEGMENTS.c.id).where(SEGMENTS.c.logged_segment_entry_no.is_(None))
    open_segments = set(work.session.scalars(open_ids))
    for line in found[LINES.name]:
        line["is_open"] = line["segment_id"] in open_segments
    return found


def rows_of(work: Work, table: SqlTable) -> list[dict[str, Any]]:
    left_out = ("id", "version") if table is CONTACTS else ()
    columns = [column for column in table.columns if column.name not in left_out]
    return [dict(row) for row in work.session.execute(select(*columns).order_by(*table.primary_key)).mappings()]


def check_cards(before: Rows, after: Rows, no: str, merged_no: str, taken: set[str]) -> None:
    """The card that stays has its own values and those that are taken; people of the merged company have the other."""
    cards, new_cards = ({row["no"]: row for row in rows[CONTACTS.name]} for rows in (before, after))
    merged, stays = cards[merged_no], cards[no]
    assert new_cards.keys() == cards.keys() - {merged_no}
    if stays["type"] == "COMPANY":
        taken = taken - {"company_no"}
    for name in FIELDS.values():
        own = merged[name] if name in taken or (name == "notes" and stays[name] is None) else stays[name]
        assert new_cards[no][name] == (stays[name] or merged[name] if name in OPT_OUTS else own), name
    for row in new_cards.values():
        assert (
            row["company_no"] == (no if row["company_no"] == no else cards[row["no"]]["company_no"]) or row["no"] == no
        )
        assert row["company_no"] != merged_no
        assert row["company_name"] == (new_cards[row["company_no"]]["name"] if row["company_no"] else None)


def expected(before: Rows, after: Rows, no: str, merged_no: str) -> Rows:
    """The records of `before` with the number that stays, and with the companies and salespeople of the cards `after`
    where records follow the card. Postponed interactions and open segments that change in it get a new version.
    """
    cards = {row["no"]: row for row in after[CONTACTS.name]}

    def numbered(row: dict[str, Any]) -> dict[str, Any]:
        columns = {"contact_no", "company_no"} & row.keys()
        return {**row, **{name: no if row[name] == merged_no else row[name] for name in columns}}

    def with_company(row: dict[str, Any]) -> dict[str, Any]:
        new = numbered(row)
        return {**new, "company_no": cards[no]["company_no"]} if new["contact_no"] == no else new

    def with_salesperson(row: dict[str, Any]) -> dict[str, Any]:
        new = numbered(row)
        return {**new, "contact_salesperson_code": cards[new["contact_no"]]["salesperson_code"]}

    def with_version(row: dict[str, Any]) -> dict[str, Any]:
        new = with_company(row)
        return {**new, "version": row["version"] + (new != row)}

    lines = [with_company(row) if row["is_open"] else numbered(row) for row in before[LINES.name]]
    step_lines = [numbered(row) for row in before[STEP_LINES.name]]
    changed = {
        row["segment_id"]
        for table, rows in ((LINES, lines), (STEP_LINES, step_lines))
        for row, old in zip(rows, before[table.name], strict=True)
        if row != old
    }

    def with_changed_lines(row: dict[str, Any]) -> dict[str, Any]:
        rises = row["id"] in changed and row["logged_segment_entry_no"] is None
        return {**row, "version": row["version"] + rises}

    return after | {
        COMMENTS.name: before[COMMENTS.name],
        ENTRIES.name: [with_salesperson(row) for row in before[ENTRIES.name]],
        POSTPONED.name: [with_version(row) for row in before[POSTPONED.name]],
        SEGMENTS.name: [with_changed_lines(row) for row in before[SEGMENTS.name]],
        LINES.name: lines,
        STEP_LINES.name: step_lines,
        STEPS.name: [{**row, "filter": renamed(row["filter"], merged_no, no)} for row in before[STEPS.name]],
    }


COMPILED: dict[str, list[tuple[Check, str]]] = {}
"""The checks of `carnet check` with their SQL, for each database."""


def faults(work: Work) -> list[Fault]:
    """What `carnet check` finds in the transaction."""
    connection = work.session.connection()
    checks = COMPILED.setdefault(connection.dialect.name, [])
    if not checks:
        checks += [(check, check.statement(connection.dialect)[0]) for check in undivided(dialect_of(work.session))]
    found = (Fault.parse(check, connection.exec_driver_sql(sql).scalar()) for check, sql in checks)
    return [fault for fault in found if fault is not None]


def test_every_column_with_numbers_of_contacts_is_known() -> None:
    """A new column that names a contact must be added to `REFERENCES`, or here, where the rules of merging, or triggers
    that mark the merged contact, have it.
    """
    due = {table_of(DueContact): ["contact_no"], DIRTY_CONTACTS: ["contact_no"]}
    elsewhere = {CONTACTS: ["company_no"], table_of(ContactDate): ["contact_no"], **due}
    named = {
        table: [column.name for column in table.columns if column.name in ("contact_no", "company_no")]
        for table in Table.metadata.sorted_tables
    }
    by_key = {
        table: [
            column.name for column in table.columns if any(key.column.table is CONTACTS for key in column.foreign_keys)
        ]
        for table in Table.metadata.sorted_tables
    }
    known = {**{table: list(names) for table, names in REFERENCES.items()}, **elsewhere}

    assert {table: names for table, names in named.items() if names} == known
    assert all(set(names) <= set(known.get(table, ())) for table, names in by_key.items())


@pytest.mark.parametrize("pair", [("P2", "P1"), ("C2", "C1")])
def test_a_merge_executes_the_same_number_of_statements_for_any_number_of_records(
    work: Work, pair: tuple[str, str]
) -> None:
    counts = []
    for many in (4, 10):
        savepoint, work = work.session.begin_nested(), records.at_time(work, work.now)
        records.insert_fixtures(work)
        for number in range(many):
            segment = create_segment(work, *["P1", "C1"][: 1 + number % 2], template_code="VISIT", description="Spring")
            if number % 3:
                segments.log(work, segment.no)
            records.insert_entry(work, contact="P1")
            interactions.postpone(work, {"contact_no": "P1"})
        work.session.flush()
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any, sent: list[str] = sent) -> None:
            sent.append(statement)

        event.listen(work.session.connection(), "before_cursor_execute", note)
        contacts.merge(work, *pair, keep_from_merged=["companyNo", "salespersonCode", "email"])
        event.remove(work.session.connection(), "before_cursor_execute", note)
        counts.append(len(without_ranges(sent)))
        savepoint.rollback()
        work.session.expunge_all()

    assert counts[0] == counts[1] <= 46


def test_filters_name_the_contact_that_stays_wherever_they_compare_a_number() -> None:
    before = {
        "or": [
            {"no": {"in": ["A1", " a2 ", "a1"]}},
            {"companyNo": {"eq": "a1"}, "city": {"eq": "A1"}, "no": {"startsWith": "A1"}},
            {"interactions": {"count": {"gte": 1}, "where": {"contactNo": {"ne": "A1"}, "segmentNo": {"eq": "A1"}}}},
            {"not": {"interactions": {"where": {"contact": {"no": {"in": ["A1", "A2", "A3"]}}}}}},
        ]
    }

    assert renamed(before, "A1", "A2") == {
        "or": [
            {"no": {"in": ["A2", " a2 ", "A2"]}},
            {"companyNo": {"eq": "A2"}, "city": {"eq": "A1"}, "no": {"startsWith": "A1"}},
            {"interactions": {"count": {"gte": 1}, "where": {"contactNo": {"ne": "A2"}, "segmentNo": {"eq": "A1"}}}},
            {"not": {"interactions": {"where": {"contact": {"no": {"in": ["A2", "A2", "A3"]}}}}}},
        ]
    }


def test_saved_criteria_with_other_letters_and_cases_name_the_contact_that_stays(work: Work) -> None:
    records.insert_fixtures(work)
    for no in ("É'1", 'X"2', "50%_"):
        records.insert_contact(work, no.upper(), type="PERSON", name=no)
    segment = create_segment(work)
    for number, no in enumerate(("é'1", 'x"2', "50%_")):
        filter_ = {"no": {"eq": no}}
        segments.add_contacts(work, segment.no, matching=lambda rows: rows.c.no == "C1", filter=filter_)
        segments.save_criteria(work, segment.no, f"K{number}", "All")
        contacts.merge(work, "P3", no.upper())

    filters = work.session.scalars(select(STEPS.c.filter).order_by(STEPS.c.step_no)).all()
    assert list(filters) == [{"no": {"eq": "P3"}}] * 3


def test_segments_and_postponed_interactions_of_merged_contacts_get_a_new_version(work: Work) -> None:
    records.insert_fixtures(work)
    segment, other = create_segment(work, "P1"), create_segment(work, "C2")
    interactions.postpone(work, {"contact_no": "P1"})

    contacts.merge(work, "P1", "P3", keep_from_merged=["companyNo"])

    assert lines_of(work, segment.id, "company_no") == [records.stored(work, Contact, no="P1").company_no] == [None]
    versions = select(SEGMENTS.c.version).where(SEGMENTS.c.id.in_([segment.id, other.id])).order_by(SEGMENTS.c.id)
    assert list(work.session.scalars(versions)) == [2, 1]
    assert rows_of(work, POSTPONED)[0]["version"] == 2
    with pytest.raises(Refused, match="version"):
        segments.update(work, segment.no, {"description": "Fall"}, expected_version=1)


def test_the_change_log_names_each_merge_and_counts_its_versions(work: Work) -> None:
    records.insert_fixtures(work)
    for merged_no in ("P2", "P3"):
        contacts.merge(work, "P1", merged_no)

    person = records.stored(work, Contact, no="P1")
    work.session.refresh(person)
    numbers = work.session.scalars(
        select(CHANGE_FIELDS.c.new_value)
        .where(CHANGE_FIELDS.c.object_id == person.id, CHANGE_FIELDS.c.field == "mergedNo")
        .order_by(CHANGE_FIELDS.c.version)
    ).all()
    assert list(numbers) == ["P2", "P3"]
    last = select(func.max(CHANGES.c.version)).where(CHANGES.c.object_id == person.id)
    assert work.session.scalar(last) == person.version
