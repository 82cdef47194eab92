"""`carnet import interactions`: interactions with their numbers and dates, all or none (A.9, R-NUM-3, K3, K19)."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

from sqlmodel import select

from persistence.campaigns import CampaignEntry
from persistence.contacts import Contact
from persistence.entry_numbers import reserve
from persistence.interactions import PostponedInteraction
from resolvers.imports import interactions as interaction_import
from resolvers.interactions import drafts
from resolvers.interactions import rules as interactions
from resolvers.work import Work
from tests import records
from tests.import_files import write_file
from tests.resolvers.imports.importing_interactions import HEAD, WHOLE, errors, imported, logged, stored
from tests.statements import recorded_statements


def test_later_interactions_get_higher_numbers_than_all_imported_ones_r_num_3(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    (first,) = reserve(work.session, 1)

    imported(
        work,
        write_file(
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
    records.insert_fixtures(work)
    imported(work, write_file(tmp_path, f"{HEAD}\n900,C1,,2017-01-31,A,VISIT,JO\n"))
    imported(work, write_file(tmp_path, f"{HEAD}\n800,C1,,2017-01-31,A,VISIT,JO\n"))

    assert reserve(work.session, 1)[0] > 900


def test_a_used_number_is_an_error_of_its_row_r_num_3(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    taken = records.insert_entry(work, contact="C1").entry_no
    waiting = records.insert_postponed_interaction(work, contact="C1").entry_no
    rows = [f"{no},C1,,2017-01-31,A,VISIT,JO\n" for no in (taken, waiting, 700, 700, 0, 2_000_000_001, -5)] + [
        "7a,C1,,2017-01-31,A,VISIT,JO\n"
    ]

    assert errors(work, write_file(tmp_path, f"{HEAD}\n{''.join(rows)}")) == [
        (2, "Entry No."),
        (3, "Entry No."),
        (5, "Entry No."),
        (6, "Entry No."),
        (7, "Entry No."),
        (8, "Entry No."),
        (9, "Entry No."),
    ]


def test_references_must_exist_but_may_be_blocked(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    records.block(work, records.stored(work, Contact, no="C2"))
    head = f"{HEAD},Interaction Group Code,Campaign No."

    assert errors(
        work,
        write_file(
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
    assert imported(work, write_file(tmp_path, f"{HEAD}\n1,C2,,2017-01-31,A,VISIT,JO\n")).created == 1


def test_missing_contacts_are_left_out_on_request(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    path = write_file(
        tmp_path, f"{HEAD}\n1,GONE,GONE,2017-01-31,A,VISIT,JO\n2,,,2017-01-31,B,,\n3,P1,GONE,2017-01-31,C,VISIT,JO\n"
    )

    assert errors(work, path) == [(2, "Contact No."), (2, "Contact Company No.")]
    report = imported(work, path, without_missing_contacts=True)

    assert [note.english for note in report.notes] == [
        "1 row has a contact that does not exist. It was imported without the contact.",
        "2 interactions have no contact.",
    ]
    assert stored(work, 1, "contact_no", "company_no", "template_code") == (None, None, "VISIT")
    assert stored(work, 2, "contact_no", "template_code", "salesperson_code") == (None, None, None)


def test_the_company_comes_from_the_file_else_from_the_contact(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)

    imported(
        work,
        write_file(
            tmp_path,
            f"{HEAD}\n1,P1,C2,2017-01-31,A,VISIT,JO\n2,P1,,2017-01-31,A,VISIT,JO\n3,C1,,2017-01-31,A,VISIT,JO\n",
        ),
    )
    imported(work, write_file(tmp_path, "Entry No.,Contact No.,Date,Description\n4,P1,2017-01-31,A\n"))

    assert [stored(work, no, "company_no")[0] for no in (1, 2, 3, 4)] == ["C2", None, "C1", "C1"]


def test_postponed_rows_become_postponed_interactions_that_can_be_resumed(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)

    report = imported(
        work,
        write_file(
            tmp_path,
            (
                f"{HEAD},Postponed,Cost (LCY),User ID\n11,P1,C1,2017-01-31,Later,VISIT,JO,Yes,12.50,SUSAN\n12,,,,,,JO,Yes,,\n13,C1,C1,2017-01-31,A,VISIT,JO,No,,\n"
            ),
        ),
    )
    waiting = records.stored(work, PostponedInteraction, entry_no=11)
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
    assert stored(work, 11, "date", "imported") == (records.TODAY, False)
    assert records.stored(work, PostponedInteraction, entry_no=12).cost is None
    assert logged(work) == [11, 13]


def test_a_postponed_row_needs_a_contact_or_salesperson_and_cannot_be_canceled_k3(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)

    assert errors(
        work,
        write_file(
            tmp_path,
            (f"{HEAD},Postponed,Canceled\n1,,,2017-01-31,A,VISIT,,Yes,\n2,C1,,2017-01-31,A,VISIT,JO,Yes,Yes\n"),
        ),
    ) == [(2, "Contact No."), (3, "Canceled")]


def test_a_missing_description_comes_from_the_template_k19(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    head = "Entry No.,Contact No.,Date,Subject,Interaction Template Code\n"

    imported(
        work,
        write_file(tmp_path, head + "1,C1,2017-01-31,,VISIT\n2,C1,2017-01-31,Chairs,VISIT\n3,C1,2017-01-31,Desks,\n"),
    )

    assert [stored(work, no, "description", "time_of_interaction", "cost") for no in (1, 2, 3)] == [
        (description, dt.time(), Decimal(0)) for description in ("Visit", "Chairs", "Desks")
    ]
    assert errors(work, write_file(tmp_path, head + "4,C1,2017-01-31,,\n5,C1,,,VISIT\n")) == [(2, None), (3, "Date")]


def test_interactions_of_a_campaign_without_segment_share_one_campaign_entry_r_cam_1(
    work: Work, tmp_path: Path
) -> None:
    records.insert_fixtures(work)
    head = f"{HEAD},Campaign No.,Segment No.\n"

    imported(
        work,
        write_file(
            tmp_path,
            head
            + (
                "1,C1,,2017-02-01,A,VISIT,JO,CP1,\n2,C1,,2017-01-31,B,VISIT,PS,CP1,\n3,C1,,2017-01-01,C,VISIT,JO,CP1,SM00001\n"
            ),
        ),
    )
    imported(work, write_file(tmp_path, head + "4,C1,,2016-01-01,D,VISIT,JO,CP1,\n"))
    made = interactions.create(work, {"contact_no": "C1", "template_code": "VISIT", "campaign_no": "CP1"})

    (entry,) = work.session.exec(select(CampaignEntry)).all()
    assert (entry.date, entry.salesperson_code, entry.description) == (dt.date(2017, 1, 31), "PS", "Interactions")
    assert [stored(work, no, "campaign_entry_no")[0] for no in (1, 2, 3, 4, made.entry_no)] == [
        entry.entry_no,
        entry.entry_no,
        None,
        *[entry.entry_no] * 2,
    ]


def test_errors_have_row_and_column_and_nothing_is_imported(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    head = "Entry No.,Contact No.,Date,Time of Interaction,Description,Cost (LCY),Duration (Min.),Evaluation,Information Flow,Canceled,Interaction Template Code\n"

    assert errors(
        work,
        write_file(
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


def test_a_dry_run_counts_and_imports_nothing(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    path = write_file(tmp_path, WHOLE)

    report = interaction_import.run(work, path, dry_run=True)

    assert (report.rows, report.created) == (2, 2)
    assert logged(work) == []
    assert work.session.exec(select(CampaignEntry)).all() == []
    assert imported(work, path).created == 2


def test_a_draft_can_start_from_an_imported_entry_without_contact_r_draft_4(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    imported(
        work, write_file(tmp_path, "Entry No.,Contact No.,Date,Description,Salesperson Code\n1,,2017-01-31,A,JO\n")
    )

    draft = drafts.new_draft(work, {}, from_entry_no=1)

    assert (draft.contact_no, draft.salesperson_code) == (None, "JO")


def test_the_number_of_statements_does_not_grow_with_the_file(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)

    def statements(first: int, rows: int) -> int:
        text = "".join(f"{no},P1,C1,2017-01-31,A,VISIT,JO,CP1\n" for no in range(first, first + rows))
        path = write_file(tmp_path, f"{HEAD},Campaign No.\n{text}")
        with recorded_statements(work) as seen:
            imported(work, path)
        return len(seen)

    statements(5000, 1)  # so that the session has cached the setup
    assert statements(1, 3) == statements(1000, 500)
