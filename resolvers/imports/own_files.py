"""The columns of the files that `carnet export` writes and `carnet import` takes back exactly, as the API names them.

A file with just these columns is taken as it is: texts keep their spaces and line breaks, and a blank cell of a new row
is null. In a file of another program, texts are tidied, and a blank cell may take a value from elsewhere, such as the
salesperson of the company.
"""

from collections.abc import Mapping

from resolvers.imports.cells import CellParser

SALESPEOPLE = ("code", "name", "email", "jobTitle", "phoneNo", "blocked")
CAMPAIGNS = ("no", "description", "startingDate", "endingDate", "salesperson.code", "blocked")
CONTACTS = (
    "no",
    "type",
    "name",
    "company.no",
    "jobTitle",
    "address",
    "city",
    "postCode",
    "countryCode",
    "territoryCode",
    "languageCode",
    "phoneNo",
    "mobilePhoneNo",
    "email",
    "homePage",
    "correspondenceType",
    "salesperson.code",
    "excludeFromSegment",
    "privacyBlocked",
)
TEMPLATES = (
    "code",
    "description",
    "group.code",
    "group.description",
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
    "blocked",
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
)


def exact(cell: str) -> str:
    """The text of a cell as it is."""
    return cell


def exact_parsers(parsers: Mapping[str, CellParser], *texts: str) -> dict[str, CellParser]:
    """The parsers of a file of Carnet: the fields `texts` are taken as they are."""
    return {**parsers, **dict.fromkeys(texts, exact)}
