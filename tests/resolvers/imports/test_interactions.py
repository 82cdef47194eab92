"""`carnet import interactions`: interactions with their numbers and dates, all or none (A.9, R-NUM-3, K3, K19)."""

import datetime as dt
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from persistence.campaigns import CampaignEntry
from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.numbers import next_entry_no
from resolvers.errors import Refused
from resolvers.imports import ImportReport
from resolvers.imports import interactions as interaction_import
from resolvers.imports.columns import normalized
from resolvers.imports.formats import DayOrder, DecimalSign, Formats
from resolvers.imports.interactions.columns import CAPTIONS, KNOWN
from resolvers.interactions import drafts
from resolvers.interactions import rules as interactions
from resolvers.work import Work
from tests import records as given
from tests.importing import import_errors, write
from tests.refusing import refused
from tests.statements import counted

HEAD = "Entry No.,Contact No.,Contact Company No.,Date,Description,Interaction Template Code,Salesperson Code"
WHOLE = """Entry No.,Contact No.,Contact Company No.,Date,Description,Information Flow,Initiated By,Attachment No.,Cost (LCY),Duration (Min.),User ID,Interaction Group Code,Interaction Template Code,Interaction Language Code,Subject,Campaign No.,Campaign Entry No.,Campaign Response,Campaign Target,Segment No.,Evaluation,Time of Interaction,Attempt Failed,To-do No.,Salesperson Code,Delivery Status,Canceled,Correspondence Type,Contact Alt. Address Code,Logged Segment Entry No.,Document No.,Postponed,Contact Via
101,P1,C1,01/31/17,Visit,Outbound,Us,0,"1,045.50",180,DOM\\SUSAN,MEET,VISIT,ENU,Chairs,CP1,3,Yes,No,,Very Positive,2:30:00 PM,No,,JO, ,Yes,E-Mail,,0,,No,+1 514 555-0101
102,C1,C1,02/01/17,Call,Inbound,Them,0,0.00,15,,,CALLIN,,,,0,No,No,SM00007,,9:05:00 AM,Yes,,PS, ,No, ,,5,,No,
"""

errors = partial(import_errors, interaction_import.run, InteractionLogEntry)


def imported(work: Work, path: Path, **choices: Any) -> ImportReport:
    report = interaction_import.run(work, path, **choices)
    work.session.expire_all()
    return report


def stored(work: Work, entry_no: int, *names: str) -> Any:
    entry = given.the(work, InteractionLogEntry, entry_no=entry_no)
    return tuple(getattr(entry, name) for name in names)


def logged(work: Work) -> list[int]:
    return sorted(work.session.exec(select(InteractionLogEntry.entry_no)))


def test_a_nav_export_is_imported_with_its_numbers_and_dates(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)

    report = imported(work, write(tmp_path, WHOLE))

    assert (report.rows, report.created, report.updated, report.notes) == (2, 2, 0, [])
    assert report.unknown_columns == [
        "Attachment No.",
        "Campaign Entry No.",
        "To-do No.",
        "Delivery Status",
        "Contact Alt. Address Code",
        "Logged Segment Entry No.",
        "Document No.",
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
    given.the_fixtures(work)
    space = "\u202f" if encoding != "cp1252" else "\u00a0"
    text = (
        "N° séquence;N° contact;N° société contact;Date;Heure interaction;Désignation;Flux d'informations;Initié par;Coût (DS);"
        "Durée (min.);Évaluation;Tentative échouée;Type correspondance;Annulée;Code modèle interaction;Code représentant;Cible campagne\n"
        f"1{space}204;p1;c1;31/01/2017;14 h 30;Réunion à l’hôtel;Sortant;Nous;1{space}045,5;1{space}180;Très positive;Oui;Courriel;Non;visit;jo;Oui\n"
        "1205;C1;C1;01/02/2017;09:05;Appel;Entrant;Eux;0,00;15;Neutre;Non;Aucun;Oui;CALLIN;PS;Non\n"
    ).replace(";", delimiter)

    report = imported(work, write(tmp_path, text, encoding))

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


def test_later_interactions_get_higher_numbers_than_all_imported_ones_r_num_3(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)
    first = next_entry_no(work.session)

    imported(
        work,
        write(
            tmp_path,
            f"{HEAD}\n5000,C1,,2017-01-31,A,VISIT,JO\n,C1,,2017-01-31,B,VISIT,JO\n4000,C1,,2017-01-31,C,VISIT,JO\n",
        ),
    )
    made = interactions.create(work, {"contact_no": "C1", "template_code": "VISIT"})

    assert first < 4000
    assert logged(work) == [4000, 5000, 5001, made.entry_no]
    assert made.entry_no > 5001
    assert stored(work, 5001, "description") == ("B",)


def test_imported_lower_numbers_do_not_lower_the_next_number_r_num_3(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)
    imported(work, write(tmp_path, f"{HEAD}\n900,C1,,2017-01-31,A,VISIT,JO\n"))
    imported(work, write(tmp_path, f"{HEAD}\n800,C1,,2017-01-31,A,VISIT,JO\n"))

    assert next_entry_no(work.session) > 900


def test_a_used_number_is_an_error_of_its_row_r_num_3(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)
    taken = given.an_entry(work, contact="C1").entry_no
    waiting = given.a_postponed_interaction(work, contact="C1").entry_no
    rows = [f"{no},C1,,2017-01-31,A,VISIT,JO\n" for no in (taken, waiting, 700, 700, 0, 2_000_000_001, -5)] + [
        "7a,C1,,2017-01-31,A,VISIT,JO\n"
    ]

    assert errors(work, write(tmp_path, f"{HEAD}\n{''.join(rows)}")) == [
        (2, "Entry No."),
        (3, "Entry No."),
        (5, "Entry No."),
        (6, "Entry No."),
        (7, "Entry No."),
        (8, "Entry No."),
        (9, "Entry No."),
    ]


def test_references_must_exist_but_may_be_blocked(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)
    given.blocked(work, given.the(work, Contact, no="C2"))
    head = f"{HEAD},Interaction Group Code,Campaign No."

    assert errors(
        work,
        write(
            tmp_path,
            (
                f"{head}\n1,NIX,,2017-01-31,A,VISIT,JO,,\n2,C1,NIX,2017-01-31,A,VISIT,JO,,\n3,P1,P2,2017-01-31,A,VISIT,JO,,\n"
                "4,C1,,2017-01-31,A,NIX,JO,,\n5,C1,,2017-01-31,A,VISIT,NIX,,\n6,C1,,2017-01-31,A,VISIT,JO,NIX,\n7,C1,,2017-01-31,A,VISIT,JO,,NIX\n"
            ),
        ),
    ) == [
        (2, "Contact No."),
        (3, "Contact Company No."),
        (4, "Contact Company No."),
        (5, "Interaction Template Code"),
        (6, "Salesperson Code"),
        (7, "Interaction Group Code"),
        (8, "Campaign No."),
    ]
    assert imported(work, write(tmp_path, f"{HEAD}\n1,C2,,2017-01-31,A,VISIT,JO\n")).created == 1


def test_missing_contacts_are_left_out_on_request(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)
    path = write(
        tmp_path, f"{HEAD}\n1,GONE,GONE,2017-01-31,A,VISIT,JO\n2,,,2017-01-31,B,,\n3,P1,GONE,2017-01-31,C,VISIT,JO\n"
    )

    assert errors(work, path) == [(2, "Contact No."), (2, "Contact Company No."), (4, "Contact Company No.")]
    report = imported(work, path, without_missing_contacts=True)

    assert [note.english for note in report.notes] == [
        "1 row has a contact that does not exist. It was imported without the contact.",
        "2 interactions have no contact.",
    ]
    assert stored(work, 1, "contact_no", "company_no", "template_code") == (None, None, "VISIT")
    assert stored(work, 2, "contact_no", "template_code", "salesperson_code") == (None, None, None)


def test_the_company_comes_from_the_file_else_from_the_contact(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)

    imported(
        work,
        write(
            tmp_path,
            f"{HEAD}\n1,P1,C2,2017-01-31,A,VISIT,JO\n2,P1,,2017-01-31,A,VISIT,JO\n3,C1,,2017-01-31,A,VISIT,JO\n",
        ),
    )
    imported(work, write(tmp_path, "Entry No.,Contact No.,Date,Description\n4,P1,2017-01-31,A\n"))

    assert [stored(work, no, "company_no")[0] for no in (1, 2, 3, 4)] == ["C2", None, "C1", "C1"]


def test_postponed_rows_become_postponed_interactions_that_can_be_resumed(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)

    report = imported(
        work,
        write(
            tmp_path,
            (
                f"{HEAD},Postponed,Cost (LCY),User ID\n11,P1,C1,2017-01-31,Later,VISIT,JO,Yes,12.50,SUSAN\n12,,,,,,JO,Yes,,\n13,C1,C1,2017-01-31,A,VISIT,JO,No,,\n"
            ),
        ),
    )
    waiting = given.the(work, PostponedInteraction, entry_no=11)
    resumed = interactions.resume(work, 11, {})

    assert (report.created, [note.english for note in report.notes]) == (
        3,
        ["1 interaction has no contact.", "2 interactions are postponed."],
    )
    assert (waiting.date, waiting.cost, waiting.user_id, waiting.version) == (
        dt.date(2017, 1, 31),
        Decimal("12.50"),
        "SUSAN",
        1,
    )
    assert resumed.entry_no == 11
    assert stored(work, 11, "date", "imported") == (given.W, False)
    assert given.the(work, PostponedInteraction, entry_no=12).cost is None
    assert logged(work) == [11, 13]


def test_a_postponed_row_needs_a_contact_or_salesperson_and_cannot_be_canceled_k3(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)

    assert errors(
        work,
        write(
            tmp_path,
            (f"{HEAD},Postponed,Canceled\n1,,,2017-01-31,A,VISIT,,Yes,\n2,C1,,2017-01-31,A,VISIT,JO,Yes,Yes\n"),
        ),
    ) == [(2, "Contact No."), (3, "Canceled")]


def test_a_missing_description_comes_from_the_template_k19(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)
    head = "Entry No.,Contact No.,Date,Subject,Interaction Template Code\n"

    imported(
        work, write(tmp_path, head + "1,C1,2017-01-31,,VISIT\n2,C1,2017-01-31,Chairs,VISIT\n3,C1,2017-01-31,Desks,\n")
    )

    assert [stored(work, no, "description", "time_of_interaction", "cost") for no in (1, 2, 3)] == [
        (description, dt.time(), Decimal(0)) for description in ("Visit", "Chairs", "Desks")
    ]
    assert errors(work, write(tmp_path, head + "4,C1,2017-01-31,,\n5,C1,,,VISIT\n")) == [(2, None), (3, "Date")]


def test_interactions_of_a_campaign_without_segment_share_one_campaign_entry_r_cam_1(
    work: Work, tmp_path: Path
) -> None:
    given.the_fixtures(work)
    head = f"{HEAD},Campaign No.,Segment No.\n"

    imported(
        work,
        write(
            tmp_path,
            head
            + (
                "1,C1,,2017-02-01,A,VISIT,JO,CP1,\n2,C1,,2017-01-31,B,VISIT,PS,CP1,\n3,C1,,2017-01-01,C,VISIT,JO,CP1,SM00001\n"
            ),
        ),
    )
    imported(work, write(tmp_path, head + "4,C1,,2016-01-01,D,VISIT,JO,CP1,\n"))
    made = interactions.create(work, {"contact_no": "C1", "template_code": "VISIT", "campaign_no": "CP1"})

    (entry,) = work.session.exec(select(CampaignEntry)).all()
    assert (entry.date, entry.salesperson_code, entry.description) == (dt.date(2017, 1, 31), "PS", "Interactions")
    assert [stored(work, no, "campaign_entry_no")[0] for no in (1, 2, 3, 4, made.entry_no)] == [
        entry.entry_no,
        entry.entry_no,
        None,
        *[entry.entry_no] * 2,
    ]


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
    given.the_fixtures(work)
    rows = "".join(f"{no},C1,{cell},A\n" for no, cell in enumerate(cells, start=1))

    imported(work, write(tmp_path, f"Entry No.,Contact No.,Date,Description\n{rows}"))

    assert [stored(work, no, "date")[0] for no in (1, 2)] == [dt.date(*day) for day in first]


def test_ambiguous_dates_are_refused_unless_the_order_is_given(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)
    head = "Entry No.,Contact No.,Date,Description\n"
    path = write(tmp_path, head + "1,C1,03/04/2017,A\n")

    with pytest.raises(Refused, match="--dates dmy or --dates mdy"):
        interaction_import.run(work, path)
    with pytest.raises(Refused, match="in one way"):
        interaction_import.run(work, write(tmp_path, head + "1,C1,31/01/2017,A\n2,C1,01/31/2017,A\n"))
    assert errors(
        work, write(tmp_path, head + "1,C1,31/01/2017,A\n2,C1,01/31/2017,A\n"), formats=Formats(days=DayOrder.DMY)
    ) == [(3, "Date")]
    imported(work, write(tmp_path, head + "1,C1,03/04/2017,A\n"), formats=Formats(days=DayOrder.MDY))
    imported(work, write(tmp_path, head + "2,C1,03/04/2017,A\n"), formats=Formats(days=DayOrder.DMY))

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
    given.the_fixtures(work)
    rows = "".join(f"{no}\tC1\t2017-01-31\tA\t{cell}\n" for no, cell in enumerate(cells, start=1))
    path = write(tmp_path, f"Entry No.\tContact No.\tDate\tDescription\tCost (LCY)\n{rows}")

    if costs is None:
        assert errors(work, path) == [(2, "Cost (LCY)")]
    else:
        imported(work, path)
        assert [stored(work, no, "cost")[0] for no in (1, 2)] == [Decimal(cost) for cost in costs]


def test_ambiguous_amounts_are_refused_unless_the_decimal_sign_is_given(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)
    path = write(tmp_path, "Entry No.;Contact No.;Date;Description;Cost\n1;C1;2017-01-31;A;1,500\n")

    with pytest.raises(Refused, match="--decimal comma or --decimal point"):
        interaction_import.run(work, path)
    imported(work, path, formats=Formats(decimal=DecimalSign.COMMA))

    assert stored(work, 1, "cost") == (Decimal("1.50"),)


def test_errors_have_row_and_column_and_nothing_is_imported(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)
    head = "Entry No.,Contact No.,Date,Time of Interaction,Description,Cost (LCY),Duration (Min.),Evaluation,Information Flow,Canceled,Interaction Template Code\n"

    assert errors(
        work,
        write(
            tmp_path,
            head
            + (
                "1,C1,2017-02-30,,A,,,,,,\n2,C1,yesterday,,A,,,,,,\n3,C1,2017-01-31,25:00,A,,,,,,\n4,C1,2017-01-31,noon,A,,,,,,\n"
                "5,C1,2017-01-31,,A,-1,,,,,\n6,C1,2017-01-31,,A,1.234567,,,,,\n7,C1,2017-01-31,,A,,1.5,,,,\n8,C1,2017-01-31,,A,,525601,,,,\n"
                "9,C1,2017-01-31,,A,,,Superb,,,\n10,C1,2017-01-31,,A,,,,Sideways,,\n11,C1,2017-01-31,,A,,,,,maybe,\n"
                f"12,C1,2017-01-31,,{'x' * 101},,,,,,\n13,C1,2017-01-31,,A,,,,,,ABCDEFGHIJK\n14,C1,2017-01-31,,A,NaN,,,,,\n15,C1,2017-01-31,,A,1e3,,,,,\n"
            ),
        ),
    ) == [
        (2, "Date"),
        (3, "Date"),
        (4, "Time of Interaction"),
        (5, "Time of Interaction"),
        (6, "Cost (LCY)"),
        (7, "Cost (LCY)"),
        (8, "Duration (Min.)"),
        (9, "Duration (Min.)"),
        (10, "Evaluation"),
        (11, "Information Flow"),
        (12, "Canceled"),
        (13, "Description"),
        (14, "Interaction Template Code"),
        (15, "Cost (LCY)"),
        (16, "Cost (LCY)"),
    ]


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
    given.the_fixtures(work)

    imported(work, write(tmp_path, f"Entry No.,Contact No.,Date,Time,Description\n1,C1,2017-01-31,{cell},A\n"))

    assert stored(work, 1, "time_of_interaction") == (time,)


def test_a_dry_run_counts_and_imports_nothing(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)
    path = write(tmp_path, WHOLE)

    report = interaction_import.run(work, path, dry_run=True)

    assert (report.rows, report.created) == (2, 2)
    assert logged(work) == []
    assert work.session.exec(select(CampaignEntry)).all() == []
    assert imported(work, path).created == 2


def test_a_draft_can_start_from_an_imported_entry_without_contact_r_draft_4(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)
    imported(work, write(tmp_path, "Entry No.,Contact No.,Date,Description,Salesperson Code\n1,,2017-01-31,A,JO\n"))

    draft = drafts.new_draft(work, {}, from_entry_no=1)

    assert (draft.contact_no, draft.salesperson_code) == (None, "JO")


def test_a_file_that_is_not_a_list_of_interactions_is_refused(work: Work, tmp_path: Path) -> None:
    assert refused(interaction_import.run, work, write(tmp_path, "No.,Name\nC1,Café\n")) == [("INVALID", ())]
    assert refused(interaction_import.run, work, write(tmp_path, "Date,Colour\n2017-01-31,red\n")) == [("INVALID", ())]


def test_the_number_of_statements_does_not_grow_with_the_file(work: Work, tmp_path: Path) -> None:
    given.the_fixtures(work)

    def statements(first: int, rows: int) -> int:
        text = "".join(f"{no},P1,C1,2017-01-31,A,VISIT,JO,CP1\n" for no in range(first, first + rows))
        path = write(tmp_path, f"{HEAD},Campaign No.\n{text}")
        with counted(work) as seen:
            imported(work, path)
        return len(seen)

    assert statements(1, 3) == statements(1000, 500)


def test_each_caption_stands_for_one_field() -> None:
    for field, captions in CAPTIONS.items():
        assert {KNOWN[normalized(caption)][0] for caption in captions} == {field}
