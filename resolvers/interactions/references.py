"""What the database knows about the contact, template, salesperson and campaign of an interaction, in one statement."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Unicode, and_, bindparam, func, inspect, not_, select

from persistence.autocommit import first_row
from persistence.campaigns import Campaign, CampaignEntry
from persistence.columns import Table
from persistence.contacts import Contact
from persistence.salespeople import Salesperson
from persistence.setup import MarketingSetup
from persistence.templates import InteractionTemplate, InteractionTemplateTranslation
from resolvers.errors import Refusal
from resolvers.refusals import (
    CampaignBlocked,
    CampaignNotFound,
    ContactNotFound,
    ContactPrivacyBlocked,
    PostponedContactBlocked,
    SalespersonBlocked,
    SalespersonNotFound,
    TemplateBlocked,
    TemplateNotFound,
)
from resolvers.work import Work


@dataclass(frozen=True)
class Facts:
    """What is there and what it says. `template` holds the values that choosing it fills in (R-TMPL-2)."""

    contact_no: str | None
    contact_there: bool
    contact_blocked: bool
    company_no: str | None
    contact_excluded: bool
    contact_has_email: bool
    contact_correspondence_type: str | None
    contact_language_code: str | None
    template_code: str | None
    template_there: bool
    template_blocked: bool
    template: dict[str, Any]
    correspondence_type_default: str | None
    ignore_contact_correspondence_type: bool
    translated_language_code: str | None
    """The contact's language, if the template has it."""
    language_code_default: str | None
    salesperson_code: str | None
    salesperson_there: bool
    salesperson_blocked: bool
    campaign_no: str | None
    campaign_there: bool
    campaign_blocked: bool
    campaign_entry_no: int | None
    """The entry of the campaign's hand-made interactions, if there is one already (R-CAM-1)."""

    def lost_or_blocked(self, room: str, *, contact_stays: bool = False) -> list[Refusal]:
        """Refusals for what does not exist (R-FIN-8) or is blocked (K10). `contact_stays`: no other contact can be
        chosen (K12).
        """
        refusals: list[Refusal] = []
        if self.contact_no and not self.contact_there:
            refusals.append(ContactNotFound(room, "contact_no", no=self.contact_no))
        elif self.contact_blocked:
            blocked = PostponedContactBlocked if contact_stays else ContactPrivacyBlocked
            refusals.append(blocked(room, "contact_no", no=self.contact_no))
        if self.template_code and not self.template_there:
            refusals.append(TemplateNotFound(room, "template_code", key=self.template_code))
        elif self.template_blocked:
            refusals.append(TemplateBlocked(room, "template_code", key=self.template_code))
        if self.salesperson_code and not self.salesperson_there:
            refusals.append(SalespersonNotFound(room, "salesperson_code", key=self.salesperson_code))
        elif self.salesperson_blocked:
            refusals.append(SalespersonBlocked(room, "salesperson_code", key=self.salesperson_code))
        if self.campaign_no and not self.campaign_there:
            refusals.append(CampaignNotFound(room, "campaign_no", no=self.campaign_no))
        elif self.campaign_blocked:
            refusals.append(CampaignBlocked(room, "campaign_no", no=self.campaign_no))
        return refusals


def facts_of(
    work: Work,
    *,
    contact_no: str | None,
    template_code: str | None,
    salesperson_code: str | None,
    campaign_no: str | None,
) -> Facts:
    """Look everything up at once, the marketing setup too.

    Without a salesperson it is the user's own (K16), unless that one is blocked or gone, else the contact's
    (R-DRAFT-2); without a campaign the template's (R-TMPL-4). "" is none, whatever the default.
    """
    found = first_row(
        work.session,
        _ALL,
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
    by_default = row.own_salesperson_code or row.contact_salesperson_code
    work.time_zone = row.time_zone
    return Facts(
        contact_no=contact_no,
        contact_there=row.contact_id is not None,
        contact_blocked=bool(row.privacy_blocked),
        company_no=row.company_no,
        contact_excluded=bool(row.exclude_from_segment),
        contact_has_email=bool(row.email),
        contact_correspondence_type=row.correspondence_type,
        contact_language_code=row.language_code,
        template_code=template_code,
        template_there=row.template_id is not None,
        template_blocked=bool(row.template_blocked),
        template={
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
        salesperson_code=(by_default if salesperson_code is None else salesperson_code) or None,
        salesperson_there=row.salesperson_id is not None,
        salesperson_blocked=bool(row.salesperson_blocked),
        campaign_no=(row.template_campaign_no if campaign_no is None else campaign_no) or None,
        campaign_there=row.campaign_id is not None,
        campaign_blocked=bool(row.campaign_blocked),
        campaign_entry_no=row.campaign_entry_no,
    )


def _statement() -> Any:
    """One row, whatever is missing: the setup is always there, the rest is joined to it where it is found."""
    contact, template, translation = _c(Contact), _c(InteractionTemplate), _c(InteractionTemplateTranslation)
    salesperson, campaign, entry = _c(Salesperson), _c(Campaign), _c(CampaignEntry)
    own = inspect(Salesperson).local_table.alias("own")
    salesperson_code = func.coalesce(_given("salesperson_code"), own.c.code, contact.salesperson_code)
    return (
        select(
            _c(MarketingSetup).time_zone,
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
        .select_from(MarketingSetup)
        .outerjoin(Contact, contact.no == _given("contact_no"))
        .outerjoin(InteractionTemplate, template.code == _given("template_code"))
        .outerjoin(
            InteractionTemplateTranslation,
            and_(translation.template_code == template.code, translation.language_code == contact.language_code),
        )
        .outerjoin(own, and_(own.c.code == _given("own_salesperson_code"), not_(own.c.blocked)))
        .outerjoin(Salesperson, salesperson.code == salesperson_code)
        .outerjoin(Campaign, campaign.no == func.coalesce(_given("campaign_no"), template.campaign_no))
        .outerjoin(CampaignEntry, and_(entry.campaign_no == campaign.no, entry.segment_no.is_(None)))
    )


def _c(table: type[Table]) -> Any:
    return table.__table__.c  # type: ignore[attr-defined]  # made by SQLModel for every table


def _given(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Unicode())


_ALL = _statement()
