"""Finds the interactions of a file that are stored already, in the log or among the postponed ones (R-IMP-6)."""

import datetime as dt

from sqlalchemy import ColumnElement, Integer, Unicode, and_, cast, func, literal, not_, or_, select, update
from sqlalchemy import Table as SqlTable
from sqlmodel import Session

from persistence.columns import table_of
from persistence.interactions import InteractionComment
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.errors import Translated
from resolvers.imports.checking import RowChecks
from resolvers.imports.existing import has_other_value, note_differences, remove_rows
from resolvers.imports.interactions.staging import ENTRIES, POSTPONED, STAGING, STAGING_TABLE
from resolvers.imports.pairing import Pairing, keyed, pairing

ROW = STAGING.c
KEYS = ("contact_no", "date", "time_of_interaction", "template_code", "description")
"""Two interactions are the same if these values are equal."""

MIDNIGHT, NO_DAY = dt.time(), dt.date(1, 1, 1)
DIFFERS = Translated(
    "The interaction exists already, with other values: {}. The row was skipped, because an import does not change "
    "interactions.",
    "L’interaction existe déjà, avec d’autres valeurs\u00a0: {}. La ligne a été ignorée, car une importation ne "
    "modifie pas d’interactions.",
)


def mark_stored(checks: RowChecks) -> None:
    """Mark the rows without errors that are stored. Those without a number get the number of their interaction.

    Of equal rows without a number, only as many are marked as equal interactions are stored.
    """
    session, valid = checks.session, ~checks.has_error(ROW.row_no)
    for table, rows in ((ENTRIES, not_(ROW.postponed)), (POSTPONED, ROW.postponed)):
        agrees = and_(*(or_(ROW[name].is_(None), _agrees(table, name)) for name in KEYS))
        session.execute(update(STAGING).where(rows, ROW.entry_no == table.c.entry_no, agrees).values(stored=True))
    resumed = and_(ROW.postponed, ROW.entry_no == ENTRIES.c.entry_no)
    same_contact = or_(ROW.contact_no.is_(None), _agrees(ENTRIES, "contact_no"))
    session.execute(update(STAGING).where(resumed, same_contact).values(stored=True))
    if session.scalar(select(ROW.row_no).where(ROW.entry_no.is_(None)).limit(1)) is not None:
        with STAGING_TABLE.updating(session, "entry_no"), pairing(session) as stored:
            _pair(session, stored, ENTRIES, and_(valid, not_(ROW.postponed)))
            _pair(session, stored, POSTPONED, and_(valid, ROW.postponed))


def skip_stored(checks: RowChecks) -> int:
    """Remove the rows that are stored, with a note for those that have other values. Returns their number."""
    for table, rows in ((ENTRIES, not_(ROW.postponed)), (POSTPONED, ROW.postponed)):
        comments = table_of(InteractionComment).c.entry_no
        without_comment = ~select(1).where(comments == table.c.entry_no).correlate(table).exists()
        differs = {
            name: has_other_value(ROW[name], column)
            for name, column in table.c.items()
            if name in ROW and name != "entry_no" and checks.caption(name)
        }
        differs["comments"] = and_(ROW.comments.is_not(None), without_comment)
        of_row = (table.c.entry_no == ROW.entry_no, ROW.stored, rows)
        note_differences(checks, cast(ROW.entry_no, Unicode), differs, table, *of_row, message=DIFFERS)
    return remove_rows(checks, ROW.stored)


def _agrees(table: SqlTable, name: str) -> ColumnElement[bool]:
    """Whether a stored interaction has the value of the row. Its contact may have been missing when it was imported."""
    equal = table.c[name] == ROW[name]
    return or_(equal, table.c[name].is_(None)) if name == "contact_no" else equal


def _pair(session: Session, pairing: Pairing, records: SqlTable, which: ColumnElement[bool]) -> None:
    """Pair rows without a number with interactions that have equal values and whose number no other row has."""
    named = STAGING.alias("named")
    free = ~select(1).where(named.c.entry_no == records.c.entry_no).correlate(records).exists()
    rows = keyed(ROW.row_no, _keys(STAGING, records)).where(which, ROW.entry_no.is_(None))
    stored = keyed(records.c.entry_no, _keys(records, records)).where(free)
    found = pairing.pairs([rows], [stored] if records is POSTPONED else _on_days_of_rows(stored))
    entry_no = cast(found.c.record, Integer)
    session.execute(update(STAGING).where(ROW.row_no == found.c.row_no).values(entry_no=entry_no, stored=True))


def _on_days_of_rows(entries: SqlQuery) -> list[SqlQuery]:
    """Of the log, only the entries with the contact and the day of a row, which an index finds."""
    days = select(ROW.contact_no, ROW.date).where(ROW.entry_no.is_(None), not_(ROW.postponed)).distinct()
    of_contacts = days.where(ROW.contact_no.is_not(None)).subquery("of_contacts")
    of_nobody = days.where(ROW.contact_no.is_(None)).subquery("of_nobody")
    entry = ENTRIES.c
    return [
        entries.join(of_contacts, and_(entry.contact_no == of_contacts.c.contact_no, entry.date == of_contacts.c.date)),
        entries.join(of_nobody, and_(entry.contact_no.is_(None), entry.date == of_nobody.c.date)),
    ]


def _keys(table: SqlTable, records: SqlTable) -> list[SqlExpression]:
    """The values of `KEYS`, none of them null. A postponed interaction without contact has a salesperson (K3)."""
    value = table.c
    person = (value.contact_no, value.salesperson_code) if records is POSTPONED else (value.contact_no,)
    return [
        func.coalesce(*person, ""),
        func.coalesce(value.date, literal(NO_DAY, ENTRIES.c.date.type)),
        func.coalesce(value.time_of_interaction, literal(MIDNIGHT, ENTRIES.c.time_of_interaction.type)),
        func.coalesce(value.template_code, ""),
        func.coalesce(value.description, ""),
    ]
