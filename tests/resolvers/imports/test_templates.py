"""`carnet import templates`: interaction templates and their groups, all or none (A.4, R-TPL)."""

import json
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import select

from persistence.templates import InteractionGroup, InteractionTemplate, InteractionTemplateTranslation
from resolvers.imports import ImportReport, own_files, templates
from resolvers.imports.columns import normalized
from resolvers.imports.existing import Existing
from resolvers.imports.templates.columns import CAPTIONS, KNOWN
from resolvers.work import Work
from tests import records
from tests.change_log import recorded_changes
from tests.import_files import import_errors, write_file
from tests.refusals import refusals_of
from tests.statements import recorded_statements

NAV = """Code,Interaction Group Code,Description,Unit Cost (LCY),Unit Duration (Min.),Information Flow,Initiated By,Correspondence Type (Default),Ignore Contact Corres. Type,Language Code (Default),Campaign No.,Campaign Target,Campaign Response,Attachment No.
ABSTRACT,LETTER,Abstracts of meeting,"1,008.00",90,Outbound,,Hard Copy,Yes,ENU,CP1,Yes,No,12
INCOME,PHONE,Incoming phone call,0.00,15,Inbound,Them, ,No,,,No,No,0
"""

errors = partial(import_errors, templates.run, InteractionTemplate)


def imported(work: Work, path: Path, **choices: Any) -> ImportReport:
    report = templates.run(work, path, **choices)
    work.session.expire_all()
    return report


def stored(work: Work, code: str, *names: str) -> Any:
    template = records.stored(work, InteractionTemplate, code=code)
    return tuple(getattr(template, name) for name in names)


def test_missing_groups_of_templates_are_created(work: Work, tmp_path: Path) -> None:
    records.insert_campaign(work, "CP1")
    records.insert_group(work, "PHONE", description="Telephone")

    report = imported(work, write_file(tmp_path, NAV))

    assert (report.rows, report.created, report.updated, report.unchanged) == (2, 2, 0, 0)
    assert [note.english for note in report.notes] == [
        "New interaction groups, with their code as description: LETTER."
    ]
    assert (report.unknown_columns, report.ignored_columns) == ([], ["Attachment No."])
    assert stored(
        work, "ABSTRACT", "group_code", "description", "unit_cost", "unit_duration", "information_flow", "initiated_by"
    ) == ("LETTER", "Abstracts of meeting", Decimal("1008.00"), 90, "OUTBOUND", None)
    assert stored(
        work,
        "ABSTRACT",
        "correspondence_type_default",
        "ignore_contact_correspondence_type",
        "language_code_default",
        "campaign_no",
        "campaign_target",
        "campaign_response",
        "blocked",
        "version",
    ) == ("HARD_COPY", True, "ENU", "CP1", True, False, False, 1)
    assert stored(work, "INCOME", "information_flow", "initiated_by", "correspondence_type_default", "campaign_no") == (
        "INBOUND",
        "THEM",
        None,
        None,
    )
    groups = {group.code: group.description for group in work.session.exec(select(InteractionGroup))}
    assert groups == {"LETTER": "LETTER", "PHONE": "Telephone"}


def test_captions_and_values_may_be_french(work: Work, tmp_path: Path) -> None:
    imported(
        work,
        write_file(
            tmp_path,
            (
                "Code;Désignation;Code groupe interaction;Coût unitaire (DS);Durée unitaire (min.);Flux d'informations;Initié par;"
                "Type correspondance (par défaut);Ignorer type correspondance contact\n"
                "visite;Visite chez le client;réunion;1 045,50;180;Sortant;Nous;Courriel;Oui\n"
            ),
            "cp1252",
        ),
    )

    assert stored(
        work, "VISITE", "description", "group_code", "unit_cost", "unit_duration", "information_flow", "initiated_by"
    ) == ("Visite chez le client", "RÉUNION", Decimal("1045.50"), 180, "OUTBOUND", "US")
    assert stored(work, "VISITE", "correspondence_type_default", "ignore_contact_correspondence_type") == (
        "EMAIL",
        True,
    )


def test_a_row_with_the_code_of_a_template_updates_only_the_fields_that_it_has(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)

    path = write_file(tmp_path, "Code,Description,Unit Cost (LCY)\nVISIT,Long visit,\nCALLIN,,0\nNEW,New,\n")
    report = imported(work, path, existing=Existing.UPDATE)

    assert (report.created, report.updated, report.unchanged) == (1, 1, 1)
    assert stored(work, "VISIT", "description", "unit_cost", "unit_duration", "group_code", "version") == (
        "Long visit",
        Decimal(45),
        180,
        "MEET",
        2,
    )
    assert stored(work, "CALLIN", "description", "version") == ("Incoming call", 1)
    assert stored(work, "NEW", "unit_cost", "unit_duration", "group_code", "blocked") == (Decimal(0), 0, None, False)


def test_the_default_language_gets_a_translation_r_tpl_2(work: Work, tmp_path: Path) -> None:
    records.insert_template(work, "VISIT", description="Visit", languages=("FRA",))

    imported(work, write_file(tmp_path, "Code,Description,Language Code (Default)\nVISIT,,fra\nCALL,Call,ENU\n"))

    translated = work.session.exec(
        select(InteractionTemplateTranslation).order_by(InteractionTemplateTranslation.template_code)
    )
    assert [(row.template_code, row.language_code, row.description) for row in translated] == [
        ("CALL", "ENU", "Call"),
        ("VISIT", "FRA", "Visit FRA"),
    ]


def test_errors_have_row_and_column_and_nothing_is_imported(work: Work, tmp_path: Path) -> None:
    assert errors(
        work,
        write_file(
            tmp_path,
            (
                "Code,Description,Interaction Group Code,Unit Cost,Unit Duration,Campaign No.,Information Flow\n"
                ",A,,,,,\nB,,,,,,\nC,C,,-1,,,\nD,D,,,1.5,,\nE,E,,,,NIX,\nF,F,,,,,Up\nG,G,,,,,\ng,G,,,,,\nABCDEFGHIJK,K,,,,,\n"
                f"L,{'x' * 101},,,,,\nM,M,ABCDEFGHIJK,,,,\n"
            ),
        ),
    ) == [
        (2, "Code"),
        (3, "Description"),
        (4, "Unit Cost"),
        (5, "Unit Duration"),
        (6, "Campaign No."),
        (7, "Information Flow"),
        (9, "Code"),
        (10, "Code"),
        (11, "Description"),
        (12, "Interaction Group Code"),
    ]
    assert work.session.exec(select(InteractionGroup)).all() == []


def test_an_import_is_in_the_change_log_of_each_template_and_group(work: Work, tmp_path: Path) -> None:
    records.insert_group(work, "MEET")
    records.insert_template(work, "VISIT", group="MEET", description="Visit", cost=45)

    imported(
        work,
        write_file(
            tmp_path,
            "Code,Description,Group Code,Unit Cost\nVISIT,Long visit,,45\nCALL,Call,PHONE,\nNOTE,Note,PHONE,\n",
        ),
        existing=Existing.UPDATE,
    )

    seen = [(key, action) for key, action, _ in recorded_changes(work)]
    assert sorted(seen) == [("CALL", "CREATED"), ("NOTE", "CREATED"), ("PHONE", "CREATED"), ("VISIT", "UPDATED")]
    assert ("VISIT", "UPDATED", {"description": ("Visit", "Long visit")}) in recorded_changes(work)


def test_a_dry_run_counts_and_imports_nothing(work: Work, tmp_path: Path) -> None:
    records.insert_campaign(work, "CP1")
    path = write_file(tmp_path, NAV)

    report = templates.run(work, path, dry_run=True)

    assert (report.created, [note.english for note in report.notes]) == (
        2,
        ["New interaction groups, with their code as description: LETTER, PHONE."],
    )
    assert work.session.exec(select(InteractionTemplate)).all() == []
    assert work.session.exec(select(InteractionGroup)).all() == []


def test_a_file_that_is_not_a_list_of_templates_is_refused(work: Work, tmp_path: Path) -> None:
    assert refusals_of(templates.run, work, write_file(tmp_path, "Name,City\nCafé,Laval\n")) == [("INVALID", ())]
    assert refusals_of(templates.run, work, write_file(tmp_path, "Code\nVISIT\n")) == [("INVALID", ())]


def test_the_number_of_statements_does_not_grow_with_the_file(work: Work, tmp_path: Path) -> None:
    def statements(rows: int, name: str) -> int:
        path = write_file(
            tmp_path, "Code,Description,Group Code\n" + "".join(f"{name}{n},{n},{name}{n}\n" for n in range(rows))
        )
        with recorded_statements(work) as seen:
            imported(work, path)
        return len(seen)

    records.insert_group(work, "FIRST")  # so that the transaction is open
    assert statements(3, "A") == statements(300, "B")


def test_each_caption_stands_for_one_field() -> None:
    for field, captions in CAPTIONS.items():
        assert {KNOWN[normalized(caption)][0] for caption in captions} == {field}


def test_differing_translations_of_skipped_rows_are_reported(work: Work, tmp_path: Path) -> None:
    def notes(english: str) -> list[tuple[int, str]]:
        translations = json.dumps([{"languageCode": "ENU", "description": english}])
        cells = {"code": "MOVED", "description": "Moved", "translations": translations}
        path = tmp_path / "templates.ndjson"
        path.write_text(json.dumps(dict.fromkeys(own_files.TEMPLATES) | cells))
        return [(note.row, note.message_en) for note in imported(work, path).row_notes]

    assert notes("Moved") == []
    assert notes("Moved") == []
    ((row, said),) = notes("Relocated")
    assert row == 1
    assert "MOVED (translations)" in said
