"""Adding contacts to a segment, by number or by what they have in common (R-ADD)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, false, func, literal, select, true

from persistence.lists import listed
from persistence.segments import Segment
from resolvers.errors import Refusal, TooMany, refuse_any
from resolvers.segments import references
from resolvers.segments.choosing import MOST_NUMBERS, Matching
from resolvers.segments.filling import fill
from resolvers.segments.opening import claim, undone
from resolvers.segments.tables import CONTACTS, LINES
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
    work: Work, segment_no: str, *, contact_nos: list[str] | None = None, matching: Matching | None = None,
    ignore_exclusion: bool = False, allow_existing: bool = False, dry_run: bool = False,
) -> ContactsAdded:
    """Put contacts on the segment, each on a line of its own that follows the segment (R-ADD, R-LIN-1).

    Those given by number stand in the order given and are refused when closed for privacy. Those found by a condition stand
    by company and name (R-ADD-6) and are left out when closed for privacy (K14). Who is excluded from segments, or on this
    one already, is left out unless asked for (R-ADD-5).
    """
    with undone(work, dry_run):
        segment = claim(work, segment_no, "segment_no")
        if contact_nos is None:
            found = select(CONTACTS).where(matching(CONTACTS) if matching else true()).subquery("found")
            order = [found.c[name].asc().nulls_last() for name in ORDER]
            return _add(work, segment, found, order, ignore_exclusion=ignore_exclusion, allow_existing=allow_existing)
        refusals: list[Refusal] = []
        numbers = checked_numbers(work, contact_nos, refusals, "from", "contact_nos")
        refuse_any(refusals)
        return add_numbers(work, segment, numbers, ignore_exclusion=ignore_exclusion, allow_existing=allow_existing)


def checked_numbers(work: Work, given: Sequence[str], refusals: list[Refusal], *field: str) -> list[str]:
    """The numbers as they are kept; adds a refusal for each that cannot be used. `field` leads to the list."""
    if len(given) > MOST_NUMBERS:
        refusals.append(TooMany(*field, most=MOST_NUMBERS, count=len(given)))
        return []
    numbers = [key(no) or "" for no in given]
    refusals += references.check_contacts(work, numbers, *field)
    return numbers


def add_numbers(
    work: Work, segment: Segment, numbers: Sequence[str], *, ignore_exclusion: bool = False, allow_existing: bool = False
) -> ContactsAdded:
    """Add checked numbers. One that is given twice is on the segment already the second time."""
    wanted = list(numbers) if allow_existing else list(dict.fromkeys(numbers))
    asked = listed(work.session, wanted)
    given = (
        select(*CONTACTS.c, asked.c.position)
        .select_from(asked.join(CONTACTS, CONTACTS.c.no == asked.c.value)).subquery("found")
    )
    added = _add(work, segment, given, [given.c.position], ignore_exclusion=ignore_exclusion, allow_existing=allow_existing)
    again = len(numbers) - len(wanted)
    return ContactsAdded(
        added.segment_id, added.matched + again, added.added, added.skipped_excluded, added.skipped_privacy_blocked,
        added.skipped_existing + again,
    )


def _add(
    work: Work, segment: Segment, found: FromClause, order: Sequence[ColumnElement[Any]], *,
    ignore_exclusion: bool, allow_existing: bool,
) -> ContactsAdded:
    fate = _fate(segment, found, ignore_exclusion, allow_existing)
    fates = select(fate.label("fate")).subquery("fates")
    counted = select(fates.c.fate, func.count()).group_by(fates.c.fate)
    counts: dict[str, int] = dict(work.session.execute(counted).all())
    position = func.row_number().over(order_by=list(order)).label("position")
    counts["added"] = fill(
        work, segment, select(found.c.no.label("contact_no"), position).where(fate == "added").subquery("fresh")
    )
    assert segment.id is not None
    return ContactsAdded(
        segment.id, sum(counts.values()), counts["added"], counts.get("excluded", 0), counts.get("blocked", 0),
        counts.get("existing", 0),
    )


def _fate(segment: Segment, found: FromClause, ignore_exclusion: bool, allow_existing: bool) -> ColumnElement[str]:
    """What becomes of each contact found; the first reason to leave it out counts."""
    there = select(LINES.c.contact_no).where(LINES.c.segment_id == segment.id, LINES.c.contact_no.is_not(None))
    return case(
        (found.c.privacy_blocked, literal("blocked")),
        (false() if ignore_exclusion else found.c.exclude_from_segment, literal("excluded")),
        (false() if allow_existing else found.c.no.in_(there), literal("existing")),
        else_=literal("added"),
    )
