"""Files that are given to the import of another kind are refused with the command for theirs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resolvers.errors import Refused
from resolvers.imports import campaigns, contacts, interactions, own_files, salespeople, templates
from resolvers.work import Work
from tests.import_files import write_file

LOG = "Entry No.,Contact No.,Date,Time of Interaction,Description,Interaction Template Code,Salesperson Code\n"
SHORT_LOG = "Contact No.;Date;Description\n;2026-03-18;Visit\n"
FRENCH_LOG = "N° séquence;N° contact;Nom contact;Date;Désignation;Code modèle interaction;Coût DS\n"
ACTIVITIES = "Date,Subject,Assigned,Company / Account,Contact,Status,Priority\n"
PEOPLE = "First Name,Last Name,E-mail Address,Company,Create Date\nAnn,Nord,ann@x.example,Firm,2026-01-02\n"
COMPANIES = "No.,Name,Address,City,Phone No.,Salesperson Code\n"
TEMPLATES = "Code,Description,Interaction Group Code,Unit Cost (LCY),Unit Duration (Min.),Information Flow\n"
CAMPAIGNS = "No.,Description,Starting Date,Ending Date,Salesperson Code\n"
SALESPEOPLE = "Code,Name,Commission %,Phone No.,E-Mail,Job Title\n"
RUNS: dict[str, Callable[..., Any]] = {
    "contacts": contacts.run,
    "interactions": interactions.run,
    "templates": templates.run,
    "campaigns": campaigns.run,
    "salespeople": salespeople.run,
}
OWN = {
    "contacts": own_files.CONTACTS,
    "interactions": own_files.INTERACTIONS,
    "templates": own_files.TEMPLATES,
    "campaigns": own_files.CAMPAIGNS,
    "salespeople": own_files.SALESPEOPLE,
}
FILES = [
    *[("interactions", text) for text in (LOG, SHORT_LOG, FRENCH_LOG, ACTIVITIES)],
    *[("contacts", text) for text in (PEOPLE, COMPANIES)],
    ("templates", TEMPLATES),
    ("campaigns", CAMPAIGNS),
    ("salespeople", SALESPEOPLE),
    *[(kind, ",".join(captions) + "\n") for kind, captions in OWN.items()],
]


@pytest.mark.parametrize(("kind", "text"), FILES)
def test_a_file_of_another_kind_is_refused_with_the_right_command(
    work: Work, tmp_path: Path, kind: str, text: str
) -> None:
    path = write_file(tmp_path, text)

    for other in RUNS.keys() - {kind}:
        with pytest.raises(Refused, match=f"Import it with `carnet import {kind} FILE`"):
            RUNS[other](work, path)
    RUNS[kind](work, path, dry_run=True)


def test_the_refusal_of_a_log_of_interactions_is_correct_french(work: Work, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        RUNS["templates"](work, write_file(tmp_path, LOG))

    (refusal,) = refused.value.refusals
    assert "à une liste d’interactions." in refusal.message("FR")
    assert "Si c’est une liste de modèles interaction," in refusal.message("FR")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("contacts", "Code,Name,City\nX,Firm,Lyon\n"),
        ("contacts", "Contact Name,Title,Account Name,Email\nAnn,Chef,Firm,ann@x.example\n"),
        ("contacts", "No.,Name\nCT1,Firm\n"),
        ("templates", "Interaction Template Code,Description,Information Flow,Initiated By\nCALL,Call,Outbound,Us\n"),
        ("salespeople", "Code,Name,E-Mail,Phone No.,Job Title\nJO,Jo,jo@x.example,,\n"),
    ],
)
def test_a_file_with_captions_of_several_kinds_is_accepted(work: Work, tmp_path: Path, kind: str, text: str) -> None:
    assert RUNS[kind](work, write_file(tmp_path, text)).rows == 1
