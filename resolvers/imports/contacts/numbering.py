"""Numbers for all rows that have none, drawn from the contact series in one step (R-NUM-1)."""

import re
from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Unicode, case, cast, func, literal, or_, select, update
from sqlmodel import select as select_rows

from persistence.contacts import Contact
from persistence.setup import NumberSeriesLine
from resolvers import number_series
from resolvers.changes.rules import was_deleted
from resolvers.errors import Refused
from resolvers.imports.contacts.staging import CONTACTS, STAGING
from resolvers.work import Work

ROW = STAGING.c
WIDEST = 20
MOST_DIGITS = 15
"""As many digits at the end of a number count; so many fit where both databases reckon."""


@dataclass(frozen=True)
class Run:
    """The numbers of a series from one on: what stands before the digits, how wide they are at least, the steps."""

    prefix: str
    width: int
    first: int
    step: int

    @classmethod
    def beginning(cls, no: str, step: int) -> "Run":
        digits = re.search(rf"[0-9]{{1,{MOST_DIGITS}}}$", no)
        assert digits is not None, "the number of a series ends in digits"
        return cls(no[: digits.start()], len(digits.group()), int(digits.group()), step)

    def at(self, place: int) -> str:
        """The number at a place; 0 is the first."""
        return f"{self.prefix}{self.first + place * self.step:0{self.width}}"

    def expression(self, place: ColumnElement[int]) -> ColumnElement[str]:
        """`at`, inside the database."""
        digits = cast(literal(self.first, BigInteger) + place * literal(self.step, BigInteger), Unicode)
        padded = literal("0" * self.width, Unicode) + digits
        wide = func.substr(padded, func.length(padded) - self.width + 1)
        return literal(self.prefix, Unicode) + case((func.length(digits) >= self.width, digits), else_=wide)


def draw(work: Work) -> None:
    """Number the rows without number, in their order. Holds the line of the series until the transaction ends.

    Where numbers that somebody gave by hand lie in the way, the run begins after them.
    """
    count = work.session.scalar(select(func.count()).where(ROW.no.is_(None)))
    if not count:
        return
    first = number_series.next_no(work, "contact_nos")
    of_series = select_rows(NumberSeriesLine).filter_by(series_code=work.setup.contact_nos)
    line = work.session.exec(of_series.filter_by(last_no_used=first)).one()
    run = Run.beginning(first, line.increment_by)
    while (taken := _assign(work, run)) is not None:
        run = Run.beginning(run.at(taken), line.increment_by)
    last = run.at(count - 1)
    if len(last) > WIDEST or (line.ending_no is not None and (len(last), last) > (len(line.ending_no), line.ending_no)):
        raise Refused(number_series.exhausted(work, line, "no"))
    work.session.execute(update(STAGING).where(ROW.no.is_(None)).values(no=ROW.drawn_no))
    line.last_no_used, line.open = last, last != line.ending_no
    work.session.flush()


def _assign(work: Work, run: Run) -> int | None:
    """Give each row its number of the run. Answers the place after the last that is taken already, if one is."""
    place = func.row_number().over(order_by=ROW.row_no) - 1
    rows = select(ROW.row_no, place.label("place")).where(ROW.no.is_(None)).subquery()
    assign = update(STAGING).where(ROW.row_no == rows.c.row_no).values(drawn_no=run.expression(rows.c.place))
    work.session.execute(assign)
    given = STAGING.alias("given")
    taken = or_(
        select(1).where(CONTACTS.c.no == ROW.drawn_no).correlate(STAGING).exists(),
        select(1).where(given.c.no == ROW.drawn_no).correlate(STAGING).exists(),
        was_deleted(Contact, ROW.drawn_no),
    )
    numbered = select(ROW.row_no, ROW.drawn_no, place.label("place")).where(ROW.no.is_(None)).subquery("numbered")
    last = select(func.max(numbered.c.place)).where(
        numbered.c.row_no.in_(select(ROW.row_no).where(ROW.no.is_(None), ROW.drawn_no.is_not(None), taken))
    )
    found = work.session.scalar(last)
    return None if found is None else found + 1
