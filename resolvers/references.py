"""Fields that name another record: where that record is stored, and how a missing or blocked one is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from persistence.campaigns import Campaign
from persistence.columns import Table, table_of
from persistence.contacts import Contact
from persistence.salespeople import Salesperson
from persistence.setup import NumberSeries
from persistence.templates import InteractionGroup, InteractionTemplate
from resolvers.errors import BlockedRefusal, Refusal
from resolvers.refusals import (
    CampaignBlocked,
    CampaignNotFound,
    ContactNotFound,
    ContactPrivacyBlocked,
    GroupNotFound,
    NumberSeriesNotFound,
    SalespersonBlocked,
    SalespersonNotFound,
    TemplateBlocked,
    TemplateNotFound,
)
from resolvers.work import Work


@dataclass(frozen=True)
class Reference:
    """A kind of record that fields name by its key column `key`."""

    model: type[Table]
    key: str
    not_found: type[Refusal]


@dataclass(frozen=True)
class BlockableReference(Reference):
    """A kind of record that can be blocked for new work: then its column `block` is true (K10)."""

    blocked: type[BlockedRefusal]
    block: str = "blocked"

    def refusal(self, key: str, *field: str, is_blocked: bool) -> Refusal:
        """The refusal of a record that is blocked, or else does not exist. `field` is the path of the value."""
        return (self.blocked if is_blocked else self.not_found)(*field, key=key)


BLOCKABLE = {
    "contact_no": BlockableReference(Contact, "no", ContactNotFound, ContactPrivacyBlocked, "privacy_blocked"),
    "template_code": BlockableReference(InteractionTemplate, "code", TemplateNotFound, TemplateBlocked),
    "salesperson_code": BlockableReference(Salesperson, "code", SalespersonNotFound, SalespersonBlocked),
    "campaign_no": BlockableReference(Campaign, "no", CampaignNotFound, CampaignBlocked),
}
"""What the fields of interactions, segments and lines name, in the order of their refusals (K4)."""

_NUMBER_SERIES = Reference(NumberSeries, "code", NumberSeriesNotFound)

REFERENCES: Mapping[str, Reference] = {
    **BLOCKABLE,
    "group_code": Reference(InteractionGroup, "code", GroupNotFound),
    "default_salesperson_code": BLOCKABLE["salesperson_code"],
    "contact_nos": _NUMBER_SERIES,
    "segment_nos": _NUMBER_SERIES,
    "campaign_nos": _NUMBER_SERIES,
}
"""The fields of cards and of the marketing setup that name other records. Blocked records may be named there."""


def check_existence(work: Work, values: Mapping[str, object], names: Iterable[str], *field: str) -> list[Refusal]:
    """Refusals for those of the fields `names` that name a record that does not exist. Null names none.

    `field` is the path of the input object that has the fields.
    """
    given = {name: str(value) for name in names if (value := values.get(name))}
    existing = {
        reference: _existing(work, reference, [value for name, value in given.items() if REFERENCES[name] == reference])
        for reference in {REFERENCES[name]: None for name in given}
    }
    return [
        REFERENCES[name].not_found(*field, name, key=value)
        for name, value in given.items()
        if value not in existing[REFERENCES[name]]
    ]


def _existing(work: Work, reference: Reference, keys: list[str]) -> set[str]:
    column = table_of(reference.model).c[reference.key]
    return set(work.session.scalars(select(column).where(column.in_(keys))))
