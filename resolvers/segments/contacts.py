"""Adding contacts to a segment, by number, by what they have in common, or from a logged segment (R-ADD)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CTE, FromClause, Select, case, false, func, literal, or_, select

from persistence.enums import SegmentStepAction
from persistence.isolation import writes_serially
from persistence.segments import LoggedSegment, Segment
from resolvers.errors import Refusal, TooMany, refuse_any
from resolvers.segments import finding, references, steps
from resolvers.segments.filling import filling, took_line_nos
from resolvers.segments.opening import claim, open_one
from resolvers.segments.steps import Criteria
from resolvers.segments.tables import LINES
from resolvers.selections import MOST_NUMBERS, Matching
from resolvers.work import Work, key

ORDER = ("search_company_name", "company_no", "type", "search_name", "no")
"""How contacts that were found stand (R-ADD-6)."""


@dataclass(frozen=True)
class ContactsAdded:
    """`matched` is the sum of the rest."""

    segment_id: int
    matched: int
    added: int
    skipped_excluded: int
    skipped_privacy_blocked: int
    skipped_existing: int


def add_contacts(
    work: Work,
    segment_no: str,
    *,
    contact_nos: list[str] | None = None,
    matching: Matching | None = None,
    filter: Mapping[str, Any] | None = None,
    logged_segment_entry_no: int | None = None,
    expand_companies: bool = False,
    allow_related_companies: bool = False,
    ignore_exclusion: bool = False,
    allow_existing: bool = False,
    dry_run: bool = False,
) -> ContactsAdded:
    """Put contacts on the segment, each on a line of its own that follows the segment (R-ADD, R-LIN-1).

    Those given by number stand in the order given and are refused when closed for privacy; those of a logged segment
    stand as its entries do, one line for each. Those found by a condition, of which `filter` is the record, stand by
    company and name (R-ADD-6). Whoever is found and closed for privacy is left out (K14); so is, unless asked for, who
    is excluded from segments or on this one already (R-ADD-5). It becomes a step of the segment (R-ADD-7).
    """
    segment = (open_one if dry_run else claim)(work, segment_no, "segment_no")
    work.tell(segment.id, "FINDING")
    criteria = Criteria(
        SegmentStepAction.ADD,
        filter,
        expand_companies=expand_companies,
        allow_related_companies=allow_related_companies,
        ignore_exclusion=ignore_exclusion,
        allow_existing_contacts=allow_existing,
        by_number=contact_nos is not None,
        logged_segment_entry_no=logged_segment_entry_no,
    )
    if contact_nos is not None:
        refusals: list[Refusal] = []
        numbers = checked_numbers(work, contact_nos, refusals, "from", "contact_nos")
        refuse_any(refusals)
        return add_numbers(work, segment, numbers, "from", "contact_nos", criteria=criteria, dry_run=dry_run)
    if logged_segment_entry_no is None:
        return add(work, segment, finding.matching(matching), criteria, dry_run=dry_run)
    work.find(LoggedSegment, "from", "logged_segment_entry_no", entry_no=logged_segment_entry_no)
    recorded = replace(criteria, filter=steps.of_logged_segment(logged_segment_entry_no))
    return add(work, segment, finding.of_logged_segment(logged_segment_entry_no), recorded, dry_run=dry_run)


def checked_numbers(work: Work, given: Sequence[str], refusals: list[Refusal], *field: str) -> list[str]:
    """The numbers as they are kept; adds a refusal for each that cannot be used. `field` leads to the list."""
    if len(given) > MOST_NUMBERS:
        refusals.append(TooMany(*field, most=MOST_NUMBERS, count=len(given)))
        return []
    numbers = [key(no) or "" for no in given]
    refusals += references.check_contacts(work, numbers, *field)
    return numbers


def add_numbers(
    work: Work,
    segment: Segment,
    numbers: Sequence[str],
    *field: str,
    criteria: Criteria | None = None,
    dry_run: bool = False,
) -> ContactsAdded:
    """Add checked numbers; `field` is their path in the input. A number given twice counts as existing the second time.

    A contact that was deleted or blocked for privacy after the check is refused like one before it (K29).
    """
    criteria = replace(criteria or Criteria(SegmentStepAction.ADD, by_number=True), filter=steps.of_numbers(numbers))
    added = add(work, segment, finding.named(work, numbers), criteria, dry_run=dry_run)
    if added.skipped_privacy_blocked or added.matched < len(numbers):
        refuse_any(references.check_contacts(work, numbers, *field))
    return added


def add(
    work: Work, segment: Segment, meant: Select[tuple[str, int]], criteria: Criteria, *, dry_run: bool = False
) -> ContactsAdded:
    """Add the contacts that are meant, in the way of the criteria, and record it; a dry run only counts them."""
    found = _with_outcome(segment, finding.with_companies(meant, criteria), criteria)
    count = select(found.c.outcome, func.count()).group_by(found.c.outcome)
    counts: dict[str, int] = dict(work.session.execute(count).all())
    if not dry_run:
        before = segment.last_line_no
        work.tell(segment.id, "ADDING", counts.get("added", 0))
        change = filling(work, segment, _in_order(found))
        if writes_serially(work.session):
            work.session.execute(change)
        else:  # counts and insert see the same state
            counts = dict(work.session.execute(count.add_cte(change.cte("filled"))).all())
        took_line_nos(work, segment, counts.get("added", 0))
        steps.added(work, segment, criteria, after=before)
    assert segment.id is not None
    return ContactsAdded(
        segment.id,
        sum(counts.values()),
        counts.get("added", 0),
        counts.get("excluded", 0),
        counts.get("blocked", 0),
        counts.get("existing", 0),
    )


def _with_outcome(segment: Segment, found: FromClause, criteria: Criteria) -> CTE:
    """The contacts found with their `outcome`: added, or the first reason why not."""
    there = select(LINES.c.contact_no).where(LINES.c.segment_id == segment.id, LINES.c.contact_no.is_not(None))
    outcome = case(
        (found.c.privacy_blocked, literal("blocked")),
        (false() if criteria.ignore_exclusion else found.c.exclude_from_segment, literal("excluded")),
        (
            false() if criteria.allow_existing_contacts else or_(found.c.time > 1, found.c.no.in_(there)),
            literal("existing"),
        ),
        else_=literal("added"),
    )
    return select(*(found.c[name] for name in ("position", *ORDER)), outcome.label("outcome")).cte("outcomes")


def _in_order(found: CTE) -> FromClause:
    """Those to be added: in an order of their own, or by company and name."""
    order = [found.c[name].asc().nulls_last() for name in ("position", *ORDER)]
    position = func.row_number().over(order_by=order).label("position")
    return select(found.c.no.label("contact_no"), position).where(found.c.outcome == "added").subquery("fresh")
