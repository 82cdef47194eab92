"""Canceling and changing interactions: stored marks and numbers of statements (R-ENT, R-CAM, R-LSG, K17, K18)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from persistence.campaigns import CampaignEntry
from persistence.interactions import InteractionLogEntry
from persistence.segments import LoggedSegment, Segment
from resolvers.campaigns import entries as campaign_entries
from resolvers.errors import Refused
from resolvers.interactions import snoozing
from resolvers.interactions.entries import rules as entries
from resolvers.interactions.fields import InteractionFields
from resolvers.segments.logging import logged_segments
from resolvers.selections import Matching
from resolvers.work import Work
from tests import records
from tests.conftest import NOW
from tests.refusals import refusal_codes, refusals_of
from tests.statements import recorded_statements, without_ranges

VISIT_CP1 = InteractionFields(contact_no="C1", template_code="VISIT", campaign_no="CP1")


def of_contact(no: str) -> Matching:
    return lambda rows: rows.c.contact_no == no


def of_campaign(no: str) -> Matching:
    return lambda rows: rows.c.campaign_no == no


def insert_logged_segment(work: Work, entries: int, **values: Any) -> LoggedSegment:
    """Insert a logged segment with this many interactions of C1 in one campaign entry, and its closed segment."""
    logged = records.insert(
        work,
        LoggedSegment(
            segment_no="SM1",
            description="Spring",
            creation_date=records.TODAY,
            logged_at=NOW,
            user_id="tester",
            **values,
        ),
    )
    records.insert(work, Segment(id=None, no="SM1", date=records.TODAY, logged_segment_entry_no=logged.entry_no))
    of_segment = records.insert(
        work,
        CampaignEntry(
            campaign_no="CP1",
            description="Spring",
            date=records.TODAY,
            segment_no="SM1",
            user_id="tester",
            logged_segment_entry_no=logged.entry_no,
            canceled=logged.canceled,
        ),
    )
    for _ in range(entries):
        records.insert_entry(
            work,
            contact="C1",
            campaign_no="CP1",
            segment_no="SM1",
            logged_segment_entry_no=logged.entry_no,
            campaign_entry_no=of_segment.entry_no,
            canceled=logged.canceled,
        )
    return logged


def canceled_mark(work: Work, entry_no: int) -> tuple[bool, int | None, bool]:
    """Whether the entry is canceled, with which logged segment, and whether it counts as changed since it was logged."""
    row = records.stored(work, InteractionLogEntry, entry_no=entry_no)
    return row.canceled, row.canceled_with, row.changed_at is not None


def test_an_entry_remembers_the_logged_segment_with_which_it_was_canceled_k17(work: Work) -> None:
    records.insert_fixtures(work)
    logged = insert_logged_segment(work, 2)
    first, second = (row.entry_no for row in work.session.exec(select(InteractionLogEntry)))
    entries.set_canceled(work, canceled=True, entry_nos=[first])

    logged_segments.set_canceled(work, logged.entry_no or 0, canceled=True)
    assert (canceled_mark(work, first), canceled_mark(work, second)) == (
        (True, None, False),
        (True, logged.entry_no, False),
    )
    logged_segments.set_canceled(work, logged.entry_no or 0, canceled=False)

    assert (canceled_mark(work, first), canceled_mark(work, second)) == ((True, None, False), (False, None, False))


def test_evaluating_commenting_and_un_canceling_count_as_changes_since_logging_k18(work: Work) -> None:
    records.insert_fixtures(work)
    evaluated, commented, uncanceled, by_campaign, untouched = (
        records.insert_entry(work, contact="C1").entry_no for _ in range(5)
    )
    shared = records.insert(
        work, CampaignEntry(campaign_no="CP1", description="x", date=records.TODAY, user_id="tester", canceled=True)
    )
    row = records.stored(work, InteractionLogEntry, entry_no=by_campaign)
    row.campaign_entry_no, row.canceled = shared.entry_no, True
    work.session.flush()

    entries.evaluate(work, evaluation="NEUTRAL", entry_nos=[evaluated])
    entries.evaluate(work, evaluation=None, entry_nos=[untouched])
    entries.comment(work, commented, ["Said"])
    entries.comment(work, untouched, ["  "])
    for canceled in (True, False):
        entries.set_canceled(work, canceled=canceled, entry_nos=[uncanceled])
    entries.set_canceled(work, canceled=True, entry_nos=[untouched])
    campaign_entries.set_canceled(work, shared.entry_no or 0, canceled=False)

    changed = [
        canceled_mark(work, entry_no)[2] for entry_no in (evaluated, commented, uncanceled, by_campaign, untouched)
    ]
    assert changed == [True, True, True, True, False]


def test_refused_un_canceling_names_each_canceled_owner_with_its_entries_r_ent_4(work: Work) -> None:
    records.insert_fixtures(work)
    logged = [insert_logged_segment(work, 2, canceled=True) for _ in range(2)]

    with pytest.raises(Refused) as caught:
        entries.set_canceled(work, canceled=False, matching=of_contact("C1"))

    result = [(str(refusal.code), refusal.facts["no"]) for refusal in caught.value.refusals]
    of_segments = [("LOGGED_SEGMENT_CANCELED", each.entry_no) for each in logged]
    assert result[:2] == of_segments
    assert [code for code, _ in result[2:]] == ["CAMPAIGN_ENTRY_CANCELED"] * 2
    assert refusals_of(entries.set_canceled, work, canceled=False, matching=of_contact("C1"))[0][1] == (
        "interactions",
        "filter",
    )


COMMANDS: dict[str, Callable[[Work], Any]] = {
    "evaluate": lambda work: entries.evaluate(work, evaluation="NEUTRAL", matching=of_contact("C1")),
    "cancel": lambda work: entries.set_canceled(work, canceled=True, matching=of_contact("C1")),
    "uncancel": lambda work: entries.set_canceled(work, canceled=False, matching=of_contact("C2")),
    "delete": lambda work: entries.delete_canceled(work, of_contact("C2")),
    "delete, dry": lambda work: entries.delete_canceled(work, of_contact("C2"), dry_run=True),
    "comment": lambda work: entries.comment(work, newest_entry(work), ["One", "Two"]),
    "cancel a campaign entry": lambda work: campaign_entries.set_canceled(
        work, first_campaign_entry(work), canceled=True
    ),
    "delete campaign entries": lambda work: campaign_entries.delete_canceled(work, of_campaign("CP2")),
    "cancel a logged segment": lambda work: logged_segments.set_canceled(
        work, newest_logged_segment(work), canceled=True
    ),
    "delete a logged segment": lambda work: _deleted(work),
    "snooze": lambda work: snoozing.snooze(work, days=1, matching=of_contact("C1")),
}
STATEMENTS = {
    "evaluate": 3,
    "cancel": 3,
    "uncancel": 5,
    "delete": 3,
    "delete, dry": 1,
    "comment": 3,
    "cancel a campaign entry": 5,
    "delete campaign entries": 8,
    "cancel a logged segment": 6,
    "delete a logged segment": 17,
    "snooze": 3,
}


def newest_entry(work: Work) -> int:
    return work.session.exec(select(InteractionLogEntry.entry_no)).all()[-1]


def first_campaign_entry(work: Work) -> int:
    return work.session.exec(select(CampaignEntry.entry_no).where(CampaignEntry.campaign_no == "CP1")).all()[0] or 0


def newest_logged_segment(work: Work) -> int:
    return work.session.exec(select(LoggedSegment.entry_no)).all()[-1] or 0


def _deleted(work: Work) -> Any:
    deleted = work.session.exec(select(LoggedSegment.entry_no).where(LoggedSegment.canceled)).all()
    return logged_segments.delete_canceled(work, [entry_no or 0 for entry_no in deleted])


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_executes_the_same_number_of_statements_for_any_number_of_entries(
    work: Work, command: str
) -> None:
    records.insert_fixtures(work)
    looked_up = (
        1
        if command in {"comment", "cancel a campaign entry", "cancel a logged segment", "delete a logged segment"}
        else 0
    )
    assert work.time_zone
    sent = []
    for size in (1, 25):
        for _ in range(size):
            insert_logged_segment(work, 1, canceled=True)
            records.insert_entry(work, contact="C2", canceled=True)
            records.insert_postponed_interaction(work, contact="C1")
        insert_logged_segment(work, size)
        with recorded_statements(work) as statements:
            COMMANDS[command](work)
        sent.append(len(without_ranges(statements)) - looked_up)

    assert sent == [STATEMENTS[command]] * 2


def test_logged_segments_are_deleted_only_if_all_of_them_are_canceled_r_lsg_2(work: Work) -> None:
    records.insert_fixtures(work)
    canceled, live = insert_logged_segment(work, 1, canceled=True), insert_logged_segment(work, 1)

    variables = [canceled.entry_no or 0, live.entry_no or 0]
    assert refusals_of(logged_segments.delete_canceled, work, variables) == [("NOT_CANCELED", ("entry_nos", "1"))]
    assert refusal_codes(logged_segments.delete_canceled, work, [4711, *variables]) == ["NOT_FOUND", "NOT_CANCELED"]
    assert logged_segments.delete_canceled(work, variables[:1]).entry_nos == variables[:1]
