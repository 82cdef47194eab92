"""The columns of the files that `carnet export` writes and `carnet import` takes back exactly, as the API names them.

A file with just these columns is taken as it is: texts keep their spaces and line breaks, and a blank cell of a new row
is null. In a file of another program, texts are tidied, and a blank cell may take a value from elsewhere, such as the
salesperson of the company.
"""

from collections.abc import Mapping

from resolvers.contacts.fields import NORMALIZERS as CONTACT_FIELDS
from resolvers.imports.values.cells import CellParser

_OF_OTHERS = {"company_no": "company.no", "salesperson_code": "salesperson.code"}


def _api_name(column: str) -> str:
    """The name of a column of contacts in the API: `jobTitle`, `salesperson.code`."""
    first, *rest = column.split("_")
    return _OF_OTHERS.get(column) or first + "".join(map(str.capitalize, rest))


SALESPEOPLE = ("code", "name", "email", "jobTitle", "phoneNo", "blocked")
CAMPAIGNS = ("no", "description", "startingDate", "endingDate", "salesperson.code", "blocked")
CONTACTS = tuple(map(_api_name, ("no", "type", "name", *CONTACT_FIELDS, "correspondence_type")))
TEMPLATES = (
    "code",
    "description",
    "group.code",
    "group.description",
    "group.translations",
    "unitCost",
    "unitDuration",
    "informationFlow",
    "initiatedBy",
    "correspondenceTypeDefault",
    "ignoreContactCorrespondenceType",
    "languageCodeDefault",
    "campaign.no",
    "campaignTarget",
    "campaignResponse",
    "followUpAfterDays",
    "blocked",
    "translations",
)
INTERACTIONS = (
    "entryNo",
    "date",
    "timeOfInteraction",
    "description",
    "subject",
    "contactNo",
    "companyNo",
    "templateCode",
    "groupCode",
    "salespersonCode",
    "campaignNo",
    "campaignTarget",
    "campaignResponse",
    "informationFlow",
    "initiatedBy",
    "correspondenceType",
    "languageCode",
    "evaluation",
    "attemptFailed",
    "cost",
    "duration",
    "contactVia",
    "segmentNo",
    "canceled",
    "userId",
    "postponed",
    "resumeOn",
    "reason",
    "comments",
)


def exact(cell: str) -> str:
    """The text of a cell as it is."""
    return cell


def exact_parsers(parsers: Mapping[str, CellParser], *texts: str) -> dict[str, CellParser]:
    """The parsers of a file of Carnet: the fields `texts` are taken as they are."""
    return {**parsers, **dict.fromkeys(texts, exact)}
