"""The contact, template, salesperson and campaign that an interaction names, looked up by one statement."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

from sqlalchemy import select

from persistence.transactions.autocommit import first_row
from persistence.transactions.remembered_values import remember
from resolvers.errors import Refusal
from resolvers.interactions.fields import DraftValues
from resolvers.interactions.joined_records import (
    CAMPAIGN_ENTRIES,
    CAMPAIGNS,
    CONTACTS,
    FROM_TEMPLATE,
    JOINED,
    OWN,
    SALESPEOPLE,
    SETUP,
    TEMPLATES,
    from_contact,
)
from resolvers.references import BLOCKABLE
from resolvers.refusals import PostponedContactBlocked
from resolvers.work import TIME_ZONE, Work


@dataclass(frozen=True)
class NamedRecord:
    """A record that an interaction names by `key`; None if it names none. A blocked record exists."""

    key: str | None
    exists: bool
    blocked: bool


@dataclass(frozen=True)
class NamedRecords:
    """The records that an interaction names, and their values. `template_values` are those that choosing the template
    fills in (R-TMPL-2).
    """

    contact: NamedRecord
    template: NamedRecord
    salesperson: NamedRecord
    campaign: NamedRecord
    company_no: str | None
    contact_excluded: bool
    contact_has_email: bool
    contact_salesperson_code: str | None
    template_values: DraftValues
    correspondence_type: str | None
    """That of a draft without another one, as `language_code`."""
    language_code: str | None
    shared_campaign_entry_no: int | None
    """The entry of the campaign's interactions logged one by one, if there is one already (R-CAM-1)."""

    def refusals(self, *field: str, contact_fixed: bool = False) -> list[Refusal]:
        """Refusals for named records that do not exist (R-FIN-8) or are blocked (K10).

        `contact_fixed` says that no other contact can be chosen (K12).
        """
        named = (self.contact, self.template, self.salesperson, self.campaign)
        refusals: list[Refusal] = []
        for (name, reference), record in zip(BLOCKABLE.items(), named, strict=True):
            if record.blocked and contact_fixed and record is self.contact:
                refusals.append(PostponedContactBlocked(*field, name, key=record.key))
            elif record.blocked or (record.key and not record.exists):
                refusals.append(reference.refusal(record.key or "", *field, name, is_blocked=record.blocked))
        return refusals


def look_up(
    work: Work,
    *,
    contact_no: str | None,
    template_code: str | None,
    salesperson_code: str | None,
    campaign_no: str | None,
) -> NamedRecords:
    """Look up all records, and the marketing setup, by one statement.

    None as the salesperson is the user's own one (K16), unless that is blocked or does not exist, or else the contact's
    (R-DRAFT-2). None as the campaign is the template's (R-TMPL-4). "" is no salesperson and no campaign.
    """
    found = first_row(
        work.session,
        _STATEMENT,
        {
            "contact_no": contact_no,
            "template_code": template_code,
            "salesperson_code": salesperson_code,
            "own_salesperson_code": work.user.salesperson_code,
            "campaign_no": campaign_no,
        },
    )
    assert found is not None
    row = SimpleNamespace(**found)
    work.time_zone = row.time_zone
    remember(work.session, TIME_ZONE, row.time_zone)
    default_salesperson = row.own_salesperson_code or row.contact_salesperson_code
    salesperson = (default_salesperson if salesperson_code is None else salesperson_code) or None
    campaign = (row.template_campaign_no if campaign_no is None else campaign_no) or None
    return NamedRecords(
        contact=NamedRecord(contact_no, row.contact_id is not None, bool(row.privacy_blocked)),
        template=NamedRecord(template_code, row.template_id is not None, bool(row.template_blocked)),
        salesperson=NamedRecord(salesperson, row.salesperson_id is not None, bool(row.salesperson_blocked)),
        campaign=NamedRecord(campaign, row.campaign_id is not None, bool(row.campaign_blocked)),
        company_no=row.company_no,
        contact_excluded=bool(row.exclude_from_segment),
        contact_has_email=bool(row.email),
        contact_salesperson_code=row.contact_salesperson_code,
        template_values=cast(DraftValues, {name: found[name] for name in FROM_TEMPLATE}),
        correspondence_type=row.correspondence_type,
        language_code=row.language_code,
        shared_campaign_entry_no=row.campaign_entry_no,
    )


_STATEMENT = select(
    SETUP.c.time_zone,
    CONTACTS.c.id.label("contact_id"),
    CONTACTS.c.privacy_blocked,
    CONTACTS.c.exclude_from_segment,
    CONTACTS.c.company_no,
    CONTACTS.c.email,
    CONTACTS.c.salesperson_code.label("contact_salesperson_code"),
    TEMPLATES.c.id.label("template_id"),
    TEMPLATES.c.blocked.label("template_blocked"),
    TEMPLATES.c.campaign_no.label("template_campaign_no"),
    *(value.label(name) for name, value in {**FROM_TEMPLATE, **from_contact(CONTACTS.c)}.items()),
    OWN.c.code.label("own_salesperson_code"),
    SALESPEOPLE.c.id.label("salesperson_id"),
    SALESPEOPLE.c.blocked.label("salesperson_blocked"),
    CAMPAIGNS.c.id.label("campaign_id"),
    CAMPAIGNS.c.blocked.label("campaign_blocked"),
    CAMPAIGN_ENTRIES.c.entry_no.label("campaign_entry_no"),
).select_from(JOINED)
