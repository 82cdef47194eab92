"""Atelier Boréal, folding furniture, Montréal and Nantes: its salespeople, templates and campaigns."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from persistence.campaigns import Campaign
from persistence.enums import CorrespondenceType, InformationFlow, InitiatedBy
from persistence.folding import fold
from persistence.salespeople import Salesperson
from persistence.templates import (
    InteractionGroup,
    InteractionGroupTranslation,
    InteractionTemplate,
    InteractionTemplateTranslation,
)
from resolvers.demo.bulk import fill, fill_few
from resolvers.errors import Translated
from resolvers.work import Work

CURRENCY = "CAD"
LANGUAGES = ("ENU", "FRC", "FRA")
YEARS = 3


@dataclass(frozen=True)
class Seller:
    """A salesperson of the company, who works in the hours of their own town."""

    code: str
    name: str
    user_id: str
    job_title: str
    phone_no: str
    zone: ZoneInfo


MONTREAL, NANTES = ZoneInfo("America/Toronto"), ZoneInfo("Europe/Paris")
ANOUK = Seller("AT", "Anouk Tétreault", "anouk", "Directrice des ventes", "+1 514 555-0101", MONTREAL)
MATHIEU = Seller("MG", "Mathieu Gélinas", "mathieu", "Représentant, Québec", "+1 514 555-0102", MONTREAL)
SOLENE = Seller("SK", "Solène Kerbrat", "solene", "Représentante, Ouest", "+33 2 61 91 00 03", NANTES)
ELEANOR = Seller("EW", "Eleanor Whitfield", "eleanor", "Sales, Canada and export", "+1 416 555-0104", MONTREAL)
GONE = Seller("RL", "Ronan Le Floc’h", "ronan", "Représentant, Bretagne", "+33 2 61 91 00 05", NANTES)
SELLERS = (ANOUK, MATHIEU, SOLENE, ELEANOR, GONE)
SELLER = {seller.code: seller for seller in SELLERS}

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
class Kind:
    """An interaction template in the company's own words."""

    code: str
    group_code: str
    english: str
    french: str
    unit_cost: str
    unit_duration: int
    flow: InformationFlow
    by: InitiatedBy
    corresponds: CorrespondenceType | None = None
    ignores_contact: bool = False
    target: bool = False
    response: bool = False
    blocked: bool = False


KINDS = (
    Kind("VISIT", "MEETING", "Visit at the customer's", "Visite chez le client", "45.00", 90, OUT, US),
    Kind("SHOWROOM", "MEETING", "Showroom visit", "Visite de la salle d’exposition", "18.00", 50, IN, THEM),
    Kind("FAIR", "MEETING", "Talk at a fair", "Rencontre au salon", "32.00", 20, OUT, US),
    Kind("CALLOUT", "PHONE", "Outgoing phone call", "Appel sortant", "3.50", 12, OUT, US),
    Kind("CALLIN", "PHONE", "Incoming phone call", "Appel entrant", "2.50", 8, IN, THEM),
    Kind("EMAIL", "LETTER", "E-mail", "Courriel", "1.50", 6, OUT, US, EMAIL, True),
    Kind("LETTER", "LETTER", "Business letter", "Lettre", "6.00", 25, OUT, US, PAPER, True),
    Kind("NEWSLTR", "LETTER", "Newsletter", "Infolettre", "0.20", 0, OUT, US, EMAIL, True, target=True),
    Kind("CATALOG", "LETTER", "Printed catalogue", "Catalogue imprimé", "4.80", 2, OUT, US, PAPER, True, target=True),
    Kind("INVITE", "LETTER", "Invitation", "Invitation", "1.20", 2, OUT, US, EMAIL, target=True),
    Kind("FAX", "LETTER", "Fax", "Télécopie", "2.00", 10, OUT, US, FAX, True, blocked=True),
    Kind("QUOTE", "SALES", "Quote", "Devis", "14.00", 40, OUT, US, EMAIL),
    Kind("ANSWER", "SALES", "Answer to a campaign", "Réponse à une campagne", "1.00", 5, IN, THEM, response=True),
    Kind("CLAIM", "SERVICE", "Claim", "Réclamation", "8.00", 25, IN, THEM),
    Kind("REPAIR", "SERVICE", "Repair or adjustment", "Réparation ou ajustement", "38.00", 60, OUT, US),
)
KIND = {kind.code: kind for kind in KINDS}

SEASONS = (
    ("Salon de janvier", "AT", "INVITE", (1, 20), (2, 8)),
    ("Terrasses de printemps", "MG", "CATALOG", (3, 1), (5, 31)),
    ("Back to the office", "EW", "CATALOG", (8, 20), (10, 10)),
    ("Noël à l’atelier", "SK", "CATALOG", (11, 5), (12, 20)),
)
"""Campaigns of every year: name, salesperson, what opens them, first and last day."""


@dataclass(frozen=True)
class Push:
    """A campaign with its dates."""

    no: str
    description: str
    salesperson_code: str
    opening: str
    starts: dt.date
    ends: dt.date


def settle(work: Work) -> None:
    """Setup, salespeople, groups and templates."""
    work.setup.currency_code = CURRENCY
    fill_few(work, [_salesperson(seller) for seller in SELLERS])
    work.setup.default_salesperson_code = ANOUK.code
    work.session.flush()
    fill_few(
        work, [InteractionGroup(code=code, description=work.text(Translated(*words))) for code, words in GROUPS.items()]
    )
    fill(
        work,
        InteractionGroupTranslation,
        [
            {"group_code": code, "language_code": language, "description": words[language != "ENU"]}
            for code, words in GROUPS.items()
            for language in LANGUAGES
        ],
    )
    fill_few(work, [_template(work, kind) for kind in KINDS])
    fill(
        work,
        InteractionTemplateTranslation,
        [
            {"template_code": kind.code, "language_code": language, "description": spoken(kind, language)}
            for kind in KINDS
            for language in LANGUAGES
        ],
    )


def spoken(kind: Kind, language_code: str | None) -> str:
    """What a kind of interaction is called in a language."""
    return kind.french if language_code in ("FRC", "FRA") else kind.english


def default_language(work: Work) -> str:
    """The default language of templates and segments, from the language of the request."""
    return work.text(Translated("ENU", "FRC"))


def campaigns(work: Work, today: dt.date) -> list[Push]:
    """Four seasons a year; those that are over for more than a year are blocked."""
    first = today - dt.timedelta(days=365 * YEARS)
    seasons = [
        Push("", f"{name} {year}", seller, opening, dt.date(year, *starts), dt.date(year, *ends))
        for year in range(first.year, today.year + 2)
        for name, seller, opening, starts, ends in SEASONS
    ]
    shown = [push for push in seasons if first <= push.starts <= today + dt.timedelta(days=75)]
    pushes = [replace(push, no=f"CP{place:04}") for place, push in enumerate(shown, start=1)]
    fill_few(
        work,
        [
            Campaign(
                no=push.no,
                description=push.description,
                starting_date=push.starts,
                ending_date=push.ends,
                salesperson_code=push.salesperson_code,
                blocked=push.ends < today - dt.timedelta(days=365),
            )
            for push in pushes
        ],
    )
    return pushes


def left_on(today: dt.date) -> dt.date:
    """The day on which the one who is gone left."""
    return today - dt.timedelta(days=410)


def _salesperson(seller: Seller) -> Salesperson:
    return Salesperson(
        code=seller.code,
        name=seller.name,
        search_name=fold(seller.name),
        job_title=seller.job_title,
        email=f"{seller.user_id}@atelier-boreal.example.com",
        phone_no=seller.phone_no,
        blocked=seller is GONE,
    )


def _template(work: Work, kind: Kind) -> InteractionTemplate:
    return InteractionTemplate(
        code=kind.code,
        description=work.text(Translated(kind.english, kind.french)),
        group_code=kind.group_code,
        unit_cost=Decimal(kind.unit_cost),
        unit_duration=kind.unit_duration,
        information_flow=kind.flow,
        initiated_by=kind.by,
        correspondence_type_default=kind.corresponds,
        ignore_contact_correspondence_type=kind.ignores_contact,
        language_code_default=default_language(work),
        campaign_target=kind.target,
        campaign_response=kind.response,
        blocked=kind.blocked,
    )
