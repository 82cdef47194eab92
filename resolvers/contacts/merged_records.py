"""The records that name a contact which is merged into another: they get the number of the other (K28).

Each function executes the same number of statements for one record as for a million. `REFERENCES` are all columns that
name a contact.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, or_, select, true, union, update
from sqlalchemy import Table as SqlTable

from persistence.columns import table_of
from persistence.conditions import among
from persistence.interactions import PostponedInteraction
from resolvers import change_feed
from resolvers.segments.renamed_contacts import rename_contact
from resolvers.segments.tables import ENTRIES, LINES, SEGMENTS, STEP_LINES
from resolvers.work import Work

POSTPONED = table_of(PostponedInteraction)
REFERENCES = {
    ENTRIES: ("contact_no", "company_no"),
    POSTPONED: ("contact_no", "company_no"),
    LINES: ("contact_no", "company_no"),
    STEP_LINES: ("contact_no",),
}
"""The columns with numbers of contacts outside of the contacts and what is stored about them."""


class Cards(NamedTuple):
    """The number of the contact that stays, that of the merged one, and whether both are companies."""

    no: str
    merged_no: str
    are_companies: bool

    @property
    def numbers(self) -> tuple[str, str]:
        """Both numbers."""
        return self.no, self.merged_no


class Moved(NamedTuple):
    """How many interactions, postponed interactions and lines of segments named the merged contact."""

    entries: int
    postponed: int
    lines: int


def count(work: Work, cards: Cards) -> Moved:
    """What `move` would move."""
    counts = [
        select(func.count()).select_from(rows).where(_name_it(cards, rows)).scalar_subquery()
        for rows in (ENTRIES, POSTPONED, LINES)
    ]
    return Moved(*work.session.execute(select(*counts)).one())


def lock(work: Work, cards: Cards) -> set[int]:
    """Lock the postponed interactions that name the merged contact, and the open segments whose lines or steps name it,
    until the transaction ends. Returns the ids of these segments.
    """
    postponed = select(POSTPONED.c.entry_no).where(_name_it(cards, POSTPONED))
    work.session.execute(postponed.order_by(POSTPONED.c.entry_no).with_for_update()).all()
    segments = _open_segments(cards).order_by(SEGMENTS.c.id).with_for_update(of=SEGMENTS)
    return set(work.session.scalars(segments))


def open_segments(work: Work, cards: Cards) -> set[int]:
    """The ids of the open segments whose lines or steps name the merged contact."""
    return set(work.session.scalars(_open_segments(cards)))


def move(work: Work, cards: Cards, *, company_no: str | None, salesperson_code: str | None) -> Moved:
    """Let the records name the contact that stays, which has this company and salesperson from now on.

    Interactions of the log and lines of logged segments keep the company that they had, unless it is the merged one:
    they are history. The caller has locked the contacts.
    """
    segments = open_segments(work, cards)
    of_contact = ENTRIES.c.contact_no == cards.merged_no
    repeated = case((of_contact, salesperson_code), else_=ENTRIES.c.contact_salesperson_code)
    entries = _rename(work, cards, ENTRIES, contact_salesperson_code=repeated)
    postponed = _rename(work, cards, POSTPONED, version=POSTPONED.c.version + 1)
    lines = _rename(work, cards, LINES)
    _rename(work, cards, STEP_LINES)
    if not cards.are_companies:
        for rows in (POSTPONED, LINES):
            differs = rows.c.company_no.is_distinct_from(company_no)
            others = (rows.c.contact_no == cards.no, differs, _is_told(rows))
            change_feed.record(work, change_feed.UPDATED, rows, *others)
            work.write(update(rows).where(*others).values(company_no=company_no))
    changed = among(SEGMENTS.c.id, sorted(segments))
    change_feed.record(work, change_feed.UPDATED, SEGMENTS, changed)
    work.write(update(SEGMENTS).where(changed).values(version=SEGMENTS.c.version + 1))
    rename_contact(work, cards.merged_no, cards.no)
    return Moved(entries, postponed, lines)


def _rename(work: Work, cards: Cards, rows: SqlTable, **values: object) -> int:
    """Replace the number of the merged contact in a table, and return the number of rows."""
    if rows is not STEP_LINES:
        change_feed.record(work, change_feed.UPDATED, rows, _name_it(cards, rows), _is_told(rows))
    new = {column.name: case((column == cards.merged_no, cards.no), else_=column) for column in _columns(cards, rows)}
    return work.write(update(rows).where(_name_it(cards, rows)).values({**new, **values}))


def _is_told(rows: SqlTable) -> ColumnElement[bool]:
    """Whether the change feed tells changes of a row: those of lines only while their segment is open."""
    if rows is not LINES:
        return true()
    return LINES.c.segment_id.in_(select(SEGMENTS.c.id).where(SEGMENTS.c.logged_segment_entry_no.is_(None)))


def _name_it(cards: Cards, rows: SqlTable) -> ColumnElement[bool]:
    """Whether a row names the merged contact."""
    return or_(*(column == cards.merged_no for column in _columns(cards, rows)))


def _columns(cards: Cards, rows: SqlTable) -> Iterator[ColumnElement[str]]:
    """The columns in which the number of the merged contact may be. That of a person is in no column of companies."""
    return (rows.c[name] for name in REFERENCES[rows] if name == "contact_no" or cards.are_companies)


def _open_segments(cards: Cards) -> Select[int]:
    named = union(*(select(rows.c.segment_id).where(_name_it(cards, rows)) for rows in (LINES, STEP_LINES))).subquery(
        "named"
    )
    return select(SEGMENTS.c.id).where(
        SEGMENTS.c.logged_segment_entry_no.is_(None), SEGMENTS.c.id.in_(select(named.c.segment_id))
    )
