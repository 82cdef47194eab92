"""Records that another client blocks, unblocks or changes before each single statement of logging a segment (K8, K29)."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, select

from persistence.campaigns import Campaign
from persistence.columns import Table
from persistence.contacts import Contact
from persistence.database import Database
from persistence.salespeople import Salesperson
from persistence.segments import Segment
from persistence.templates import InteractionTemplate
from resolvers.contacts import rules as contacts
from resolvers.errors import Refused
from resolvers.line_warnings import LineWarningCode
from resolvers.segments import rules as segments
from resolvers.segments.logging.logging_plan import OnBlocked
from resolvers.segments.tables import CAMPAIGN_ENTRIES, ENTRIES, SEGMENTS
from resolvers.work import Work
from tests import records
from tests.interleaving import Interleaving
from tests.segment_lines import create_segment, lines_of
from tests.soaking import repetitions

pytestmark = pytest.mark.slow


def update_row(model: type[Any], key: dict[str, Any], **values: Any) -> Callable[[Work], None]:
    """A change of another client that sets values in one row."""

    def change(work: Work) -> None:
        row = records.stored(work, model, **key)
        for name, value in values.items():
            setattr(row, name, value)
        work.session.flush()

    return change


def in_sequence(*changes: Callable[[Work], None]) -> Callable[[Work], None]:
    def change(work: Work) -> None:
        for each in changes:
            each(work)

    return change


@dataclass(frozen=True)
class OtherChange:
    """A change of another client, the blocked and left-out lines before and after it, and the warnings that are left
    out.
    """

    run: Callable[[Work], Any]
    before: tuple[set[int], set[int]]
    after: tuple[set[int], set[int]]
    leave_out: tuple[LineWarningCode, ...] = ()


BLOCK, UNBLOCK = {"blocked": True}, {"blocked": False}
EXCLUDED, SAME_EMAIL, NO_EMAIL = (
    LineWarningCode.EXCLUDED_FROM_SEGMENTS,
    LineWarningCode.SAME_EMAIL,
    LineWarningCode.NO_EMAIL,
)
OTHER_CHANGES = {
    "a contact is blocked": OtherChange(
        update_row(Contact, {"no": "C1"}, privacy_blocked=True), ({4}, set()), ({1, 4}, set())
    ),
    "a template is blocked": OtherChange(
        update_row(InteractionTemplate, {"code": "CALLOUT"}, **BLOCK), ({4}, set()), ({2, 4}, set())
    ),
    "a template is unblocked": OtherChange(
        update_row(InteractionTemplate, {"code": "CALLIN"}, **UNBLOCK), ({4}, set()), (set(), set())
    ),
    "one is unblocked, one blocked": OtherChange(
        in_sequence(
            update_row(InteractionTemplate, {"code": "CALLIN"}, **UNBLOCK),
            update_row(InteractionTemplate, {"code": "CALLOUT"}, **BLOCK),
        ),
        ({4}, set()),
        ({2}, set()),
    ),
    "a salesperson is blocked": OtherChange(
        update_row(Salesperson, {"code": "PS"}, **BLOCK), ({4}, set()), ({2, 4}, set())
    ),
    "a campaign is blocked": OtherChange(update_row(Campaign, {"no": "CP2"}, **BLOCK), ({4}, set()), ({2, 4}, set())),
    "all are blocked": OtherChange(
        in_sequence(
            update_row(InteractionTemplate, {"code": "VISIT"}, **BLOCK),
            update_row(InteractionTemplate, {"code": "CALLOUT"}, **BLOCK),
        ),
        ({4}, set()),
        ({1, 2, 4}, set()),
    ),
    "a contact is anonymized": OtherChange(lambda work: contacts.anonymize(work, "C1"), ({4}, set()), ({1, 4}, set())),
    "a contact opts out": OtherChange(
        update_row(Contact, {"no": "C1"}, exclude_from_segment=True), ({4}, set()), ({4}, {1}), (EXCLUDED,)
    ),
    "a blocked contact opts out": OtherChange(
        update_row(Contact, {"no": "P1"}, exclude_from_segment=True), ({4}, set()), (set(), {4}), (EXCLUDED,)
    ),
    "an address is removed": OtherChange(
        update_row(Contact, {"no": "C1"}, email=None, search_email=None), ({4}, set()), ({4}, {1}), (NO_EMAIL,)
    ),
    "two have one address": OtherChange(
        update_row(Contact, {"no": "C2"}, email="P1@example.com", search_email="p1@example.com"),
        (set(), {2, 4}),
        (set(), {4}),
        (SAME_EMAIL,),
    ),
}


CONTACTS = {1: "C1", 2: "C2", 3: None, 4: "P1"}
CAMPAIGNS = {1: "CP1", 2: "CP2", 4: "CP2"}


def prepare(work: Work, *, retired: bool) -> str:
    """Lines 1 and 2 are ready and have a campaign each, 3 has no contact, 4 may have a blocked template. Earlier rows
    are deleted.
    """
    for table in reversed(Table.metadata.sorted_tables):
        if table.name not in ("number_series", "number_series_line", "marketing_setup", "interaction_entry_counter"):
            work.session.execute(delete(table))
    records.insert_fixtures(work)
    person = records.stored(work, Contact, no="P1")
    person.email, person.search_email = "INFO@example.com", "info@example.com"
    segment = create_segment(work, template_code="VISIT", description="Spring")
    segments.add_lines(
        work,
        segment.no,
        [
            {"contact_no": "C1", "campaign_no": "CP1"},
            {"contact_no": "C2", "template_code": "CALLOUT", "salesperson_code": "PS", "campaign_no": "CP2"},
            {},
            {"contact_no": "P1", "template_code": "CALLIN", "campaign_no": "CP2"},
        ],
    )
    if retired:
        records.block(work, records.stored(work, InteractionTemplate, code="CALLIN"))
    return str(segment.no)


def contacts_on(work: Work, no: str) -> list[Any]:
    return lines_of(work, records.stored(work, Segment, no=no).id, "contact_no")


def outcome(work: Work, no: str, answer: Any) -> dict[str, Any]:
    """The outcome of logging and the rows that exist then. Checks that both agree."""
    entries = work.session.execute(
        select(ENTRIES.c.contact_no, ENTRIES.c.campaign_no, CAMPAIGN_ENTRIES.c.campaign_no)
        .select_from(ENTRIES.outerjoin(CAMPAIGN_ENTRIES, CAMPAIGN_ENTRIES.c.entry_no == ENTRIES.c.campaign_entry_no))
        .order_by(ENTRIES.c.entry_no)
    ).all()
    campaigns = work.session.scalars(select(CAMPAIGN_ENTRIES.c.campaign_no).order_by(CAMPAIGN_ENTRIES.c.entry_no)).all()
    assert [row[1] for row in entries] == [row[2] for row in entries], (
        "each entry has the campaign entry of its campaign"
    )
    assert list(campaigns) == list(dict.fromkeys(row[1] for row in entries)), "one for each campaign on the entries"
    open_id = work.session.scalar(
        select(SEGMENTS.c.id).where(SEGMENTS.c.no == no, SEGMENTS.c.logged_segment_entry_no.is_(None))
    )
    result: Any = answer.detail if isinstance(answer, Refused) else answer
    for line in getattr(result, "blocked_lines", []):
        assert (line.status, bool(line.reasons)) == ("BLOCKED", True)
    shown = {
        "codes": [str(refusal.code) for refusal in answer.refusals] if isinstance(answer, Refused) else [],
        "blocked": {line.line_no for line in getattr(result, "blocked_lines", [])},
        "entries": [row[0] for row in entries],
        "open": lines_of(work, open_id, "line_no") if open_id else [],
    }
    if isinstance(answer, Refused):
        assert entries == []
        assert shown["open"] == [1, 2, 3, 4]
        return shown
    assert result.blocked == len(shown["blocked"])
    assert (result.logged, result.logged + result.skipped + result.blocked) == (len(entries), 4)
    assert result.open_segment_id == open_id
    assert (result.closed_segment_id is None) is (open_id is not None)
    if result.follow_up_segment_id is not None:
        assert lines_of(work, result.follow_up_segment_id, "contact_no") == shown["entries"]
    return shown


def expected(blocked: set[int], left_out: set[int], on_blocked: OnBlocked) -> dict[str, Any]:
    """What `outcome` returns if these lines were blocked and left out from the beginning."""
    ready = sorted({1, 2, 4} - blocked - left_out)
    refused = "LINES_BLOCKED" if blocked and on_blocked is OnBlocked.FAIL else None if ready else "SEGMENT_EMPTY"
    if refused:
        return {"codes": [refused], "blocked": blocked, "entries": [], "open": [1, 2, 3, 4]}
    leaves = on_blocked is OnBlocked.LEAVE_IN_SEGMENT
    return {
        "codes": [],
        "blocked": blocked,
        "entries": [CONTACTS[line] for line in ready],
        "open": sorted(blocked | left_out) if leaves else [],
    }


STALE = {"codes": ["PLAN_STALE"], "blocked": set(), "entries": [], "open": [1, 2, 3, 4]}


@pytest.mark.parametrize("name", list(OTHER_CHANGES))
def test_k29_changes_committed_before_any_statement_of_logging_leave_a_consistent_outcome(
    database: Database, loop: asyncio.AbstractEventLoop, name: str
) -> None:
    """A change before the statement that finds the blocked lines counts, a later one does not. Only a client with a plan
    token gets PLAN_STALE.
    """
    change, interleaving = OTHER_CHANGES[name], Interleaving(database, loop)
    number = list(OTHER_CHANGES).index(name)
    for planned, on_blocked in list(itertools.product((False, True), OnBlocked))[
        number % repetitions(3, 1) :: repetitions(3, 1)
    ]:
        retired = on_blocked is not OnBlocked.FAIL or "unblocked" in name
        begin = interleaving.beginning(partial(prepare, retired=retired))
        choices: dict[str, Any] = {"on_blocked": on_blocked, "create_follow_up": True, "leave_out": change.leave_out}
        log = partial(segments.log, **choices)
        before, after = (
            expected(blocked if retired else blocked - {4}, left_out, on_blocked)
            for blocked, left_out in (change.before, change.after)
        )
        sent = interleaving.statements(partial(log, segment_no=begin()))
        writing = _place_of_decision(sent, on_citus=interleaving.on_citus)
        for place in range(number % repetitions(2, 1), len(sent), repetitions(2, 1)):
            no = begin()
            if planned:
                shown = interleaving.run(partial(segments.preview, segment_no=no, **choices))
                log = partial(segments.log, plan_token=shown.plan_token, **choices)

            late = interleaving.alone or place > writing

            answer = interleaving.between(partial(log, segment_no=no), place, change.run, may_wait=late)

            found = interleaving.run(partial(outcome, no=no, answer=answer))
            assert found == (before if late else STALE if planned else after), (place, sent[place])


def _place_of_decision(sent: Sequence[str], *, on_citus: bool) -> int:
    """The place of the statement that finds the lines that are not logged. It also inserts; on Citus the INSERT that
    comes after it gets them as a list.
    """
    inserted = CAMPAIGN_ENTRIES.name if on_citus else ENTRIES.name
    place = next((place for place, text in enumerate(sent) if inserted in text and "INSERT" in text), len(sent))
    return place - on_citus


@pytest.mark.parametrize("by_number", [True, False])
@pytest.mark.parametrize("change", ["blocked", "excluded", "deleted"])
def test_k29_contacts_blocked_while_contacts_are_added_are_counted_or_refused(
    database: Database, loop: asyncio.AbstractEventLoop, change: str, *, by_number: bool
) -> None:
    """R-ADD-5, K14: the counts agree with what was added, whenever the other change is committed. A contact given by
    number is never skipped without a refusal.
    """
    interleaving = Interleaving(database, loop)
    make = {
        "blocked": update_row(Contact, {"no": "P4"}, privacy_blocked=True),
        "excluded": update_row(Contact, {"no": "P4"}, exclude_from_segment=True),
        "deleted": lambda work: contacts.delete(work, "P4"),
    }[change]

    def with_segment(work: Work) -> str:
        prepare(work, retired=False)
        records.insert_contact(work, "P4", company="C1", salesperson_code="JO")
        return str(create_segment(work, "C1").no)

    source: dict[str, Any] = (
        {"contact_nos": ["P1", "P4", "C2"]}
        if by_number
        else {"matching": lambda rows: rows.c.no.in_(["P1", "P4", "C2"])}
    )
    begin = interleaving.beginning(with_segment)
    add = partial(segments.add_contacts, **source)
    sent = interleaving.statements(partial(add, segment_no=begin()))
    writing = next(place for place, text in enumerate(sent) if "INSERT INTO segment_line" in text)
    for place in range(len(sent)):
        no = begin()

        late = interleaving.alone or place > writing
        answer = interleaving.between(partial(add, segment_no=no), place, make, may_wait=late)

        on_it = set(interleaving.run(partial(contacts_on, no=no))) - {"C1"}
        if isinstance(answer, Refused):
            code = {"blocked": "CONTACT_PRIVACY_BLOCKED", "deleted": "CONTACT_NOT_FOUND"}[change]
            assert [(str(each.code), each.field) for each in answer.refusals] == [(code, ("from", "contact_nos", "1"))]
            assert (by_number, late, on_it) == (True, False, set())
            continue
        assert (answer.added, answer.skipped_existing) == (len(on_it), 0)
        assert on_it == {"P1", "P4", "C2"} if late else {"P1", "C2"}
        if not late:
            assert not by_number or change == "excluded"
            assert (answer.skipped_privacy_blocked, answer.skipped_excluded) == (
                change == "blocked",
                change == "excluded",
            )
            assert answer.matched == (2 if change == "deleted" else 3)
