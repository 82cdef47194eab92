"""The contact, template, salesperson and campaign that an interaction names, looked up by one statement."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Select, Unicode, and_, bindparam, func, not_, select

from persistence.autocommit import first_row
from persistence.campaigns import Campaign, CampaignEntry
from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.salespeople import Salesperson
from persistence.setup import MarketingSetup
from persistence.templates import InteractionTemplate, InteractionTemplateTranslation
from resolvers.errors import Refusal
from resolvers.interactions.fields import DraftValues
from resolvers.references import BLOCKABLE
from resolvers.refusals import PostponedContactBlocked
from resolvers.work import Work


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
    contact_correspondence_type: str | None
    contact_language_code: str | None
    template_values: DraftValues
    correspondence_type_default: str | None
    ignore_contact_correspondence_type: bool
    translated_language_code: str | None
    """The contact's language, if the template has a translation in it."""
    language_code_default: str | None
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
        contact_correspondence_type=row.correspondence_type,
        contact_language_code=row.language_code,
        template_values={
            "description": row.description,
            "group_code": row.group_code,
            "cost": row.unit_cost,
            "duration": row.unit_duration,
            "information_flow": row.information_flow,
            "initiated_by": row.initiated_by,
            "campaign_target": row.campaign_target,
            "campaign_response": row.campaign_response,
        },
        correspondence_type_default=row.correspondence_type_default,
        ignore_contact_correspondence_type=bool(row.ignore_contact_correspondence_type),
        translated_language_code=row.translated_language_code,
        language_code_default=row.language_code_default,
        shared_campaign_entry_no=row.campaign_entry_no,
    )


def _statement() -> Select[Any]:
    """Selects exactly one row: that of the marketing setup, joined with those of the other records that exist."""
    contacts, templates, translations = (
        table_of(model) for model in (Contact, InteractionTemplate, InteractionTemplateTranslation)
    )
    salespeople, campaigns, entries = (table_of(model) for model in (Salesperson, Campaign, CampaignEntry))
    setup, own = table_of(MarketingSetup), salespeople.alias("own")
    contact, template, translation = contacts.c, templates.c, translations.c
    salesperson, campaign, entry = salespeople.c, campaigns.c, entries.c
    salesperson_code = func.coalesce(_parameter("salesperson_code"), own.c.code, contact.salesperson_code)
    has_language = and_(translation.template_code == template.code, translation.language_code == contact.language_code)
    return (
        select(
            setup.c.time_zone,
            contact.id.label("contact_id"),
            contact.privacy_blocked,
            contact.exclude_from_segment,
            contact.company_no,
            contact.email,
            contact.correspondence_type,
            contact.language_code,
            contact.salesperson_code.label("contact_salesperson_code"),
            template.id.label("template_id"),
            template.blocked.label("template_blocked"),
            template.description,
            template.group_code,
            template.unit_cost,
            template.unit_duration,
            template.information_flow,
            template.initiated_by,
            template.campaign_target,
            template.campaign_response,
            template.correspondence_type_default,
            template.ignore_contact_correspondence_type,
            template.language_code_default,
            template.campaign_no.label("template_campaign_no"),
            translation.language_code.label("translated_language_code"),
            own.c.code.label("own_salesperson_code"),
            salesperson.id.label("salesperson_id"),
            salesperson.blocked.label("salesperson_blocked"),
            campaign.id.label("campaign_id"),
            campaign.blocked.label("campaign_blocked"),
            entry.entry_no.label("campaign_entry_no"),
        )
        .select_from(setup)
        .outerjoin(contacts, contact.no == _parameter("contact_no"))
        .outerjoin(templates, template.code == _parameter("template_code"))
        .outerjoin(translations, has_language)
        .outerjoin(own, and_(own.c.code == _parameter("own_salesperson_code"), not_(own.c.blocked)))
        .outerjoin(salespeople, salesperson.code == salesperson_code)
        .outerjoin(campaigns, campaign.no == func.coalesce(_parameter("campaign_no"), template.campaign_no))
        .outerjoin(entries, and_(entry.campaign_no == campaign.no, entry.segment_no.is_(None)))
    )


def _parameter(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Unicode())


_STATEMENT = _statement()
