"""The records that an interaction names, joined with the marketing setup, and the values that they give a draft: as
SQL.

Every look-up of these records (`named_records`) and the statement that logs an interaction without looking them up
first (`single_statement`) read the same values.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Unicode, and_, bindparam, case, func, not_

from persistence.campaigns import Campaign, CampaignEntry
from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.salespeople import Salesperson
from persistence.setup import MarketingSetup
from persistence.sql_types import SqlExpression
from persistence.templates import InteractionTemplate, InteractionTemplateTranslation
from resolvers.queries import Columns


def parameter(name: str) -> ColumnElement[str]:
    """A parameter of these joins. It is null if no value is given."""
    return bindparam(name, None, type_=Unicode())


CONTACTS, TEMPLATES, TRANSLATIONS, SALESPEOPLE, CAMPAIGNS, CAMPAIGN_ENTRIES, SETUP = (
    table_of(model)
    for model in (
        Contact,
        InteractionTemplate,
        InteractionTemplateTranslation,
        Salesperson,
        Campaign,
        CampaignEntry,
        MarketingSetup,
    )
)
OWN = SALESPEOPLE.alias("own")
IS_OWN = and_(OWN.c.code == parameter("own_salesperson_code"), not_(OWN.c.blocked))
"""The user's own salesperson, unless that is blocked."""

_contact, _template, _translation = CONTACTS.c, TEMPLATES.c, TRANSLATIONS.c


def salesperson_code_of(contact: Columns) -> ColumnElement[str]:
    """The given code, or else that of the user (K16) or of the contact (R-DRAFT-2). "" is no salesperson."""
    return func.coalesce(parameter("salesperson_code"), OWN.c.code, contact.salesperson_code)


CAMPAIGN_NO = func.coalesce(parameter("campaign_no"), _template.campaign_no)
"""The given number, or else that of the template (R-TMPL-4). "" is no campaign."""

IS_SHARED_ENTRY = and_(CAMPAIGN_ENTRIES.c.campaign_no == CAMPAIGNS.c.no, CAMPAIGN_ENTRIES.c.segment_no.is_(None))
"""Whether a campaign entry is the one of the campaign's interactions that are logged one by one (R-CAM-1)."""


def is_translation_for(contact: Columns) -> ColumnElement[bool]:
    """Whether a translation of the template is in the language of the contact."""
    return and_(_translation.template_code == _template.code, _translation.language_code == contact.language_code)


JOINED = (
    SETUP.outerjoin(CONTACTS, _contact.no == parameter("contact_no"))
    .outerjoin(TEMPLATES, _template.code == parameter("template_code"))
    .outerjoin(TRANSLATIONS, is_translation_for(_contact))
    .outerjoin(OWN, IS_OWN)
    .outerjoin(SALESPEOPLE, SALESPEOPLE.c.code == salesperson_code_of(_contact))
    .outerjoin(CAMPAIGNS, CAMPAIGNS.c.no == CAMPAIGN_NO)
    .outerjoin(CAMPAIGN_ENTRIES, IS_SHARED_ENTRY)
)
"""Exactly one row: the marketing setup with those of the other records that exist."""

FROM_TEMPLATE: Mapping[str, SqlExpression] = {
    "description": _template.description,
    "group_code": _template.group_code,
    "cost": _template.unit_cost,
    "duration": _template.unit_duration,
    "information_flow": _template.information_flow,
    "initiated_by": _template.initiated_by,
    "campaign_target": _template.campaign_target,
    "campaign_response": _template.campaign_response,
}
"""The values that choosing the template fills in (R-TMPL-2), by column of the draft."""


def from_contact(contact: Columns) -> Mapping[str, ColumnElement[str]]:
    """The values that depend on the contact and the template (K3): correspondence type (R-CORR-2, R-CORR-3) and
    language (R-DRAFT-8). Without a template they are those of the contact.
    """
    return {
        "correspondence_type": case(
            (_template.ignore_contact_correspondence_type, _template.correspondence_type_default),
            else_=func.coalesce(contact.correspondence_type, _template.correspondence_type_default),
        ),
        "language_code": case(
            (_template.id.is_(None), contact.language_code),
            else_=func.coalesce(_translation.language_code, _template.language_code_default),
        ),
    }
