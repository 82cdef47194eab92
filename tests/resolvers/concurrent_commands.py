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
from resolvers.segments import logged_segments
from resolvers.segments import rules as segments
from resolvers.segments.logging_plan import OnBlocked
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
    "merge people": lambda work, it: contacts.merge(work, "P1", "P2"),
    "merge people and move": lambda work, it: contacts.merge(work, "P1", "P4", keep_from_merged=["companyNo"]),
    "merge companies": lambda work, it: contacts.merge(work, "C2", "C1"),
    "anonymize a person": lambda work, it: contacts.anonymize(work, "P2"),
    "anonymize a company": lambda work, it: contacts.anonymize(work, "C1"),
    "move a contact": lambda work, it: contacts.update(work, "P5", {"company_no": "C2"}),
    "change a contact": lambda work, it: contacts.update(work, "P2", {"salesperson_code": "JO", "name": "Peter"}),
    "change a company": lambda work, it: contacts.update(work, "C1", {"name": "Cannons", "salesperson_code": "PS"}),
    "create a contact": lambda work, it: contacts.create(work, {"type": "PERSON", "name": "New", "company_no": "C1"}),
    "delete a contact": lambda work, it: contacts.delete(work, "P6"),
    "create": lambda work, it: interactions.create(work, VISIT | {"contact_no": "P2", "comments": ["New"]}),
    "create for a campaign": lambda work, it: interactions.create(
        work, VISIT | {"contact_no": "P2", "campaign_no": "CP1"}
    ),
    "postpone": lambda work, it: interactions.postpone(work, VISIT | {"contact_no": "P2"}),
    "postpone again": lambda work, it: interactions.postpone(work, {"comments": ["Later"]}, entry_no=it.postponed[0]),
    "resume": lambda work, it: interactions.resume(work, it.postponed[0], {"comments": ["Done"]}),
    "delete postponed": lambda work, it: interactions.delete_postponed(work, it.postponed),
    "snooze": lambda work, it: snoozing.snooze(work, days=3, matching=_of("P2")),
    "comment": lambda work, it: entries.comment(work, it.entries[3], ["Called"]),
    "correct a comment": lambda work, it: entries.update_comment(work, it.entries[0], 1, "Called"),
    "delete a comment": lambda work, it: entries.delete_comment(work, it.entries[0], 1),
    "evaluate": lambda work, it: entries.evaluate(work, matching=_of("P2"), evaluation="POSITIVE"),
    "cancel": lambda work, it: entries.set_canceled(work, canceled=True, entry_nos=it.entries),
    "uncancel": lambda work, it: entries.set_canceled(work, canceled=False, entry_nos=it.entries[:2]),
    "delete canceled": lambda work, it: entries.delete_canceled(work, matching=_numbered(it.entries)),
    "cancel a campaign entry": lambda work, it: campaign_entries.set_canceled(work, it.campaign_entry, canceled=True),
    "uncancel a campaign entry": lambda work, it: campaign_entries.set_canceled(
        work, it.canceled_campaign_entry, canceled=False
    ),
    "delete campaign entries": lambda work, it: campaign_entries.delete_canceled(
        work, _numbered([it.campaign_entry, it.canceled_campaign_entry])
    ),
    "create a segment": lambda work, it: create_segment(work, "P1", "P2"),
    "change a segment": lambda work, it: segments.update(
        work, it.open, {"description": "New", "salesperson_code": None}
    ),
    "add contacts": lambda work, it: segments.add_contacts(work, it.open, contact_nos=["P2"], allow_existing=True),
    "remove contacts": lambda work, it: segments.remove_contacts(
        work, it.open, matching=lambda rows: rows.c.no == "P2"
    ),
    "change lines": lambda work, it: segments.update_lines(
        work, it.open, [{"matching": _of("P1"), "reset_to_segment": True, "set": {"description": "Lines"}}]
    ),
    "remove lines": lambda work, it: segments.remove_lines(work, it.open, matching=_of("P2")),
    "undo a step": lambda work, it: segments.undo_step(work, it.open),
    "log": lambda work, it: segments.log(work, it.open, create_follow_up=True),
    "log a part": lambda work, it: segments.log(work, it.partly_blocked, on_blocked=OnBlocked.LEAVE_IN_SEGMENT),
    "delete a segment": lambda work, it: segments.delete(work, it.open),
    "undo": lambda work, it: segments.undo(work, it.spring, force=True),
    "undo a canceled segment": lambda work, it: segments.undo(work, it.old, force=True),
    "undo a follow-up": lambda work, it: segments.undo(work, it.old_follow_up, force=True),
    "log an open follow-up": lambda work, it: segments.log(work, it.old_open_follow_up),
    "cancel a logged segment": lambda work, it: logged_segments.set_canceled(work, it.spring, canceled=True),
    "uncancel a logged segment": lambda work, it: logged_segments.set_canceled(work, it.old, canceled=False),
    "delete a logged segment": lambda work, it: logged_segments.delete_canceled(work, [it.old]),
    "create a follow-up": lambda work, it: segments.create_follow_up(work, it.old, with_canceled=True),
    "change a template": lambda work, it: templates.update(
        work, "VISIT", {"description": "Visits", "group_code": "MEET"}
    ),
    "change a group": lambda work, it: groups.update(work, "LETTER", {"description": "Letters"}),
}
