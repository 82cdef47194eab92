"""`carnet import campaigns`: imports a list of campaigns."""

from functools import partial

from sqlalchemy import Table as SqlTable
from sqlalchemy import func, not_

from persistence.campaigns import Campaign
from persistence.columns import table_of
from persistence.enums import ImportKind
from resolvers.errors import Refusal, Translated, UserErrorCode
from resolvers.imports import captions, cards, own_files
from resolvers.imports.checking import RowChecks
from resolvers.imports.columns import index_captions, recognize
from resolvers.imports.created_rows import was_deleted_for_good
from resolvers.imports.reading import FileKind
from resolvers.imports.values.cells import code, line, yes_or_no

CAPTIONS: dict[str, tuple[str, ...]] = {
    "no": ("No.", "N°", "Nº", "Campaign No.", "N° campagne", "N° de campagne", "N° promotion", "Number", "Numéro"),
    "description": ("Description", "Désignation"),
    "starting_date": ("Starting Date", "Start Date", "Date de début", "Date début"),
    "ending_date": ("Ending Date", "End Date", "Date de fin", "Date fin"),
    "salesperson_code": captions.SALESPERSON,
    "blocked": ("Blocked", "Bloqué", "Bloquée"),
}
KNOWN = index_captions(CAPTIONS)


class NotACampaignList(Refusal):
    code = UserErrorCode.INVALID
    english = "{file} is not a list of campaigns. Its first row must have captions such as No. and Description."
    french = (
        "{file} n’est pas une liste de campagnes. Sa première ligne doit contenir des titres comme N° et Désignation."
    )


def _check(checks: RowChecks, staging: SqlTable) -> None:
    row, campaign = staging.c, table_of(Campaign)
    checks.report_rows(
        "no",
        row.no,
        checks.rows().where(not_(row.known), was_deleted_for_good(Campaign, row.no)),
        "{} was the number of a campaign that was deleted, and numbers are not reused. Give another number.",
        "{} était le numéro d’une campagne supprimée, et un numéro n’est jamais réutilisé. Donnez un autre numéro.",
    )
    starts = func.coalesce(row.starting_date, campaign.c.starting_date)
    ends = func.coalesce(row.ending_date, campaign.c.ending_date)
    checks.report_rows(
        "ending_date",
        row.no,
        checks.rows().outerjoin(campaign, campaign.c.no == row.no).where(ends < starts),
        "The campaign {} would end before it starts. Change one of the dates.",
        "La campagne {} finirait avant de commencer. Changez l’une des dates.",
    )
    checks.report_unknown_references("salesperson_code")


CAMPAIGNS = cards.CardFile(
    Campaign,
    ImportKind.CAMPAIGNS,
    FileKind(
        "campaigns",
        partial(recognize, known=KNOWN),
        lambda fields: {"no", "description"} <= fields,
        NotACampaignList,
        frozenset(own_files.CAMPAIGNS),
    ),
    tuple(CAPTIONS),
    key="no",
    name="description",
    parsers=lambda formats: {
        "no": code,
        "description": line,
        "starting_date": formats.day,
        "ending_date": formats.day,
        "salesperson_code": code,
        "blocked": yes_or_no,
    },
    texts=("no", "description", "salesperson_code"),
    key_missing=Translated("A campaign needs a number. Fill it in.", "Une campagne a besoin d’un numéro. Indiquez-le."),
    name_missing=Translated(
        "{} is a new campaign and needs a description. Fill it in.",
        "{} est une nouvelle campagne et a besoin d’une description. Indiquez-la.",
    ),
    check=_check,
    phase="writing campaigns",
    dates=("starting_date", "ending_date"),
)


run = partial(cards.run, cards=CAMPAIGNS)
"""Creates and updates campaigns from a file, by their numbers, as `cards.run` does."""
