"""The records that name a contact which is merged into another: they get the number of the other (K28).

Each function executes the same number of statements for one record as for a million. `REFERENCES` are all columns that
name a contact.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true, union, update
from sqlalchemy import Table as SqlTable

from persistence.columns import table_of
from persistence.interactions import PostponedInteraction
from persistence.sql.conditions import among
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


class ContactPair(NamedTuple):
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


def count(work: Work, pair: ContactPair) -> Moved:
    """What `move` would move."""
    counts = [
        select(func.count()).select_from(rows).where(_names_merged(pair, rows)).scalar_subquery()
        for rows in (ENTRIES, POSTPONED, LINES)
    ]
    return Moved(*work.session.execute(select(*counts)).one())


def lock(work: Work, pair: ContactPair) -> set[int]:
    """Lock the postponed interactions and the segments that the merge may change, until the transaction ends. Returns
    the ids of these segments.

    Logged segments are among them: they may be opened again, and only changes of open segments are recorded.
    """
    postponed = select(POSTPONED.c.entry_no).where(_may_change(pair, POSTPONED))
    work.session.execute(postponed.order_by(POSTPONED.c.entry_no).with_for_update()).all()
    return set(work.session.scalars(_segments(pair).order_by(SEGMENTS.c.id).with_for_update()))


def segments(work: Work, pair: ContactPair) -> set[int]:
    """The ids of the segments that `lock` locks."""
    return set(work.session.scalars(_segments(pair)))


def move(work: Work, pair: ContactPair, *, company_no: str | None, salesperson_code: str | None) -> Moved:
    """Let the records name the contact that stays, which has this company and salesperson from now on.

    Interactions of the log and lines of logged segments keep the company that they had, unless it is the merged one:
    they are history. The caller has locked the contacts.
    """
    changed = among(SEGMENTS.c.id, [*work.session.scalars(_open_segments(pair, company_no).order_by(SEGMENTS.c.id))])
    of_contact = ENTRIES.c.contact_no == pair.merged_no
    repeated = case((of_contact, salesperson_code), else_=ENTRIES.c.contact_salesperson_code)
    in_postponed: dict[str, object] = {"version": POSTPONED.c.version + 1}
    in_lines: dict[str, object] = {}
    if not pair.are_companies:
        in_postponed["company_no"] = company_no
        _set_company(work, pair, POSTPONED, in_postponed)
        _set_company(work, pair, LINES, {"company_no": company_no})
        in_lines["company_no"] = case((_is_in_feed(LINES), company_no), else_=LINES.c.company_no)
    entries = _rename(work, pair, ENTRIES, {"contact_salesperson_code": repeated})
    postponed = _rename(work, pair, POSTPONED, in_postponed)
    lines = _rename(work, pair, LINES, in_lines)
    _rename(work, pair, STEP_LINES, {})
    change_feed.record(work, change_feed.UPDATED, SEGMENTS, changed)
    work.write(update(SEGMENTS).where(changed).values(version=SEGMENTS.c.version + 1))
    rename_contact(work, pair.merged_no, pair.no)
    return Moved(entries, postponed, lines)


def _set_company(work: Work, pair: ContactPair, rows: SqlTable, values: Mapping[str, object]) -> None:
    """Set the company in the rows of the person who stays that have another one and are not history."""
    changed = (_gets_company(pair, rows, values["company_no"]), _is_in_feed(rows))
    change_feed.record(work, change_feed.UPDATED, rows, *changed)
    work.write(update(rows).where(*changed).values(values))


def _rename(work: Work, pair: ContactPair, rows: SqlTable, values: Mapping[str, object]) -> int:
    """Replace the number of the merged contact in a table, and return the number of rows."""
    if rows is not STEP_LINES:
        change_feed.record(work, change_feed.UPDATED, rows, _names_merged(pair, rows), _is_in_feed(rows))
    new = {column.name: case((column == pair.merged_no, pair.no), else_=column) for column in _columns(pair, rows)}
    return work.write(update(rows).where(_names_merged(pair, rows)).values({**new, **values}))


def _is_in_feed(rows: SqlTable) -> ColumnElement[bool]:
    """Whether the change feed has changes of a row: those of lines only while their segment is open."""
    if rows is not LINES:
        return true()
    return LINES.c.segment_id.in_(select(SEGMENTS.c.id).where(SEGMENTS.c.logged_segment_entry_no.is_(None)))


def _names_merged(pair: ContactPair, rows: SqlTable) -> ColumnElement[bool]:
    """Whether a row names the merged contact."""
    return or_(*(column == pair.merged_no for column in _columns(pair, rows)))


def _columns(pair: ContactPair, rows: SqlTable) -> Iterator[ColumnElement[str]]:
    """The columns that may have the number of the merged contact. That of a person is in no column of companies."""
    return (rows.c[name] for name in REFERENCES[rows] if name == "contact_no" or pair.are_companies)


def _may_change(pair: ContactPair, rows: SqlTable) -> ColumnElement[bool]:
    """Whether the merge may change a row: it names the merged contact, or the person who stays, whose company may
    change.
    """
    names_merged = _names_merged(pair, rows)
    return names_merged if pair.are_companies else or_(names_merged, rows.c.contact_no == pair.no)


def _gets_company(pair: ContactPair, rows: SqlTable, company_no: object) -> ColumnElement[bool]:
    """Whether a row of the contact that stays has another company than this one."""
    return and_(rows.c.contact_no == pair.no, rows.c.company_no.is_distinct_from(company_no))


def _segments(pair: ContactPair) -> Select[int]:
    """The segments, open or logged, with lines or steps that the merge may change."""
    return _segments_with(partial(_may_change, pair))


def _open_segments(pair: ContactPair, company_no: str | None) -> Select[int]:
    """The open segments whose lines or steps name the merged contact, or whose lines get this company."""

    def changes(rows: SqlTable) -> ColumnElement[bool]:
        if rows is not LINES or pair.are_companies:
            return _names_merged(pair, rows)
        return or_(_names_merged(pair, rows), _gets_company(pair, rows, company_no))

    return _segments_with(changes).where(SEGMENTS.c.logged_segment_entry_no.is_(None))


def _segments_with(condition: Callable[[SqlTable], ColumnElement[bool]]) -> Select[int]:
    named = union(*(select(rows.c.segment_id).where(condition(rows)) for rows in (LINES, STEP_LINES)))
    return select(SEGMENTS.c.id).where(SEGMENTS.c.id.in_(select(named.subquery("named").c.segment_id)))
