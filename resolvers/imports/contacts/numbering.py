"""Gives all rows without a number the next numbers of the contact series, with one statement (R-NUM-1)."""

import re
from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Unicode, case, cast, func, literal, select, union_all, update
from sqlmodel import select as select_lines

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.setup import NumberSeriesLine
from resolvers import number_series
from resolvers.changes.rules import was_deleted
from resolvers.errors import Refused
from resolvers.imports.contacts.staging import CONTACTS, STAGING, STAGING_TABLE
from resolvers.work import Work

ROW = STAGING.c
MAX_LENGTH = 20
MAX_DIGITS = 15
"""The number of final digits that are counted up; both databases can calculate with them."""


@dataclass(frozen=True)
class Sequence:
    """Numbers of a series: the text before the digits, the minimum number of digits, the first number, the step."""

    prefix: str
    width: int
    first: int
    step: int

    @classmethod
    def starting_at(cls, no: str, step: int) -> "Sequence":
        """The sequence that starts with a number."""
        digits = re.search(rf"[0-9]{{1,{MAX_DIGITS}}}$", no)
        assert digits is not None, "the number of a series ends in digits"
        return cls(no[: digits.start()], len(digits.group()), int(digits.group()), step)

    def at(self, position: int) -> str:
        """The number at a position; 0 is the first."""
        return f"{self.prefix}{self.first + position * self.step:0{self.width}}"

    def expression(self, position: ColumnElement[int]) -> ColumnElement[str]:
        """`at` as an SQL expression."""
        digits = cast(literal(self.first, BigInteger) + position * literal(self.step, BigInteger), Unicode)
        padded = literal("0" * self.width, Unicode) + digits
        wide = func.substr(padded, func.length(padded) - self.width + 1)
        return literal(self.prefix, Unicode) + case((func.length(digits) >= self.width, digits), else_=wide)


def wait_for_new_contacts(work: Work) -> None:
    """Lock the number series, so that contacts which clients are creating are committed and no others are created
    until the transaction ends. Those with a number that the client gives are not waited for.
    """
    lines = select(table_of(NumberSeriesLine).c.series_code).where(
        table_of(NumberSeriesLine).c.series_code == work.setup.contact_nos
    )
    work.session.execute(lines.with_for_update()).all()


def draw_numbers(work: Work) -> None:
    """Number the rows without a number, in their order. Locks the line of the series until the transaction ends.

    If one of the numbers is already used, the sequence starts after it. Raises `Refused` if the series is exhausted.
    """
    count = work.session.scalar(select(func.count()).where(ROW.no.is_(None)))
    if not count:
        return
    first = number_series.next_no(work, "contact_nos")
    of_series = select_lines(NumberSeriesLine).filter_by(series_code=work.setup.contact_nos)
    line = work.session.exec(of_series.filter_by(last_no_used=first)).one()
    sequence = Sequence.starting_at(first, line.increment_by)
    while (free := _assign(work, sequence)) is not None:
        sequence = Sequence.starting_at(sequence.at(free), line.increment_by)
    last = sequence.at(count - 1)
    if len(last) > MAX_LENGTH or (
        line.ending_no is not None and (len(last), last) > (len(line.ending_no), line.ending_no)
    ):
        raise Refused(number_series.exhausted(work, line, "no"))
    with STAGING_TABLE.updating(work.session, "no"):
        work.session.execute(update(STAGING).where(ROW.no.is_(None)).values(no=ROW.drawn_no))
    line.last_no_used, line.open = last, last != line.ending_no
    work.session.flush()


def _assign(work: Work, sequence: Sequence) -> int | None:
    """Give each row its number of the sequence. Returns the position after the last used number, or None."""
    position = func.row_number().over(order_by=ROW.row_no) - 1
    rows = select(ROW.row_no, position.label("position")).where(ROW.no.is_(None)).subquery()
    assign = update(STAGING).where(ROW.row_no == rows.c.row_no).values(drawn_no=sequence.expression(rows.c.position))
    work.session.execute(assign)
    given = STAGING.alias("given")
    drawn = (ROW.no.is_(None), ROW.drawn_no.is_not(None))
    taken = union_all(
        select(ROW.row_no).join(CONTACTS, CONTACTS.c.no == ROW.drawn_no).where(*drawn),
        select(ROW.row_no).join(given, given.c.no == ROW.drawn_no).where(*drawn),
        select(ROW.row_no).where(*drawn, was_deleted(Contact, ROW.drawn_no)),
    )
    numbered = select(ROW.row_no, position.label("position")).where(ROW.no.is_(None)).subquery("numbered")
    last = select(func.max(numbered.c.position)).where(numbered.c.row_no.in_(taken))
    found = work.session.scalar(last)
    return None if found is None else found + 1
