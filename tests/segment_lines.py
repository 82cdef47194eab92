"""Creates segments and reads their lines: `lines_of(work, created.segment_id, "contact_no", "cost")`."""

from typing import Any

from sqlalchemy import insert, select

from persistence.contacts import Contact
from persistence.segments import LoggedSegment, Segment
from resolvers.segments import rules as segments
from resolvers.segments.lines.customized_fields import FIELD_BITS
from resolvers.segments.tables import CONTACTS, LINES
from resolvers.work import Work
from tests import records


def create_segment(work: Work, *contacts: str, **fields: Any) -> Segment:
    """A new segment with these contacts, created by the rules."""
    made = segments.create(work, fields, contact_nos=list(contacts))  # type: ignore[arg-type]  # fields by their names
    return records.stored(work, Segment, id=made.segment_id)


def create_ready_segment(work: Work) -> Segment:
    """A new segment with one line, which can be logged."""
    return create_segment(work, "C1", template_code="VISIT", description="Spring")


def lines_of(work: Work, segment_id: int | None, *names: str) -> list[Any]:
    """These columns of the lines in line order: tuples, or single values for one name."""
    statement = (
        select(*(LINES.c[name] for name in names)).where(LINES.c.segment_id == segment_id).order_by(LINES.c.line_no)
    )
    work.session.flush()
    rows = work.session.execute(statement).all()
    return [row[0] if len(names) == 1 else tuple(row) for row in rows]


def customized_fields(work: Work, segment_id: int | None) -> list[list[str]]:
    """The customized fields of each line (K11)."""
    return [
        [name for name, bit in FIELD_BITS.items() if bit & customized]
        for customized in lines_of(work, segment_id, "customized")
    ]


def insert_contacts(work: Work, count: int) -> list[str]:
    """Insert this many contacts of JO and return their numbers."""
    rows: list[dict[str, Any]] = [
        {
            "no": f"X{count}-{number:04}",
            "version": 1,
            "type": "PERSON",
            "name": f"Number {number}",
            "search_name": f"number {number}",
            "salesperson_code": "JO",
            "email": "a@example.com",
            "exclude_from_segment": False,
            "privacy_blocked": False,
        }
        for number in range(count)
    ]
    work.session.execute(insert(CONTACTS), rows)
    return [row["no"] for row in rows]


def insert_line_of_contact(work: Work, contact_no: str, *, logged: bool = False) -> None:
    """Insert a line for the contact, on an open segment or, with `logged`, on the closed segment of a logged segment
    (K7).
    """
    entry_no = None
    if logged:
        values: dict[str, Any] = {"segment_no": "SM1", "description": "Done", "creation_date": records.TODAY}
        entry_no = records.insert(work, LoggedSegment(**values, logged_at=work.now, user_id="tester")).entry_no
    segment = records.insert(work, Segment(no="SM1", date=records.TODAY, logged_segment_entry_no=entry_no))
    company_no = records.stored(work, Contact, no=contact_no).company_no
    records.insert_line(work, segment, contact_no=contact_no, company_no=company_no)
