"""The master data of the demo company: salespeople, interaction groups and templates, campaigns."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from persistence.campaigns import Campaign
from persistence.enums import CorrespondenceType, InformationFlow, InitiatedBy
from persistence.salespeople import Salesperson
from persistence.sql.folding import fold
from persistence.templates import (
    InteractionGroup,
    InteractionGroupTranslation,
    InteractionTemplate,
    InteractionTemplateTranslation,
)
from resolvers.demo.bulk import insert_many, insert_returning_keys
from resolvers.errors import Translated
from resolvers.work import Work

CURRENCY = "CAD"
LANGUAGES = ("ENU", "FRC", "FRA")
YEARS = 3


@dataclass(frozen=True)
class DemoSalesperson:
    """A salesperson. Interactions are logged in the time zone of the salesperson's city."""

    code: str
    name: str
    user_id: str
    job_title: str
    phone_no: str
    time_zone: ZoneInfo


MONTREAL, NANTES = ZoneInfo("America/Toronto"), ZoneInfo("Europe/Paris")
ANOUK = DemoSalesperson("AT", "Anouk Tétreault", "anouk", "Directrice des ventes", "+1 514 555-0101", MONTREAL)
MATHIEU = DemoSalesperson("MG", "Mathieu Gélinas", "mathieu", "Représentant, Québec", "+1 514 555-0102", MONTREAL)
SOLENE = DemoSalesperson("SK", "Solène Kerbrat", "solene", "Représentante, Ouest", "+33 2 61 91 00 03", NANTES)
ELEANOR = DemoSalesperson("EW", "Eleanor Whitfield", "eleanor", "Sales, Canada and export", "+1 416 555-0104", MONTREAL)
FORMER = DemoSalesperson("RL", "Ronan Le Floc’h", "ronan", "Représentant, Bretagne", "+33 2 61 91 00 05", NANTES)
SALESPEOPLE = (ANOUK, MATHIEU, SOLENE, ELEANOR, FORMER)
SALESPERSON_BY_CODE = {salesperson.code: salesperson for salesperson in SALESPEOPLE}

GROUPS = {
    "MEETING": ("Meetings and visits", "Rencontres et visites"),
    "PHONE": ("Phone calls", "Appels téléphoniques"),
    "LETTER": ("Letters, e-mails and mailings", "Lettres, courriels et envois"),
    "SALES": ("Quotes and answers", "Devis et réponses"),
    "SERVICE": ("After-sales service", "Service après-vente"),
}

OUT, IN = InformationFlow.OUTBOUND, InformationFlow.INBOUND
US, THEM = InitiatedBy.US, InitiatedBy.THEM
EMAIL, PAPER, FAX = CorrespondenceType.EMAIL, CorrespondenceType.HARD_COPY, CorrespondenceType.FAX


@dataclass(frozen=True)
class DemoTemplate:
    """An interaction template, described in both languages."""

    code: str
    group_code: str
    english: str
    french: str
    unit_cost: str
    unit_duration: int
    information_flow: InformationFlow
    initiated_by: InitiatedBy
    correspondence_type: CorrespondenceType | None = None
    ignore_contact_correspondence_type: bool = False
    campaign_target: bool = False
    campaign_response: bool = False
    blocked: bool = False
    follow_up_after_days: int | None = None


TEMPLATES = (
    DemoTemplate("VISIT", "MEETING", "Visit at the customer's", "Visite chez le client", "45.00", 90, OUT, US),
    DemoTemplate("SHOWROOM", "MEETING", "Showroom visit", "Visite de la salle d’exposition", "18.00", 50, IN, THEM),
    DemoTemplate("FAIR", "MEETING", "Talk at a fair", "Rencontre au salon", "32.00", 20, OUT, US),
    DemoTemplate("CALLOUT", "PHONE", "Outgoing phone call", "Appel sortant", "3.50", 12, OUT, US),
    DemoTemplate("CALLIN", "PHONE", "Incoming phone call", "Appel entrant", "2.50", 8, IN, THEM),
    DemoTemplate("EMAIL", "LETTER", "E-mail", "Courriel", "1.50", 6, OUT, US, EMAIL, True),
    DemoTemplate("LETTER", "LETTER", "Business letter", "Lettre", "6.00", 25, OUT, US, PAPER, True),
    DemoTemplate(
        "NEWSLTR", "LETTER", "Newsletter", "Infolettre", "0.20", 0, OUT, US, EMAIL, True, campaign_target=True
    ),
    DemoTemplate(
        "CATALOG",
        "LETTER",
        "Printed catalogue",
        "Catalogue imprimé",
        "4.80",
        2,
        OUT,
        US,
        PAPER,
        True,
        campaign_target=True,
    ),
    DemoTemplate("INVITE", "LETTER", "Invitation", "Invitation", "1.20", 2, OUT, US, EMAIL, campaign_target=True),
    DemoTemplate("FAX", "LETTER", "Fax", "Télécopie", "2.00", 10, OUT, US, FAX, True, blocked=True),
    DemoTemplate("QUOTE", "SALES", "Quote", "Devis", "14.00", 40, OUT, US, EMAIL, follow_up_after_days=7),
    DemoTemplate(
        "ANSWER", "SALES", "Answer to a campaign", "Réponse à une campagne", "1.00", 5, IN, THEM, campaign_response=True
    ),
    DemoTemplate("CLAIM", "SERVICE", "Claim", "Réclamation", "8.00", 25, IN, THEM),
    DemoTemplate("REPAIR", "SERVICE", "Repair or adjustment", "Réparation ou ajustement", "38.00", 60, OUT, US),
)
TEMPLATE_BY_CODE = {template.code: template for template in TEMPLATES}

SEASONS = (
    ("Salon de janvier", "AT", "INVITE", (1, 20), (2, 8)),
    ("Terrasses de printemps", "MG", "CATALOG", (3, 1), (5, 31)),
    ("Back to the office", "EW", "CATALOG", (8, 20), (10, 10)),
    ("Noël à l’atelier", "SK", "CATALOG", (11, 5), (12, 20)),
)
"""The campaigns of each year: name, salesperson, template of the first mailing, first and last day."""


@dataclass(frozen=True)
class DemoCampaign:
    """A campaign, and the template of its first mailing."""

    no: str
    description: str
    salesperson_code: str
    template_code: str
    starting_date: dt.date
    ending_date: dt.date


def create_master_data(work: Work) -> None:
    """Create salespeople, interaction groups and templates, and set the currency of the company."""
    work.setup.currency_code = CURRENCY
    insert_returning_keys(work, [_salesperson(salesperson) for salesperson in SALESPEOPLE])
    work.setup.default_salesperson_code = ANOUK.code
    work.session.flush()
    insert_returning_keys(
        work, [InteractionGroup(code=code, description=work.text(Translated(*words))) for code, words in GROUPS.items()]
    )
    insert_many(
        work,
        InteractionGroupTranslation,
        [
            {"group_code": code, "language_code": language, "description": words[language != "ENU"]}
            for code, words in GROUPS.items()
            for language in LANGUAGES
        ],
    )
    insert_returning_keys(work, [_template(work, template) for template in TEMPLATES])
    insert_many(
        work,
        InteractionTemplateTranslation,
        [
            {
                "template_code": template.code,
                "language_code": language,
                "description": description_in(template, language),
            }
            for template in TEMPLATES
            for language in LANGUAGES
        ],
    )


def description_in(template: DemoTemplate, language_code: str | None) -> str:
    """The description of a template in a language."""
    return template.french if language_code in ("FRC", "FRA") else template.english


def default_language(work: Work) -> str:
    """The default language of templates and segments, from the language of the request."""
    return work.text(Translated("ENU", "FRC"))


def create_campaigns(work: Work, today: dt.date) -> list[DemoCampaign]:
    """Create four campaigns a year. Those that ended more than a year ago are blocked."""
    first = today - dt.timedelta(days=365 * YEARS)
    seasons = [
        DemoCampaign("", f"{name} {year}", salesperson, opening, dt.date(year, *starts), dt.date(year, *ends))
        for year in range(first.year, today.year + 2)
        for name, salesperson, opening, starts, ends in SEASONS
    ]
    shown = [campaign for campaign in seasons if first <= campaign.starting_date <= today + dt.timedelta(days=75)]
    campaigns = [replace(campaign, no=f"CP{place:04}") for place, campaign in enumerate(shown, start=1)]
    insert_returning_keys(
        work,
        [
            Campaign(
                no=campaign.no,
                description=campaign.description,
                starting_date=campaign.starting_date,
                ending_date=campaign.ending_date,
                salesperson_code=campaign.salesperson_code,
                blocked=campaign.ending_date < today - dt.timedelta(days=365),
            )
            for campaign in campaigns
        ],
    )
    return campaigns


def departure_date(today: dt.date) -> dt.date:
    """The day on which the former salesperson left."""
    return today - dt.timedelta(days=410)


def _salesperson(salesperson: DemoSalesperson) -> Salesperson:
    return Salesperson(
        code=salesperson.code,
        name=salesperson.name,
        search_name=fold(salesperson.name),
        job_title=salesperson.job_title,
        email=f"{salesperson.user_id}@atelier-boreal.example.com",
        phone_no=salesperson.phone_no,
        blocked=salesperson is FORMER,
    )


def _template(work: Work, template: DemoTemplate) -> InteractionTemplate:
    return InteractionTemplate(
        code=template.code,
        description=work.text(Translated(template.english, template.french)),
        group_code=template.group_code,
        unit_cost=Decimal(template.unit_cost),
        unit_duration=template.unit_duration,
        information_flow=template.information_flow,
        initiated_by=template.initiated_by,
        correspondence_type_default=template.correspondence_type,
        ignore_contact_correspondence_type=template.ignore_contact_correspondence_type,
        language_code_default=default_language(work),
        campaign_target=template.campaign_target,
        campaign_response=template.campaign_response,
        blocked=template.blocked,
        follow_up_after_days=template.follow_up_after_days,
    )
