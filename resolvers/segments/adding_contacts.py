"""Adding contacts to a segment: by number, by filter, or those of a logged segment (R-ADD)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import CTE, FromClause, Select, case, false, func, literal, or_, select

from persistence.enums import SegmentStepAction
from persistence.segments import LoggedSegment, Segment
from persistence.sql.isolation import writes_serially
from resolvers.errors import Refusal, TooMany, refuse_any
from resolvers.segments import finding_contacts, references, steps
from resolvers.segments.lines.inserting_lines import advance_last_line_no, insert_statement
from resolvers.segments.locking import find_open_segment, lock_segment
from resolvers.segments.steps import Criteria
from resolvers.segments.tables import LINES
from resolvers.selections import MAX_NUMBERS, Matching
from resolvers.work import Work, key

ORDER = ("search_company_name", "company_no", "type", "search_name", "no")
"""The columns by which contacts found by a filter are sorted (R-ADD-6)."""


@dataclass(frozen=True)
class AddingOptions:
    """Which contacts beside the given ones are added, which ones are not skipped (R-ADD-4, R-ADD-5), and whether they
    are only counted.
    """

    expand_companies: bool = False
    allow_related_companies: bool = False
    ignore_exclusion: bool = False
    allow_existing: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class ContactsAdded:
    """How many contacts were added, and how many were skipped for which reason. `matched` is the sum of all."""

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
    filter: Mapping[str, object] | None = None,
    logged_segment_entry_no: int | None = None,
    options: AddingOptions = AddingOptions(),
) -> ContactsAdded:
    """Add contacts to the segment, each on a new line with the values of the segment (R-ADD, R-LIN-1).

    Contacts given by number are added in the given order, and refused if they are blocked for privacy. Those of a
    logged segment are added in the order of its entries, one line for each. Those found by the condition `matching`,
    which is stored as `filter`, are sorted by company and name (R-ADD-6).

    Found contacts that are blocked for privacy are skipped (K14). So are, unless the options say otherwise, contacts
    that are excluded from segments or already on this one (R-ADD-5). All is recorded as one step (R-ADD-7).
    """
    segment = (find_open_segment if options.dry_run else lock_segment)(work, segment_no, "segment_no")
    work.report_progress(segment.id, "FINDING")
    criteria = Criteria(
        SegmentStepAction.ADD,
        filter,
        expand_companies=options.expand_companies,
        allow_related_companies=options.allow_related_companies,
        ignore_exclusion=options.ignore_exclusion,
        allow_existing_contacts=options.allow_existing,
        by_number=contact_nos is not None,
        logged_segment_entry_no=logged_segment_entry_no,
    )
    if contact_nos is not None:
        refusals: list[Refusal] = []
        numbers = check_numbers(work, contact_nos, refusals, "from", "contact_nos")
        refuse_any(refusals)
        return add_numbers(work, segment, numbers, "from", "contact_nos", criteria=criteria, dry_run=options.dry_run)
    if logged_segment_entry_no is None:
        return add(work, segment, finding_contacts.matching(matching), criteria, dry_run=options.dry_run)
    work.find(LoggedSegment, "from", "logged_segment_entry_no", entry_no=logged_segment_entry_no)
    criteria = replace(criteria, filter=steps.logged_segment_filter(logged_segment_entry_no))
    selected = finding_contacts.of_logged_segment(logged_segment_entry_no)
    return add(work, segment, selected, criteria, dry_run=options.dry_run)


def check_numbers(work: Work, given: Sequence[str], refusals: list[Refusal], *field: str) -> list[str]:
    """The contact numbers as they are stored. Adds a refusal for each that cannot be used. `field` is the path of the
    list.
    """
    if len(given) > MAX_NUMBERS:
        refusals.append(TooMany(*field, maximum=MAX_NUMBERS, count=len(given)))
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
    """Add the contacts with these checked numbers. `field` is their path in the input.

    The second occurrence of a number counts as already on the segment. A contact that was deleted or blocked for
    privacy after the check is refused as if it had been so before (K29).
    """
    criteria = criteria or Criteria(SegmentStepAction.ADD, by_number=True)
    criteria = replace(criteria, filter=steps.numbers_filter(numbers))
    added = add(work, segment, finding_contacts.with_numbers(work, numbers), criteria, dry_run=dry_run)
    if added.skipped_privacy_blocked or added.matched < len(numbers):
        refuse_any(references.check_contacts(work, numbers, *field))
    return added


def add(
    work: Work, segment: Segment, selected: Select[str, int], criteria: Criteria, *, dry_run: bool = False
) -> ContactsAdded:
    """Add the selected contacts with the options of the criteria and record the step. A dry run only counts."""
    found = _with_outcome(segment, finding_contacts.with_companies(selected, criteria), criteria)
    count = select(found.c.outcome, func.count()).group_by(found.c.outcome)
    counts: dict[str, int] = dict(work.session.execute(count).all())
    if not dry_run:
        last_line_no = segment.last_line_no
        work.report_progress(segment.id, "ADDING", counts.get("added", 0))
        insert = insert_statement(work, segment, _added_in_order(found))
        if writes_serially(work.session):
            work.session.execute(insert)
        else:  # in one statement, so that count and insert see the same state
            counts = dict(work.session.execute(count.add_cte(insert.cte("inserted"))).all())
        advance_last_line_no(work, segment, counts.get("added", 0))
        steps.record_added(work, segment, criteria, after=last_line_no)
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
    """The found contacts with their `outcome`: `added`, or the first reason to skip them."""
    on_segment = select(LINES.c.contact_no).where(LINES.c.segment_id == segment.id, LINES.c.contact_no.is_not(None))
    is_excluded = false() if criteria.ignore_exclusion else found.c.exclude_from_segment
    is_existing = or_(found.c.occurrence > 1, found.c.no.in_(on_segment))
    outcome = case(
        (found.c.privacy_blocked, literal("blocked")),
        (is_excluded, literal("excluded")),
        (false() if criteria.allow_existing_contacts else is_existing, literal("existing")),
        else_=literal("added"),
    )
    return select(*(found.c[name] for name in ("position", *ORDER)), outcome.label("outcome")).cte("outcomes")


def _added_in_order(found: CTE) -> FromClause:
    """The contacts to add, by their `position` if they have one, or else by company and name."""
    order = [found.c[name].asc().nulls_last() for name in ("position", *ORDER)]
    position = func.row_number().over(order_by=order).label("position")
    return select(found.c.no.label("contact_no"), position).where(found.c.outcome == "added").subquery("added")
