"""The steps of a segment: what was done to its contacts, and which lines came or went with it (A.8, R-ADD-7, R-LIN-9).

Whoever puts lines on a segment calls `added` afterwards, whoever takes some off does it by `take_off`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Select, delete, func, insert, literal, select, update

from persistence.enums import SegmentStepAction
from persistence.segments import Segment
from resolvers.segments.rewriting import CONTACT, LINE
from resolvers.segments.tables import LINES, STEP_LINES, STEPS
from resolvers.work import Work

NUMBERS_AT_ONCE = 1000
"""So many numbers a list in a filter has at most."""

OUT_OF_THE_WAY = 1_000_000_000


@dataclass(frozen=True)
class Criteria:
    """Which contacts a step put on or took off, and how (A.8). The columns of a step, without its outcome."""

    action: SegmentStepAction
    filter: Mapping[str, Any] | None = None
    by_number: bool = False
    logged_segment_entry_no: int | None = None
    expand_companies: bool = False
    allow_related_companies: bool = False
    ignore_exclusion: bool = False
    allow_existing_contacts: bool = False
    entire_companies: bool = False


def of_numbers(numbers: Sequence[str]) -> dict[str, Any]:
    """The filter that finds these contacts: in lists no longer than a filter takes."""
    parts = [
        {"no": {"in": list(numbers[start : start + NUMBERS_AT_ONCE])}}
        for start in range(0, max(len(numbers), 1), NUMBERS_AT_ONCE)
    ]
    return parts[0] if len(parts) == 1 else {"or": parts}


def numbers_of(filter: Mapping[str, Any]) -> list[str]:
    """The numbers in a filter that `of_numbers` made."""
    return [no for part in filter.get("or", [filter]) for no in part["no"]["in"]]


def of_logged_segment(entry_no: int, where: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The filter that comes nearest to the contacts of a logged segment; `where` is a filter of its entries."""
    of_it: dict[str, Any] = {"loggedSegmentEntryNo": {"eq": entry_no}}
    return {"interactions": {"count": {"gte": 1}, "where": {"and": [of_it, dict(where)]} if where else of_it}}


def from_logged_segment(entry_no: int, where: Mapping[str, Any] | None = None) -> Criteria:
    """What puts every contact of a logged segment on its follow-up: a line for each entry, nobody left out (R-LOG-11,
    K10).

    With a filter of its entries it is told, and repeated, as the contacts that have such an entry.
    """
    return Criteria(
        SegmentStepAction.ADD,
        of_logged_segment(entry_no, where),
        logged_segment_entry_no=None if where else entry_no,
        ignore_exclusion=True,
        allow_existing_contacts=True,
    )


def by_hand(action: SegmentStepAction, numbers: Sequence[str]) -> Criteria:
    """What somebody did to single lines: it asks neither who is excluded nor who stands there already (R-LIN-9)."""
    added = action is SegmentStepAction.ADD
    return Criteria(action, of_numbers(numbers), by_number=True, ignore_exclusion=added, allow_existing_contacts=added)


def added(work: Work, segment: Segment, criteria: Criteria | None = None, *, after: int = 0) -> None:
    """Record that the lines with numbers above `after` were put on the segment; also if there are none (R-ADD-7).

    Without criteria they are recorded by the numbers of their contacts: what no filter of contacts says (R-LIN-9).
    """
    work.session.flush()
    new = (LINE.c.segment_id == segment.id, LINE.c.line_no > after, LINE.c.contact_no.is_not(None))
    if criteria is None:
        numbers = work.session.scalars(select(LINE.c.contact_no).where(*new).order_by(LINE.c.line_no)).all()
        criteria = by_hand(SegmentStepAction.ADD, numbers)
    contacts = select(func.count(LINE.c.contact_no.distinct())).where(*new).scalar_subquery()
    step_no = _record(work, segment, criteria, contacts)
    _note_lines(work, step_no, select(LINE.c.segment_id, LINE.c.line_no, LINE.c.contact_no).where(*new))


def take_off(work: Work, segment: Segment, doomed: ColumnElement[bool], criteria: Criteria | None = None) -> int:
    """Take lines off the segment and record it; answer how many. `doomed` speaks of `LINE` and `CONTACT`.

    Without criteria it was done by hand, and is recorded by the numbers of the contacts (R-LIN-9).
    """
    recorded = criteria or by_hand(SegmentStepAction.REMOVE_MATCHING, [])
    step_no = _record(work, segment, recorded, literal(0))
    joined = LINE.outerjoin(CONTACT, CONTACT.c.no == LINE.c.contact_no)
    _note_lines(
        work,
        step_no,
        select(LINE.c.segment_id, LINE.c.line_no, LINE.c.contact_no)
        .select_from(joined)
        .where(LINE.c.segment_id == segment.id, doomed),
    )
    mine = (STEP_LINES.c.segment_id == segment.id, STEP_LINES.c.step_no == step_no)
    gone = delete(LINES).where(
        LINES.c.segment_id == segment.id, LINES.c.line_no.in_(select(STEP_LINES.c.line_no).where(*mine))
    )
    removed = cast("CursorResult[Any]", work.session.execute(gone)).rowcount
    outcome: dict[str, Any] = {
        "no_of_contacts": select(func.count(STEP_LINES.c.contact_no.distinct())).where(*mine).scalar_subquery()
    }
    if criteria is None:
        known = select(STEP_LINES.c.contact_no).where(*mine, STEP_LINES.c.contact_no.is_not(None))
        by_line = known.group_by(STEP_LINES.c.contact_no).order_by(func.min(STEP_LINES.c.line_no))
        outcome["filter"] = of_numbers(work.session.scalars(by_line).all())
    work.session.execute(update(STEPS).where(_is(segment, step_no)).values(outcome))
    return removed


def exchanged(work: Work, segment: Segment, line_no: int, old: str | None, new: str | None) -> None:
    """Record that a line was given another contact by hand: one goes, one comes (R-LIN-9)."""
    steps = ((SegmentStepAction.REMOVE_MATCHING, old), (SegmentStepAction.ADD, new))
    for action, contact_no in steps:
        if contact_no is not None and old != new:
            step_no = _record(work, segment, by_hand(action, [contact_no]), literal(1))
            place = {"segment_id": segment.id, "step_no": step_no, "line_no": line_no}
            work.session.execute(insert(STEP_LINES).values(**place, contact_no=contact_no))


def count(work: Work, segment_id: int | None) -> int:
    """How many steps a segment has."""
    return work.session.scalar(select(func.count()).select_from(STEPS).where(STEPS.c.segment_id == segment_id)) or 0


def forget(work: Work, segment_ids: Sequence[int | None] | Select[tuple[int]], *, step_no: int | None = None) -> None:
    """Delete the steps of these segments with their history, or only one of them."""
    for rows in (STEP_LINES, STEPS):
        one = () if step_no is None else (rows.c.step_no == step_no,)
        work.session.execute(delete(rows).where(rows.c.segment_id.in_(segment_ids), *one))


def join(work: Work, closed_id: int, opened_id: int) -> None:
    """The steps of one segment come before those of another, whose numbers rise accordingly (K18)."""
    earlier = count(work, closed_id)
    for rows in (STEP_LINES, STEPS):  # two rises, so that no number is there twice in between
        of = {segment_id: update(rows).where(rows.c.segment_id == segment_id) for segment_id in (closed_id, opened_id)}
        work.session.execute(of[opened_id].values(step_no=rows.c.step_no + OUT_OF_THE_WAY))
        work.session.execute(of[closed_id].values(segment_id=opened_id))
        risen = of[opened_id].where(rows.c.step_no > OUT_OF_THE_WAY)
        work.session.execute(risen.values(step_no=rows.c.step_no - OUT_OF_THE_WAY + earlier))


def _record(work: Work, segment: Segment, criteria: Criteria, contacts: ColumnElement[Any]) -> int:
    """A new last step; answers its number."""
    last = select(func.coalesce(func.max(STEPS.c.step_no), 0)).where(STEPS.c.segment_id == segment.id).scalar_subquery()
    recorded = insert(STEPS).values(
        **asdict(criteria),
        segment_id=segment.id,
        step_no=last + 1,
        no_of_contacts=contacts,
        at=work.now,
        user_id=work.user.id,
    )
    step_no: int = work.session.execute(recorded.returning(STEPS.c.step_no)).scalar_one()
    return step_no


def _note_lines(work: Work, step_no: int, lines: Any) -> None:
    noted = lines.add_columns(literal(step_no, STEPS.c.step_no.type))
    work.session.execute(insert(STEP_LINES).from_select(["segment_id", "line_no", "contact_no", "step_no"], noted))


def _is(segment: Segment, step_no: int) -> ColumnElement[bool]:
    return (STEPS.c.segment_id == segment.id) & (STEPS.c.step_no == step_no)
