"""Files with interactions: captions, and the formats of dates, times and amounts."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from resolvers.errors import Refused
from resolvers.imports import interactions as interaction_import
from resolvers.imports.columns import normalized
from resolvers.imports.interactions.columns import CAPTIONS, KNOWN
from resolvers.imports.values.formats import DayOrder, DecimalSign, Formats
from resolvers.work import Work
from tests import records
from tests.import_files import write_file
from tests.refusals import refusals_of
from tests.resolvers.imports.importing_interactions import WHOLE, errors, imported, stored


def test_a_nav_export_is_imported_with_its_numbers_and_dates(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)

    report = imported(work, write_file(tmp_path, WHOLE))

    assert (report.rows, report.created, report.updated, report.notes) == (2, 2, 0, [])
    assert report.unknown_columns == []
    assert report.ignored_columns == [
        "Attachment No.",
        "Campaign Entry No.",
        "To-do No.",
        "Delivery Status",
        "Contact Alt. Address Code",
        "Logged Segment Entry No.",
    ]
    assert stored(
        work,
        101,
        "contact_no",
        "company_no",
        "date",
        "time_of_interaction",
        "description",
        "subject",
        "template_code",
        "group_code",
    ) == ("P1", "C1", dt.date(2017, 1, 31), dt.time(14, 30), "Visit", "Chairs", "VISIT", "MEET")
    assert stored(
        work,
        101,
        "information_flow",
        "initiated_by",
        "correspondence_type",
        "evaluation",
        "language_code",
        "cost",
        "duration",
    ) == ("OUTBOUND", "US", "EMAIL", "VERY_POSITIVE", "ENU", Decimal("1045.50"), 180)
    assert stored(
        work,
        101,
        "canceled",
        "campaign_no",
        "campaign_response",
        "campaign_target",
        "contact_via",
        "user_id",
        "imported",
    ) == (True, "CP1", True, False, "+1 514 555-0101", "DOM\\SUSAN", True)
    assert stored(
        work,
        102,
        "attempt_failed",
        "group_code",
        "segment_no",
        "logged_segment_entry_no",
        "campaign_no",
        "evaluation",
        "user_id",
    ) == (True, "PHONE", "SM00007", None, None, None, "tester")
    assert stored(work, 102, "logged_at", "correspondence_type") == (work.now, None)


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "cp1252"), ("\t", "utf-16"), (";", "utf-8-sig")])
def test_a_french_export_is_read_in_every_encoding(work: Work, tmp_path: Path, delimiter: str, encoding: str) -> None:
    records.insert_fixtures(work)
    space = "\u202f" if encoding != "cp1252" else "\u00a0"
    text = (
        "N° séquence;N° contact;N° société contact;Date;Heure interaction;Désignation;Flux d'informations;Initié par;Coût (DS);"
        "Durée (min.);Évaluation;Tentative échouée;Type correspondance;Annulée;Code modèle interaction;Code représentant;Cible campagne\n"
        f"1{space}204;p1;c1;31/01/2017;14 h 30;Réunion à l’hôtel;Sortant;Nous;1{space}045,5;1{space}180;Très positive;Oui;Courriel;Non;visit;jo;Oui\n"
        "1205;C1;C1;01/02/2017;09:05;Appel;Entrant;Eux;0,00;15;Neutre;Non;Aucun;Oui;CALLIN;PS;Non\n"
    ).replace(";", delimiter)

    report = imported(work, write_file(tmp_path, text, encoding))

    assert (report.created, report.unknown_columns) == (2, [])
    assert stored(
        work, 1204, "contact_no", "date", "time_of_interaction", "description", "cost", "duration", "evaluation"
    ) == ("P1", dt.date(2017, 1, 31), dt.time(14, 30), "Réunion à l’hôtel", Decimal("1045.50"), 1180, "VERY_POSITIVE")
    assert stored(
        work, 1204, "information_flow", "initiated_by", "attempt_failed", "correspondence_type", "campaign_target"
    ) == ("OUTBOUND", "US", True, "EMAIL", True)
    assert stored(work, 1205, "date", "evaluation", "canceled", "correspondence_type", "initiated_by") == (
        dt.date(2017, 2, 1),
        "NEUTRAL",
        True,
        None,
        "THEM",
    )


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["31/01/2017", "02/03/2017"], [(2017, 1, 31), (2017, 3, 2)]),
        (["01/31/17", "02/03/17"], [(2017, 1, 31), (2017, 2, 3)]),
        (["31-1-99", "2.3.2017"], [(1999, 1, 31), (2017, 3, 2)]),
        (["2017-01-31T00:00:00", "2017/02/03"], [(2017, 1, 31), (2017, 2, 3)]),
        (["03/03/2017", "04.05.2017"], [(2017, 3, 3), (2017, 5, 4)]),
    ],
)
def test_the_order_of_day_and_month_is_detected_from_the_whole_file(
    work: Work, tmp_path: Path, cells: list[str], first: list[tuple[int, ...]]
) -> None:
    records.insert_fixtures(work)
    rows = "".join(f"{no},C1,{cell},A\n" for no, cell in enumerate(cells, start=1))

    imported(work, write_file(tmp_path, f"Entry No.,Contact No.,Date,Description\n{rows}"))

    assert [stored(work, no, "date")[0] for no in (1, 2)] == [dt.date(*day) for day in first]


def test_ambiguous_dates_are_refused_unless_the_order_is_given(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    head = "Entry No.,Contact No.,Date,Description\n"
    path = write_file(tmp_path, head + "1,C1,03/04/2017,A\n")

    with pytest.raises(Refused, match="--dates dmy or --dates mdy"):
        interaction_import.run(work, path)
    with pytest.raises(Refused, match="in one way"):
        interaction_import.run(work, write_file(tmp_path, head + "1,C1,31/01/2017,A\n2,C1,01/31/2017,A\n"))
    assert errors(
        work, write_file(tmp_path, head + "1,C1,31/01/2017,A\n2,C1,01/31/2017,A\n"), formats=Formats(days=DayOrder.DMY)
    ) == [(3, "Date")]
    imported(work, write_file(tmp_path, head + "1,C1,03/04/2017,A\n"), formats=Formats(days=DayOrder.MDY))
    imported(work, write_file(tmp_path, head + "2,C1,03/04/2017,A\n"), formats=Formats(days=DayOrder.DMY))

    assert [stored(work, no, "date")[0] for no in (1, 2)] == [dt.date(2017, 3, 4), dt.date(2017, 4, 3)]


@pytest.mark.parametrize(
    ("cells", "costs"),
    [
        (["1,234", "12.50"], ["1234", "12.50"]),
        (["1,234", "12,50"], None),
        (["1.234,50", "1.234"], ["1234.50", "1234"]),
        (["1 234,5", "45,000"], ["1234.50", "45"]),
        (["1'234.50 $", "€ 8"], ["1234.50", "8"]),
        (["12.50", "12,50"], ["12.50", "12.50"]),
        (["1,234,567", "8"], ["1234567", "8"]),
        (["0,125", "1"], None),
        ([",5", "1"], ["0.50", "1"]),
    ],
)
def test_the_decimal_sign_is_detected_from_the_whole_file(
    work: Work, tmp_path: Path, cells: list[str], costs: list[str] | None
) -> None:
    records.insert_fixtures(work)
    rows = "".join(f"{no}\tC1\t2017-01-31\tA\t{cell}\n" for no, cell in enumerate(cells, start=1))
    path = write_file(tmp_path, f"Entry No.\tContact No.\tDate\tDescription\tCost (LCY)\n{rows}")

    if costs is None:
        assert errors(work, path) == [(2, "Cost (LCY)")]
    else:
        imported(work, path)
        assert [stored(work, no, "cost")[0] for no in (1, 2)] == [Decimal(cost) for cost in costs]


def test_ambiguous_amounts_are_refused_unless_the_decimal_sign_is_given(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    path = write_file(tmp_path, "Entry No.;Contact No.;Date;Description;Cost\n1;C1;2017-01-31;A;1,500\n")

    with pytest.raises(Refused, match="--decimal comma or --decimal point"):
        interaction_import.run(work, path)
    imported(work, path, formats=Formats(decimal=DecimalSign.COMMA))

    assert stored(work, 1, "cost") == (Decimal("1.50"),)


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("9:05", dt.time(9, 5)),
        ("09:05:07", dt.time(9, 5, 7)),
        ("12:00 AM", dt.time(0)),
        ("12:30 p.m.", dt.time(12, 30)),
        ("2 PM", dt.time(14)),
        ("14h", dt.time(14)),
        ("14 h 05", dt.time(14, 5)),
        ("2:30\u202fPM", dt.time(14, 30)),
        ("14:30:00.123", dt.time(14, 30)),
    ],
)
def test_times_of_day_may_have_several_formats(work: Work, tmp_path: Path, cell: str, time: dt.time) -> None:
    records.insert_fixtures(work)

    imported(work, write_file(tmp_path, f"Entry No.,Contact No.,Date,Time,Description\n1,C1,2017-01-31,{cell},A\n"))

    assert stored(work, 1, "time_of_interaction") == (time,)


def test_a_file_that_is_not_a_list_of_interactions_is_refused(work: Work, tmp_path: Path) -> None:
    assert refusals_of(interaction_import.run, work, write_file(tmp_path, "No.,Name\nC1,Café\n")) == [("INVALID", ())]
    assert refusals_of(interaction_import.run, work, write_file(tmp_path, "Date,Colour\n2017-01-31,red\n")) == [
        ("INVALID", ())
    ]


def test_each_caption_stands_for_one_field() -> None:
    for field, captions in CAPTIONS.items():
        assert {KNOWN[normalized(caption)][0] for caption in captions} == {field}
