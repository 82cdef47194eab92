"""The records that an interaction names, joined with the marketing setup, and the values that they give a draft: as
SQL.

Every look-up of these records (`named_records`) and the statement that logs an interaction without looking them up
first (`single_statement`) read the same joins and values.
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
"""The user's own salesperson, unless that is blocked."""

_contact, _template, _translation = CONTACTS.c, TEMPLATES.c, TRANSLATIONS.c

SALESPERSON_CODE = func.coalesce(parameter("salesperson_code"), OWN.c.code, _contact.salesperson_code)
"""The given code, or else that of the user (K16) or of the contact (R-DRAFT-2). "" is no salesperson."""

CAMPAIGN_NO = func.coalesce(parameter("campaign_no"), _template.campaign_no)
"""The given number, or else that of the template (R-TMPL-4). "" is no campaign."""

JOINED = (
    SETUP.outerjoin(CONTACTS, _contact.no == parameter("contact_no"))
    .outerjoin(TEMPLATES, _template.code == parameter("template_code"))
    .outerjoin(
        TRANSLATIONS,
        and_(_translation.template_code == _template.code, _translation.language_code == _contact.language_code),
    )
    .outerjoin(OWN, and_(OWN.c.code == parameter("own_salesperson_code"), not_(OWN.c.blocked)))
    .outerjoin(SALESPEOPLE, SALESPEOPLE.c.code == SALESPERSON_CODE)
    .outerjoin(CAMPAIGNS, CAMPAIGNS.c.no == CAMPAIGN_NO)
    .outerjoin(
        CAMPAIGN_ENTRIES,
        and_(CAMPAIGN_ENTRIES.c.campaign_no == CAMPAIGNS.c.no, CAMPAIGN_ENTRIES.c.segment_no.is_(None)),
    )
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

FROM_CONTACT: Mapping[str, ColumnElement[str]] = {
    "correspondence_type": case(
        (_template.ignore_contact_correspondence_type, _template.correspondence_type_default),
        else_=func.coalesce(_contact.correspondence_type, _template.correspondence_type_default),
    ),
    "language_code": case(
        (_template.id.is_(None), _contact.language_code),
        else_=func.coalesce(_translation.language_code, _template.language_code_default),
    ),
}
"""The values that depend on the contact and the template (K3): correspondence type (R-CORR-2, R-CORR-3) and language
(R-DRAFT-8). Without a template they are those of the contact.
"""
