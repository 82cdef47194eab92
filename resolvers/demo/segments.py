"""Open segments of the demo company: ready, with a bad line, empty, enormous, and a follow-up."""

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, func, insert, literal, select, update

from persistence.columns import Money
from persistence.enums import ContactType, SegmentStepAction
from persistence.interactions import InteractionLogEntry
from persistence.segments import Segment, SegmentLine
from persistence.templates import InteractionTemplate
from resolvers.demo.bulk import fill_few, table
from resolvers.demo.company import ANOUK, GONE, KIND, MATHIEU, SOLENE, Push
from resolvers.demo.mailings import Mailing, header
from resolvers.demo.people import Someone
from resolvers.segments import steps
from resolvers.segments.customized_fields import FIELD_BITS
from resolvers.segments.deriving import new_line
from resolvers.segments.follow_up import default_description
from resolvers.segments.steps import Criteria
from resolvers.segments.tables import CONTACTS
from resolvers.work import Work

ENORMOUS = 50_000
DEARER = Decimal("25.00")


def store(
    work: Work, random: Random, today: dt.date, everybody: list[Someone], mailings: list[Mailing], pushes: list[Push]
) -> list[str]:
    """Insert them, numbered after the logged ones, and answer their numbers.

    Lines are derived as the rules do it (R-LIN-1), and what put them there is a step of the segment (R-ADD-7).
    """
    push = max((push for push in pushes if push.starts <= today), key=lambda push: push.starts)
    followed = max((mailing for mailing in mailings if mailing.push), key=lambda mailing: mailing.day)
    nos = [f"SM{place:05}" for place in range(len(mailings) + 1, len(mailings) + 6)]
    soon = today + dt.timedelta(days=7)
    ready, bad, _, enormous, follow_up = fill_few(
        work,
        [
            header(work, nos[0], today, KIND["CALLOUT"], f"Appels\u00a0: {push.description}", MATHIEU, push),
            header(work, nos[1], soon, KIND["INVITE"], "Soirée portes ouvertes à Nantes", None, push),
            header(work, nos[2], soon, KIND["LETTER"], "Cafés et hôtels de Bretagne", SOLENE, None),
            header(work, nos[3], soon, KIND["CATALOG"], "Nouveau catalogue, envoi à toute la clientèle", ANOUK, None),
            header(
                work,
                nos[4],
                today,
                None,
                work.text(default_description(followed.no)),
                None,
                followed.push,
                follow_up_of=followed.entry_no,
            ),
        ],
    )
    usable = [someone for someone in everybody if _usable(someone)]
    _add_lines(work, ready, _chosen(random.sample([one for one in usable if one.kept_by == MATHIEU.code], 24)))
    blocked = next(someone for someone in everybody if someone.row["privacy_blocked"])
    _add_lines(work, bad, _chosen([*random.sample(usable, 119), blocked]))
    _customize(work, bad)
    again_and_again = _everybody_again_and_again(rounds=-(-ENORMOUS // sum(map(_writable, everybody))))
    _add_lines(work, enormous, again_and_again, Criteria(SegmentStepAction.ADD, allow_existing_contacts=True))
    _add_lines(work, follow_up, _contacts_of(followed), steps.follow_up_criteria(followed.entry_no))
    _count_lines(work)
    return nos


def _usable(someone: Someone) -> bool:
    """A person whom nothing keeps from getting an interaction."""
    return (
        _writable(someone)
        and someone.row["type"] == ContactType.PERSON
        and someone.kept_by != GONE.code
        and someone.row["email"] is not None
    )


def _writable(someone: Someone) -> bool:
    return not (someone.row["privacy_blocked"] or someone.row["exclude_from_segment"])


def _chosen(people: list[Someone]) -> FromClause:
    """These contacts, in the order of companies and names (R-ADD-6)."""
    return _in_order(select(CONTACTS).where(CONTACTS.c.no.in_([someone.no for someone in people])))


def _everybody_again_and_again(*, rounds: int) -> FromClause:
    """Everybody who may be written to, one time after the other: a contact may stand on several lines (R-LIN-6)."""
    first = select(literal(1, Integer).label("n")).cte("rounds", recursive=True)
    numbered = first.union_all(select(first.c.n + 1).where(first.c.n < rounds))
    writable = CONTACTS.c.privacy_blocked.is_(False) & CONTACTS.c.exclude_from_segment.is_(False)
    return _in_order(select(CONTACTS).join(numbered, writable), numbered.c.n)


def _contacts_of(mailing: Mailing) -> FromClause:
    """The contacts of a logged segment, one for each of its entries (R-LOG-11)."""
    entry = table(InteractionLogEntry)
    logged = (entry.c.logged_segment_entry_no == mailing.entry_no) & (entry.c.contact_no == CONTACTS.c.no)
    return _in_order(select(CONTACTS).join(entry, logged), entry.c.entry_no)


def _in_order(people: Select[Any], *first: ColumnElement[Any]) -> FromClause:
    by = [CONTACTS.c[name] for name in ("search_company_name", "company_no", "type", "search_name", "no")]
    place = func.row_number().over(order_by=[*first, *by])
    return people.add_columns(place.label("place")).subquery("people")


def _add_lines(work: Work, segment_id: int, people: FromClause, criteria: Criteria | None = None) -> None:
    """Put these people on a segment as one step of it: by number, unless criteria say how they were found."""
    segment, template = table(Segment), table(InteractionTemplate)
    line = new_line(dict(segment.c), dict(template.c), dict(people.c)) | {
        "segment_id": segment.c.id,
        "line_no": people.c.place,
        "contact_no": people.c.no,
    }
    source = people.join(segment, segment.c.id == segment_id).outerjoin(
        template, template.c.code == segment.c.template_code
    )
    lines = select(*line.values()).select_from(source).where(people.c.place <= ENORMOUS)
    work.session.execute(insert(table(SegmentLine)).from_select(list(line), lines))
    steps.record_added(work, work.session.get_one(Segment, segment_id), criteria)


def _customize(work: Work, segment_id: int) -> None:
    """Three lines cost more than the segment says (K11)."""
    line = table(SegmentLine)
    first_three = (line.c.segment_id == segment_id) & (line.c.line_no <= 3)
    work.session.execute(
        update(line).where(first_three).values(cost=literal(DEARER, Money()), customized=FIELD_BITS["cost"])
    )


def _count_lines(work: Work) -> None:
    """The highest number ever given on each segment (K24)."""
    segment, line = table(Segment), table(SegmentLine)
    highest = (
        select(func.coalesce(func.max(line.c.line_no), 0)).where(line.c.segment_id == segment.c.id).scalar_subquery()
    )
    work.session.execute(update(segment).values(last_line_no=highest))
