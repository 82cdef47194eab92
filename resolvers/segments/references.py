"""Whether what a segment or its lines name is there and may be used for new work (K10), looked up once for each
kind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from persistence.campaigns import Campaign
from persistence.columns import Table
from persistence.contacts import Contact
from persistence.lists import listed
from persistence.salespeople import Salesperson
from persistence.templates import InteractionTemplate
from resolvers.errors import Refusal
from resolvers.refusals import (
    CampaignBlocked,
    CampaignNotFound,
    ContactNotFound,
    ContactPrivacyBlocked,
    SalespersonBlocked,
    SalespersonNotFound,
    TemplateBlocked,
    TemplateNotFound,
)
from resolvers.segments.tables import table
from resolvers.work import Work

Path = tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """What a field may name: where it is kept, and how its absence or block is refused."""

    model: type[Table]
    key: str
    block: str
    fact: str
    not_found: type[Refusal]
    blocked: type[Refusal]


KINDS = {
    "contact_no": Kind(Contact, "no", "privacy_blocked", "no", ContactNotFound, ContactPrivacyBlocked),
    "template_code": Kind(InteractionTemplate, "code", "blocked", "key", TemplateNotFound, TemplateBlocked),
    "salesperson_code": Kind(Salesperson, "code", "blocked", "key", SalespersonNotFound, SalespersonBlocked),
    "campaign_no": Kind(Campaign, "no", "blocked", "no", CampaignNotFound, CampaignBlocked),
}


def check(work: Work, given: Iterable[tuple[Path, Mapping[str, Any]]]) -> list[Refusal]:
    """What speaks against the references among these values, in the order of the values and of `KINDS`."""
    given = list(given)
    unfit = {
        field: _unfit(work, kind, [values[field] for _, values in given if values.get(field)])
        for field, kind in KINDS.items()
    }
    return [
        _refusal(KINDS[field], (*path, field), values[field], unfit[field])
        for path, values in given
        for field in KINDS
        if values.get(field) in unfit[field]
    ]


def check_contacts(work: Work, numbers: Sequence[str], *field: str) -> list[Refusal]:
    """The contacts given by number that are not there or closed for privacy; `field` leads to the list."""
    unfit = _unfit(work, KINDS["contact_no"], numbers)
    return [
        _refusal(KINDS["contact_no"], (*field, str(place)), no, unfit)
        for place, no in enumerate(numbers)
        if no in unfit
    ]


def _unfit(work: Work, kind: Kind, keys: Iterable[str]) -> dict[str, bool]:
    """The keys that cannot be used: true for one that is blocked, false for one that is not there."""
    keys = sorted(set(keys))
    if not keys:
        return {}
    rows = table(kind.model)
    asked = listed(work.session, keys)
    found, block = rows.c[kind.key], rows.c[kind.block]
    statement = (
        select(asked.c.value, found.is_not(None))
        .select_from(asked.outerjoin(rows, found == asked.c.value))
        .where(or_(found.is_(None), block))
    )
    return dict(work.session.execute(statement).all())


def _refusal(kind: Kind, path: Path, key: str, unfit: Mapping[str, bool]) -> Refusal:
    refusal = kind.blocked if unfit[key] else kind.not_found
    return refusal(*path, **{kind.fact: key})


def usable_salesperson(work: Work) -> str | None:
    """The user's own salesperson, unless blocked or gone (R-SEG-1, K16)."""
    code = work.user.salesperson_code
    return None if code is None or _unfit(work, KINDS["salesperson_code"], [code]) else code
