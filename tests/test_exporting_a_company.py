"""What `carnet export` writes, `carnet import` takes back: the lists of the other database are equal."""

import asyncio
import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api import Api, create_company, running_app
from tests.commands import assert_refused, carnet
from tests.prepared import database_with

KINDS = ("salespeople", "campaigns", "contacts", "templates", "interactions")
AWKWARD = [
    'quote " and ; , | semicolons',
    "=1+1",
    "+1 (514)",
    "-5",
    "@SUM(A1)",
    "'=apostrophe",
    "two  spaces\u00a0and a no-break space",
    "\ufeffbyte order mark",
    "👩‍👩‍👧 emoji",
    "NULL",
    "\\N",
    "\\.",
    '"',
    "1,234",
    "03/04/2026",
    "e\u0301 decomposed",
]
LISTS = """{
  salespeople(first: 100) { nodes { code name email jobTitle phoneNo blocked } }
  campaigns(first: 100) { nodes { no description startingDate endingDate salesperson { code } blocked } }
  interactionGroups { nodes { code description translations { languageCode description } } }
  contacts(first: 100) { nodes { no type name companyName company { no } jobTitle address city postCode countryCode territoryCode
    languageCode phoneNo mobilePhoneNo email homePage notes correspondenceType salesperson { code } excludeFromSegment privacyBlocked } }
  interactionTemplates { nodes { code description group { code } unitCost unitDuration informationFlow initiatedBy
    correspondenceTypeDefault ignoreContactCorrespondenceType languageCodeDefault campaign { no } campaignTarget
    campaignResponse blocked translations { languageCode description } } }
  interactionLogEntries(first: 100) { nodes { entryNo title date timeOfInteraction description subject contactNo companyNo templateCode
    groupCode salespersonCode campaignNo campaignTarget campaignResponse informationFlow initiatedBy correspondenceType
    languageCode evaluation attemptFailed cost duration contactVia segmentNo canceled userId
    comments { lineNo date comment userId } } }
  postponedInteractions(first: 100) { nodes { entryNo date timeOfInteraction description contactNo companyNo templateCode groupCode
    salespersonCode campaignNo campaignTarget campaignResponse informationFlow initiatedBy correspondenceType languageCode
    evaluation attemptFailed cost duration contactVia resumeOn reason userId missingFields comments { lineNo date comment userId } } }
}"""


def fill(api: Api) -> None:
    """A company whose texts and blanks are awkward for files."""
    create_company(api)
    for number, text in enumerate(AWKWARD):
        campaign = {"description": text, "startingDate": "2026-01-02" if number % 2 else None, "salespersonCode": "JO"}
        api.mutate("createCampaign", {"no": f"CP{number}", "campaign": campaign}, "campaign { no }")
        contact = {
            "type": "PERSON",
            "name": text,
            "companyNo": "C1" if number % 2 else None,
            "address": f"{text}\r\n2nd line\n\n4th",
            "notes": f"{text}\r\n2nd line\n\n4th" if number % 2 else None,
            "city": None if number % 3 else text[:50],
            "countryCode": "CANADA" if number % 3 else None,
        }
        api.mutate("createContact", {"no": f"X{number}", "contact": contact}, "contact { no }")
        blanks = {"salespersonCode": None, "languageCode": None, "countryCode": None, "city": None}
        if number % 4 == 1:
            api.mutate("updateContact", {"no": f"X{number}", "contact": blanks}, "contact { no }")
    api.mutate(
        "updateSalesperson",
        {"code": "PS", "salesperson": {"name": "  Paul", "email": "p@x.ca", "phoneNo": "+1 514", "blocked": False}},
        "salesperson { code }",
    )
    api.mutate(
        "updateInteractionTemplate",
        {
            "code": "VISIT",
            "interactionTemplate": {
                "unitCost": "0.05",
                "campaignNo": "CP1",
                "languageCodeDefault": "ENU",
                "translations": [
                    {"languageCode": "FRC", "description": 'Visite, l’"été"'},
                    {"languageCode": "ENU", "description": "Another visit"},
                ],
            },
        },
        "interactionTemplate { code }",
    )
    translations = [{"languageCode": "FRC", "description": "Réunion"}]
    api.mutate(
        "updateInteractionGroup",
        {"code": "MEET", "interactionGroup": {"translations": translations}},
        "interactionGroup { code }",
    )
    for number, text in enumerate(AWKWARD):
        draft = {
            "contactNo": f"X{number}",
            "templateCode": "VISIT" if number % 2 else "CALLIN",
            "description": text,
            "date": "2026-02-03",
        }
        more: dict[str, Any] = {
            "cost": f"{number}.05",
            "evaluation": "POSITIVE" if number % 3 else None,
            "salespersonCode": "JO",
        }
        more["comments"] = [text, f"{text}\n\n2nd line", "third"][: number % 4]
        api.mutate("createInteraction", {"interaction": draft | more}, "interactionLogEntry { entryNo }")
    api.mutate(
        "setInteractionsCanceled",
        {"interactions": {"filter": {"contactNo": {"eq": "X3"}}}, "canceled": True},
        "changed",
    )
    api.mutate(
        "postponeInteraction",
        {"interaction": {"contactNo": "X2", "comments": ["é"]}, "resumeOn": "2026-05-01", "reason": "later\non"},
        "postponedInteraction { entryNo }",
    )
    api.mutate(
        "postponeInteraction",
        {"interaction": {"contactNo": "X3", "templateCode": "VISIT", "description": "=2"}},
        "postponedInteraction { entryNo }",
    )


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode(), newline="")))


@pytest.fixture
def other(database_url: str, empty_copy: Callable[[str], str]) -> str:
    """Another database of the same kind, which is empty."""
    return empty_copy("sqlite" if database_url.startswith("sqlite") else "postgresql")


@pytest.mark.parametrize("suffix", ["csv", "ndjson"])
def test_an_exported_company_is_equal_after_its_import(
    suffix: str, api: Api, database_url: str, other: str, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    fill(api)
    for kind in KINDS:
        file = str(tmp_path / f"{kind}.{suffix}")
        exported = carnet(database_url, "export", kind, file)
        assert exported.exit_code == 0, exported.stderr
        assert f"rows exported to {kind}.{suffix}." in exported.stderr
        imported = carnet(other, "import", kind, file)
        assert imported.exit_code == 0, imported.stderr
    with running_app(other, loop) as target:
        expected, found = api.execute(LISTS), target.execute(LISTS)

    assert len(expected["interactionLogEntries"]["nodes"]) == len(AWKWARD)
    if suffix == "csv":
        assert [row["postponed"] for row in rows_of(tmp_path / "interactions.csv")] == ["false"] * 16 + ["true"] * 2
    assert len(list(tmp_path.iterdir())) == len(KINDS)
    for name, rows in expected.items():
        assert found[name] == rows, name


@database_with(create_company)
def test_exports_for_spreadsheets_are_guarded_and_ndjson_has_one_object_a_line(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    campaign = {"description": "=1+1", "salespersonCode": "JO"}
    api.mutate("createCampaign", {"no": "CP1", "campaign": campaign}, "campaign { no }")
    sheet, lines = tmp_path / "campaigns.csv", tmp_path / "campaigns.NDJSON"
    assert carnet(database_url, "export", "campaigns", str(sheet), "--excel").exit_code == 0
    assert carnet(database_url, "export", "campaigns", str(lines)).exit_code == 0

    assert sheet.read_bytes().decode() == (
        "\ufeffno;description;startingDate;endingDate;salesperson.code;blocked\nCP1;'=1+1;;;JO;false\n"
    )
    assert [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()] == [
        {
            "no": "CP1",
            "description": "=1+1",
            "startingDate": None,
            "endingDate": None,
            "salesperson": {"code": "JO"},
            "blocked": False,
        }
    ]


@database_with(create_company)
def test_lines_of_open_segments_and_logged_segments_are_exported(api: Api, database_url: str, tmp_path: Path) -> None:
    for no in ("S1", "S2", "S3"):
        api.mutate(
            "createSegment", {"no": no, "segment": {"description": no, "templateCode": "VISIT"}}, "segment { no }"
        )
        api.mutate("addSegmentContacts", {"segmentNo": no, "from": {"contactNos": ["P1", "C2"]}}, "added")
    api.mutate("logSegment", {"segmentNo": "S2"}, "loggedSegment { entryNo }")
    lines, logged = tmp_path / "lines.csv", tmp_path / "logged.csv"
    assert carnet(database_url, "export", "segment-lines", str(lines)).exit_code == 0
    assert carnet(database_url, "export", "logged-segments", str(logged)).exit_code == 0

    def column(file: Path, *names: str) -> list[Any]:
        return [tuple(row[name] for name in names) for row in rows_of(file)]

    assert column(lines, "segment.no", "lineNo", "contactNo") == [
        ("S1", "1", "P1"),
        ("S1", "2", "C2"),
        ("S3", "1", "P1"),
        ("S3", "2", "C2"),
    ]
    assert column(logged, "segmentNo", "noOfInteractions", "canceled") == [("S2", "2", "false")]


def test_exports_that_cannot_be_written_are_refused_with_advice(api: Api, database_url: str, tmp_path: Path) -> None:
    assert_refused(carnet(database_url, "export", "contacts", str(tmp_path / "x.txt")), ".csv or .ndjson")
    assert_refused(carnet(database_url, "export", "contacts", str(tmp_path / "x.ndjson"), "--excel"), "--excel")
    assert_refused(carnet(database_url, "export", "contacts", str(tmp_path / "no" / "x.csv")), "cannot be written")
    assert carnet(database_url, "export", "people", str(tmp_path / "x.csv")).exit_code == 2
    assert list(tmp_path.iterdir()) == []
