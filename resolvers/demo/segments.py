"""Generates open segments: one ready to log, one with a blocked line, an empty one, a large one, and a follow-up."""

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, func, insert, literal, select, update

from persistence.columns import Money, table_of
from persistence.enums import ContactType, SegmentStepAction
from persistence.interactions import InteractionLogEntry
from persistence.segments import Segment, SegmentLine
from persistence.templates import InteractionTemplate
from resolvers.demo.bulk import insert_returning_keys
from resolvers.demo.company import ANOUK, FORMER, MATHIEU, SOLENE, TEMPLATE_BY_CODE, DemoCampaign
from resolvers.demo.mailings import Mailing, header
from resolvers.demo.people import DemoContact
from resolvers.segments import steps
from resolvers.segments.lines.customized_fields import FIELD_BITS
from resolvers.segments.lines.deriving import new_line
from resolvers.segments.logging.follow_up import default_description
from resolvers.segments.steps import Criteria
from resolvers.segments.tables import CONTACTS
from resolvers.work import Work

LARGE_SIZE = 50_000
HIGHER_COST = Decimal("25.00")


def insert_segments(
    work: Work,
    random: Random,
    today: dt.date,
    contacts: list[DemoContact],
    mailings: list[Mailing],
    campaigns: list[DemoCampaign],
) -> list[str]:
    """Insert the segments, numbered after the logged ones. Returns their numbers.

    Lines are derived as in a real segment (R-LIN-1), and each segment has the step that added its lines (R-ADD-7).
    """
    campaign = max(
        (campaign for campaign in campaigns if campaign.starting_date <= today),
        key=lambda campaign: campaign.starting_date,
    )
    followed = max((mailing for mailing in mailings if mailing.campaign), key=lambda mailing: mailing.day)
    nos = [f"SM{place:05}" for place in range(len(mailings) + 1, len(mailings) + 6)]
    headers = _headers(work, nos, today, campaign, followed)
    ready, blocked, _, large, follow_up = insert_returning_keys(work, headers)
    usable = [contact for contact in contacts if _usable(contact)]
    _add_lines(
        work,
        ready,
        _contacts_by_number(random.sample([one for one in usable if one.salesperson_code == MATHIEU.code], 24)),
    )
    blocked_contact = next(contact for contact in contacts if contact.row["privacy_blocked"])
    _add_lines(work, blocked, _contacts_by_number([*random.sample(usable, 119), blocked_contact]))
    _customize(work, blocked)
    repeated = _repeated_contacts(rounds=-(-LARGE_SIZE // sum(map(_may_be_mailed, contacts))))
    _add_lines(work, large, repeated, Criteria(SegmentStepAction.ADD, allow_existing_contacts=True))
    _add_lines(work, follow_up, _contacts_of(followed), steps.follow_up_criteria(followed.entry_no))
    _count_lines(work)
    return nos


def _headers(work: Work, nos: list[str], today: dt.date, campaign: DemoCampaign, followed: Mailing) -> list[Segment]:
    """The segments without their lines: the last one follows up a mailing."""
    soon = today + dt.timedelta(days=7)
    return [
        header(
            work, nos[0], today, TEMPLATE_BY_CODE["CALLOUT"], f"Appels\u00a0: {campaign.description}", MATHIEU, campaign
        ),
        header(work, nos[1], soon, TEMPLATE_BY_CODE["INVITE"], "Soirée portes ouvertes à Nantes", None, campaign),
        header(work, nos[2], soon, TEMPLATE_BY_CODE["LETTER"], "Cafés et hôtels de Bretagne", SOLENE, None),
        header(
            work,
            nos[3],
            soon,
            TEMPLATE_BY_CODE["CATALOG"],
            "Nouveau catalogue, envoi à toute la clientèle",
            ANOUK,
            None,
        ),
        header(
            work,
            nos[4],
            today,
            None,
            work.text(default_description(followed.no)),
            None,
            followed.campaign,
            follow_up_of=followed.entry_no,
        ),
    ]


def _usable(contact: DemoContact) -> bool:
    """Whether an interaction with the contact can be logged and the contact has an e-mail address."""
    return (
        _may_be_mailed(contact)
        and contact.row["type"] == ContactType.PERSON
        and contact.salesperson_code != FORMER.code
        and contact.row["email"] is not None
    )


def _may_be_mailed(contact: DemoContact) -> bool:
    return not (contact.row["privacy_blocked"] or contact.row["exclude_from_segment"])


def _contacts_by_number(people: list[DemoContact]) -> FromClause:
    """These contacts in the order of segment lines: by company and name (R-ADD-6)."""
    return _in_order(select(CONTACTS).where(CONTACTS.c.no.in_([contact.no for contact in people])))


def _repeated_contacts(*, rounds: int) -> FromClause:
    """All contacts that may be mailed, several times: a contact may be on several lines (R-LIN-6)."""
    first = select(literal(1, Integer).label("n")).cte("rounds", recursive=True, nesting=True)
    numbered = first.union_all(select(first.c.n + 1).where(first.c.n < rounds))
    writable = CONTACTS.c.privacy_blocked.is_(False) & CONTACTS.c.exclude_from_segment.is_(False)
    return _in_order(select(CONTACTS).join(numbered, writable), numbered.c.n)


def _contacts_of(mailing: Mailing) -> FromClause:
    """The contacts of the entries of a logged segment, one row for each entry (R-LOG-11)."""
    entry = table_of(InteractionLogEntry)
    logged = (entry.c.logged_segment_entry_no == mailing.entry_no) & (entry.c.contact_no == CONTACTS.c.no)
    return _in_order(select(CONTACTS).join(entry, logged), entry.c.entry_no)


def _in_order(people: Select[Any], *first: ColumnElement[Any]) -> FromClause:
    by = [CONTACTS.c[name] for name in ("search_company_name", "company_no", "type", "search_name", "no")]
    place = func.row_number().over(order_by=[*first, *by])
    return people.add_columns(place.label("place")).subquery("people")


def _add_lines(work: Work, segment_id: int, people: FromClause, criteria: Criteria | None = None) -> None:
    """Add these contacts to a segment as one step; without criteria they were added by number."""
    segment, template_table = table_of(Segment), table_of(InteractionTemplate)
    line = new_line(dict(segment.c), dict(template_table.c), dict(people.c)) | {
        "segment_id": segment.c.id,
        "line_no": people.c.place,
        "contact_no": people.c.no,
    }
    source = people.join(segment, segment.c.id == segment_id).outerjoin(
        template_table, template_table.c.code == segment.c.template_code
    )
    lines = select(*line.values()).select_from(source).where(people.c.place <= LARGE_SIZE)
    work.session.execute(insert(table_of(SegmentLine)).from_select(list(line), lines))
    steps.record_added(work, work.session.get_one(Segment, segment_id), criteria)


def _customize(work: Work, segment_id: int) -> None:
    """Customize the cost of three lines (K11)."""
    line = table_of(SegmentLine)
    first_three = (line.c.segment_id == segment_id) & (line.c.line_no <= 3)
    work.session.execute(
        update(line).where(first_three).values(cost=literal(HIGHER_COST, Money()), customized=FIELD_BITS["cost"])
    )


def _count_lines(work: Work) -> None:
    """Set the last line number of each segment (K24)."""
    segment, line = table_of(Segment), table_of(SegmentLine)
    highest = (
        select(func.coalesce(func.max(line.c.line_no), 0)).where(line.c.segment_id == segment.c.id).scalar_subquery()
    )
    work.session.execute(update(segment).values(last_line_no=highest))
