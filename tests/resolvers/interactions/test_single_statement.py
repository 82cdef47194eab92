"""An interaction that is logged by one statement has the values of its draft, and is refused exactly when the draft is.

Random records, users and inputs, on both databases. `rules.create` uses the draft if the statement inserts nothing.
"""

import datetime as dt
import re
from decimal import Decimal
from typing import Any, cast

from hypothesis import given as generated
from hypothesis import strategies as st
from sqlalchemy import select

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import Role
from persistence.interactions import InteractionComment, InteractionLogEntry
from persistence.templates import InteractionTemplate
from persistence.transactions.remembered_values import REMEMBERED
from resolvers.errors import Refused
from resolvers.interactions import rules as interactions
from resolvers.interactions import single_statement
from resolvers.interactions.fields import InteractionFields, SharedFields
from resolvers.roles import Forbidden
from resolvers.work import TIME_ZONE, Work
from tests import records
from tests.soaking import examples
from tests.statements import is_postgresql, recorded_statements

ENTRIES, COMMENTS = table_of(InteractionLogEntry), table_of(InteractionComment)
INPUT_FIELDS = InteractionFields.__annotations__.keys() | SharedFields.__annotations__.keys()

CORRESPONDENCE_TYPES = st.sampled_from([None, "HARD_COPY", "EMAIL", "FAX"])
LANGUAGES = ["ENU", "FRA"]
TEMPLATES = st.fixed_dictionaries(
    {
        "group": st.sampled_from([None, "MEET"]),
        "cost": st.decimals(0, 999, places=2),
        "minutes": st.integers(0, 600),
        "information_flow": st.sampled_from([None, "INBOUND"]),
        "initiated_by": st.sampled_from([None, "US"]),
        "campaign_no": st.sampled_from([None, None, "CP1"]),
        "campaign_target": st.booleans(),
        "campaign_response": st.booleans(),
        "correspondence_type_default": CORRESPONDENCE_TYPES,
        "ignore_contact_correspondence_type": st.booleans(),
        "language_code_default": st.sampled_from([None, *LANGUAGES]),
        "languages": st.lists(st.sampled_from(LANGUAGES), unique=True).map(tuple),
    }
)
CONTACTS = st.fixed_dictionaries(
    {
        "correspondence_type": CORRESPONDENCE_TYPES,
        "language_code": st.sampled_from([None, *LANGUAGES]),
        "salesperson_code": st.sampled_from([None, "JO", "PS"]),
        "email": st.sampled_from([None, "a@example.com"]),
    }
)
FIELDS = st.fixed_dictionaries(
    {"contact_no": st.sampled_from(["C1", " c1 "]), "template_code": st.just("T")},
    optional={
        "description": st.sampled_from(["Own", " Trimmed "]),
        "campaign_no": st.sampled_from([None, " ", "cp2", "CP2"]),
        "salesperson_code": st.sampled_from(["ps", "PS"]),
        "date": st.just(dt.date(2026, 2, 1)),
        "time_of_interaction": st.sampled_from([None, dt.time(7, 30, 5)]),
        "cost": st.sampled_from([None, Decimal("7.50")]),
        "duration": st.sampled_from([None, 5]),
        "information_flow": st.sampled_from([None, "OUTBOUND"]),
        "initiated_by": st.sampled_from([None, "THEM"]),
        "correspondence_type": CORRESPONDENCE_TYPES,
        "language_code": st.sampled_from([None, "DEU", " "]),
        "evaluation": st.sampled_from([None, "POSITIVE"]),
        "attempt_failed": st.sampled_from([None, True, False]),
        "campaign_target": st.sampled_from([None, True, False]),
        "campaign_response": st.sampled_from([None, True]),
        "contact_via": st.sampled_from([None, "+1 514 555 0199"]),
        "comments": st.sampled_from([None, [], ["First", " ", "Second"]]),
    },
)
FAULTS: list[dict[str, Any]] = [
    {"contact_no": None},
    {"contact_no": "XX"},
    {"template_code": None},
    {"template_code": "XX"},
    {"description": None},
    {"description": "x" * 101},
    {"description": "\x07"},
    {"campaign_no": "XX"},
    {"campaign_no": "BLOCKED"},
    {"salesperson_code": None},
    {"salesperson_code": "XX"},
    {"salesperson_code": "BLOCKED"},
    {"date": None},
    {"cost": Decimal("-1")},
    {"language_code": "x" * 11},
    {"comments": ["x" * 2001]},
    {"contact": {"privacy_blocked": True}},
    {"template": {"blocked": True}},
]
"""Fields, and values of contact and template, with each of which an interaction is refused."""

USERS = st.sampled_from(
    [
        ((Role.ADMIN,), None),
        ((Role.MARKETER,), "JO"),
        ((Role.ADMIN,), "BLOCKED"),
        ((Role.SALESPERSON,), "JO"),
        ((Role.SALESPERSON, Role.READER), "PS"),
        ((Role.SALESPERSON,), None),
    ]
)
NOWS = st.sampled_from(
    [dt.datetime(2026, 3, 18, 10, 15, 20, tzinfo=dt.UTC), dt.datetime(2026, 3, 18, 22, 59, 59, tzinfo=dt.UTC)]
)


def stored(work: Work, entry_no: int) -> tuple[dict[str, Any], list[Any]]:
    """All columns of a log entry except its number, and its comments."""
    (entry,) = work.session.execute(select(ENTRIES).where(ENTRIES.c.entry_no == entry_no)).mappings()
    of_entry = select(*(column for column in COMMENTS.c if column.name != "entry_no")).where(
        COMMENTS.c.entry_no == entry_no
    )
    comments = work.session.execute(of_entry.order_by(COMMENTS.c.line_no)).all()
    return {name: value for name, value in entry.items() if name != "entry_no"}, [tuple(row) for row in comments]


def insert_records(work: Work, contact: dict[str, Any], template: dict[str, Any]) -> None:
    for code, blocked in (("JO", False), ("PS", False), ("BLOCKED", True)):
        records.insert_salesperson(work, code, blocked=blocked)
    for no, blocked in (("CP1", False), ("CP2", False), ("BLOCKED", True)):
        records.insert_campaign(work, no, blocked=blocked)
    records.insert_group(work, "MEET")
    records.insert_contact(work, "C1", **contact)
    records.insert_template(work, "T", **template)


def template_of(work: Work) -> InteractionTemplate:
    return records.stored(work, InteractionTemplate, code="T")


def log_at_once(caller: Work, fields: InteractionFields) -> int | None:
    """What the statement returns if the time zone is remembered."""
    caller.session.info[REMEMBERED] = {TIME_ZONE: caller.time_zone}
    return single_statement.log(caller, fields)


def create_through_draft(work: Work, fields: InteractionFields) -> int | None:
    """The number of the entry; None if it is refused. Without a remembered time zone the statement is not tried."""
    work.session.info.pop(REMEMBERED, None)
    try:
        return interactions.create(work, fields).entry_no
    except (Refused, Forbidden):
        return None


@examples(30, 5_000)
@generated(
    contact=CONTACTS,
    template=TEMPLATES,
    fields=FIELDS,
    fault=st.sampled_from([{}] * len(FAULTS) + FAULTS),
    user=USERS,
    now=NOWS,
)
def test_an_entry_of_one_statement_is_equal_to_the_entry_of_its_draft_r_fin_r_draft_r_corr(
    work: Work,
    contact: dict[str, Any],
    template: dict[str, Any],
    fields: dict[str, Any],
    fault: dict[str, Any],
    user: tuple[tuple[Role, ...], str | None],
    now: dt.datetime,
) -> None:
    savepoint = work.session.begin_nested()
    try:
        insert_records(work, contact | fault.get("contact", {}), template | fault.get("template", {}))
        given = cast(InteractionFields, fields | {name: fault[name] for name in fault if name in INPUT_FIELDS})
        roles, salesperson = user
        caller = records.at_time(records.as_user(work, *roles, salesperson=salesperson), now)

        at_once = log_at_once(caller, given)
        through_draft = create_through_draft(caller, given)
        again = log_at_once(caller, given)

        assert (again is None) == (through_draft is None), "the draft has made the campaign entry, if one was needed"
        if through_draft is not None and again is not None:
            expected = stored(work, through_draft)
            assert stored(work, again) == expected
            assert at_once is not None or expected[0]["campaign_entry_no"] is not None
            assert at_once is None or stored(work, at_once) == expected
    finally:
        savepoint.rollback()
        work.session.expunge_all()
        work.session.info.pop(REMEMBERED, None)


def test_the_statement_inserts_nothing_if_the_interaction_is_refused_k4_k10_k31(work: Work) -> None:
    insert_records(work, {"salesperson_code": "PS"}, {})
    call: dict[str, Any] = {"contact_no": "C1", "template_code": "T", "salesperson_code": "PS"}
    assert log_at_once(records.as_user(work), cast(InteractionFields, call)) is not None
    own = records.as_user(work, Role.SALESPERSON, salesperson="JO")
    assert log_at_once(own, cast(InteractionFields, call | {"salesperson_code": "JO"})) is not None

    assert log_at_once(own, cast(InteractionFields, call)) is None
    assert create_through_draft(own, cast(InteractionFields, call)) is None
    for fault in FAULTS:
        savepoint = work.session.begin_nested()
        for name, row in (("contact", records.stored(work, Contact, no="C1")), ("template", template_of(work))):
            if name in fault:
                records.block(work, row)
        given = cast(InteractionFields, call | {name: fault[name] for name in fault if name in INPUT_FIELDS})
        assert log_at_once(records.as_user(work), given) is None, fault
        assert create_through_draft(records.as_user(work), given) is None, fault
        savepoint.rollback()


def test_date_and_time_follow_a_time_zone_that_was_changed_after_it_was_read_k15(work: Work) -> None:
    records.insert_fixtures(work)
    late = records.at_time(work, dt.datetime(2026, 3, 18, 23, 30, tzinfo=dt.UTC))
    call: InteractionFields = {"contact_no": "C1", "template_code": "VISIT"}
    interactions.create(late, call)
    work.session.info[REMEMBERED] = {TIME_ZONE: "Pacific/Auckland"}

    with recorded_statements(work) as sent:
        entry_no = interactions.create(records.at_time(work, late.now), call).entry_no

    first = "WITH" if is_postgresql(work) else "INSERT"
    assert [statement.split()[0] for statement in sent][:2] == [first, "SELECT"]
    assert stored(work, entry_no)[0]["date"] == late.next_minute.date()
    assert work.session.info[REMEMBERED] == {TIME_ZONE: late.time_zone}


def test_logging_an_interaction_again_executes_one_statement(work: Work) -> None:
    records.insert_fixtures(work)
    interactions.create(work, {"contact_no": "C1", "template_code": "VISIT"})

    with recorded_statements(work) as sent:
        interactions.create(work, {"contact_no": "C1", "template_code": "VISIT"})

    inserting = ["WITH"] if is_postgresql(work) else ["INSERT", "UPDATE", "INSERT"]
    assert [statement.split()[0] for statement in sent] == inserting


def test_the_statement_reads_the_contact_once_and_only_the_salesperson_that_is_given(work: Work) -> None:
    records.insert_fixtures(work)
    call: InteractionFields = {"contact_no": "C1", "template_code": "VISIT"}
    interactions.create(work, call)

    with recorded_statements(work) as sent:
        interactions.create(work, call)
        interactions.create(work, {**call, "salesperson_code": "JO"})

    default, given = (statement for statement in sent if "marketing_setup" in statement)
    assert default.count("FROM contact ") == given.count("FROM contact ") == 1
    assert len(re.findall(r"JOIN salesperson\b", default)) == 2, "the user's own one, and the one of the interaction"
    assert len(re.findall(r"JOIN salesperson\b", given)) == 1
