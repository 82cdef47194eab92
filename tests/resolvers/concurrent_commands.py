"""Commands that change objects of the change feed, and a company in which each of them has something to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from persistence.columns import Table
from persistence.interactions import InteractionLogEntry
from persistence.segments import Segment
from resolvers.campaigns import entries as campaign_entries
from resolvers.contacts import rules as contacts
from resolvers.interactions import rules as interactions
from resolvers.interactions import snoozing
from resolvers.interactions.entries import rules as entries
from resolvers.segments import rules as segments
from resolvers.segments.logging import logged_segments
from resolvers.segments.logging.logging_plan import OnBlocked
from resolvers.templates import groups
from resolvers.templates import rules as templates
from resolvers.work import Work
from tests import records
from tests.segment_lines import create_segment

KEPT = ("number_series", "number_series_line", "marketing_setup", "interaction_entry_counter")
VISIT: Any = {"template_code": "VISIT", "salesperson_code": "JO"}


@dataclass(frozen=True)
class Company:
    """The numbers of what `insert_company` has inserted: interactions, of which the second is canceled; postponed ones;
    an open segment; a logged segment and its logged follow-up; a canceled one, its open and its logged follow-up; a
    segment with a line that cannot be logged; two campaign entries, of which the second is canceled.
    """

    entries: list[int]
    postponed: list[int]
    open: str
    spring: int
    spring_follow_up: int
    old: int
    old_open_follow_up: str
    old_follow_up: int
    partly_blocked: str
    campaign_entry: int
    canceled_campaign_entry: int


Command = Callable[[Work, Company], Any]


def insert_company(work: Work) -> Company:
    """Insert contacts with interactions, postponed ones, open and logged segments, and delete all other records."""
    for table in reversed(Table.metadata.sorted_tables):
        if table.name not in KEPT:
            work.session.execute(table.delete())
    records.insert_fixtures(work)
    for no, company in (("P4", "C2"), ("P5", "C1"), ("P6", "C2")):
        records.insert_contact(work, no, company=company, salesperson_code="PS")
    more: dict[str, Any] = {"campaign_no": "CP1", "comments": ["Call back"]}
    logged = [interactions.create(work, VISIT | {"contact_no": no} | more).entry_no for no in ("P2", "P1", "P2")]
    logged.append(interactions.create(work, VISIT | {"contact_no": "P2"}).entry_no)
    entries.set_canceled(work, canceled=True, entry_nos=[logged[1]])
    second_campaign = _campaign_entry(work, "P2", "CP2")
    campaign_entries.set_canceled(work, second_campaign, canceled=True)
    postponed = [
        interactions.postpone(work, VISIT | {"contact_no": no, "comments": ["Soon"]}, reason="Ill").entry_no
        for no in ("P2", "P1", "P2")
    ]
    fields: Any = {"template_code": "VISIT", "description": "Spring"}
    kept = create_segment(work, "P1", "P2", "P4", **fields).no
    spring = segments.log(work, create_segment(work, "P1", "P2", "P4", **fields).no, create_follow_up=True)
    old = segments.log(work, create_segment(work, "P1", "P2", "C1", **fields).no, create_follow_up=True)
    first, second = (records.stored(work, Segment, id=each.follow_up_segment_id).no for each in (spring, old))
    third = segments.create_follow_up(work, old.logged_segment_entry_no, template_code="VISIT").segment_id
    for no in (first, second):
        segments.update(work, no, {"template_code": "VISIT"})
    follow_ups = [segments.log(work, no).logged_segment_entry_no for no in (first, second)]
    logged_segments.set_canceled(work, old.logged_segment_entry_no, canceled=True)
    assert third is not None
    partly_blocked = create_segment(work, "P1", "P2", **fields).no
    segments.update_lines(work, partly_blocked, [{"matching": _of("P1"), "set": {"template_code": None}}])
    return Company(
        logged,
        postponed,
        kept,
        spring.logged_segment_entry_no,
        follow_ups[0],
        old.logged_segment_entry_no,
        records.stored(work, Segment, id=third).no,
        follow_ups[1],
        partly_blocked,
        _campaign_entry(work, "P1", "CP1"),
        second_campaign,
    )


def _campaign_entry(work: Work, contact_no: str, campaign_no: str) -> int:
    """Log an interaction for a campaign, and return the number of its campaign entry."""
    created = interactions.create(work, VISIT | {"contact_no": contact_no, "campaign_no": campaign_no})
    entry = records.stored(work, InteractionLogEntry, entry_no=created.entry_no)
    assert entry.campaign_entry_no is not None
    return entry.campaign_entry_no


def _of(no: str) -> Callable[[FromClause], ColumnElement[bool]]:
    return lambda rows: rows.c.contact_no == no


def _numbered(numbers: list[int]) -> Callable[[FromClause], ColumnElement[bool]]:
    return lambda rows: rows.c.entry_no.in_(numbers)


COMMANDS: dict[str, Command] = {
    "merge people": lambda work, company: contacts.merge(work, "P1", "P2"),
    "merge people and move": lambda work, company: contacts.merge(work, "P1", "P4", keep_from_merged=["companyNo"]),
    "merge companies": lambda work, company: contacts.merge(work, "C2", "C1"),
    "anonymize a person": lambda work, company: contacts.anonymize(work, "P2"),
    "anonymize a company": lambda work, company: contacts.anonymize(work, "C1"),
    "move a contact": lambda work, company: contacts.update(work, "P5", {"company_no": "C2"}),
    "change a contact": lambda work, company: contacts.update(work, "P2", {"salesperson_code": "JO", "name": "Peter"}),
    "change a company": lambda work, company: contacts.update(
        work, "C1", {"name": "Cannons", "salesperson_code": "PS"}
    ),
    "create a contact": lambda work, company: contacts.create(
        work, {"type": "PERSON", "name": "New", "company_no": "C1"}
    ),
    "delete a contact": lambda work, company: contacts.delete(work, "P6"),
    "create": lambda work, company: interactions.create(work, VISIT | {"contact_no": "P2", "comments": ["New"]}),
    "create for a campaign": lambda work, company: interactions.create(
        work, VISIT | {"contact_no": "P2", "campaign_no": "CP1"}
    ),
    "postpone": lambda work, company: interactions.postpone(work, VISIT | {"contact_no": "P2"}),
    "postpone again": lambda work, company: interactions.postpone(
        work, {"comments": ["Later"]}, entry_no=company.postponed[0]
    ),
    "resume": lambda work, company: interactions.resume(work, company.postponed[0], {"comments": ["Done"]}),
    "delete postponed": lambda work, company: interactions.delete_postponed(work, company.postponed),
    "snooze": lambda work, company: snoozing.snooze(work, days=3, matching=_of("P2")),
    "comment": lambda work, company: entries.comment(work, company.entries[3], ["Called"]),
    "correct a comment": lambda work, company: entries.update_comment(work, company.entries[0], 1, "Called"),
    "delete a comment": lambda work, company: entries.delete_comment(work, company.entries[0], 1),
    "evaluate": lambda work, company: entries.evaluate(work, matching=_of("P2"), evaluation="POSITIVE"),
    "cancel": lambda work, company: entries.set_canceled(work, canceled=True, entry_nos=company.entries),
    "uncancel": lambda work, company: entries.set_canceled(work, canceled=False, entry_nos=company.entries[:2]),
    "delete canceled": lambda work, company: entries.delete_canceled(work, matching=_numbered(company.entries)),
    "cancel a campaign entry": lambda work, company: campaign_entries.set_canceled(
        work, company.campaign_entry, canceled=True
    ),
    "uncancel a campaign entry": lambda work, company: campaign_entries.set_canceled(
        work, company.canceled_campaign_entry, canceled=False
    ),
    "delete campaign entries": lambda work, company: campaign_entries.delete_canceled(
        work, _numbered([company.campaign_entry, company.canceled_campaign_entry])
    ),
    "create a segment": lambda work, company: create_segment(work, "P1", "P2"),
    "change a segment": lambda work, company: segments.update(
        work, company.open, {"description": "New", "salesperson_code": None}
    ),
    "add contacts": lambda work, company: segments.add_contacts(
        work, company.open, contact_nos=["P2"], options=segments.AddingOptions(allow_existing=True)
    ),
    "remove contacts": lambda work, company: segments.remove_contacts(
        work, company.open, matching=lambda rows: rows.c.no == "P2"
    ),
    "change lines": lambda work, company: segments.update_lines(
        work, company.open, [{"matching": _of("P1"), "reset_to_segment": True, "set": {"description": "Lines"}}]
    ),
    "remove lines": lambda work, company: segments.remove_lines(work, company.open, matching=_of("P2")),
    "undo a step": lambda work, company: segments.undo_step(work, company.open),
    "log": lambda work, company: segments.log(work, company.open, create_follow_up=True),
    "log a part": lambda work, company: segments.log(
        work, company.partly_blocked, on_blocked=OnBlocked.LEAVE_IN_SEGMENT
    ),
    "delete a segment": lambda work, company: segments.delete(work, company.open),
    "undo": lambda work, company: segments.undo(work, company.spring, force=True),
    "undo a canceled segment": lambda work, company: segments.undo(work, company.old, force=True),
    "undo a follow-up": lambda work, company: segments.undo(work, company.old_follow_up, force=True),
    "log an open follow-up": lambda work, company: segments.log(work, company.old_open_follow_up),
    "cancel a logged segment": lambda work, company: logged_segments.set_canceled(work, company.spring, canceled=True),
    "uncancel a logged segment": lambda work, company: logged_segments.set_canceled(work, company.old, canceled=False),
    "delete a logged segment": lambda work, company: logged_segments.delete_canceled(work, [company.old]),
    "create a follow-up": lambda work, company: segments.create_follow_up(work, company.old, with_canceled=True),
    "change a template": lambda work, company: templates.update(
        work, "VISIT", {"description": "Visits", "group_code": "MEET"}
    ),
    "change a group": lambda work, company: groups.update(work, "LETTER", {"description": "Letters"}),
}
