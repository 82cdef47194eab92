"""Rows with errors are left out on request and written to a file, to be corrected and imported (R-IMP-10 to R-IMP-15)."""

import csv
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select

from persistence.campaigns import Campaign
from persistence.columns import Table
from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry
from persistence.salespeople import Salesperson
from persistence.segments import Segment
from persistence.templates import InteractionGroup, InteractionTemplate
from resolvers.errors import Refused
from resolvers.imports import ImportReport, campaigns, contacts, interactions, salespeople, templates
from resolvers.imports.existing import Existing
from resolvers.imports.rejects import Outputs
from resolvers.work import Work
from tests import records
from tests.import_files import write_file
from tests.resolvers.imports.importing_contacts import stored

Run = Callable[..., ImportReport]


def skipping(run: Run, work: Work, folder: Path, text: str, **choices: Any) -> tuple[ImportReport, list[list[str]]]:
    """The report of an import that skips errors, and the rows of the file that it writes."""
    rejects = folder / "rejects.csv"
    rejects.unlink(missing_ok=True)
    report = run(work, write_file(folder, text), outputs=Outputs(rejects), **choices)
    work.session.expire_all()
    return report, written(rejects) if rejects.exists() else []


def written(path: Path, delimiter: str = ",") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [*csv.reader(file, delimiter=delimiter)]


def count(work: Work, table: type[Table]) -> int:
    return int(work.session.exec(select(func.count()).select_from(table)).one())


def test_rejected_rows_have_all_their_cells_as_they_were_read(work: Work, tmp_path: Path) -> None:
    text = 'No.;Name;E-Mail;Hobby;Unused\nC1;Fine;;;\nC2;" Two\n lines ";not one;"a ""b""; c";\n\nC3;;;\nC4;Last;a@b.org;;\n'

    report = contacts.run(work, write_file(tmp_path, text, "cp1252"), outputs=Outputs(tmp_path / "rejects.csv"))

    assert (report.rows, report.created, report.rejected, report.unknown_columns) == (4, 2, 2, ["Hobby"])
    assert written(tmp_path / "rejects.csv", ";") == [
        ["Row (Carnet)", "Error (Carnet)", "No.", "Name", "E-Mail", "Hobby", "Unused"],
        [
            "3",
            "E-Mail: This is not an e-mail address. Write it like name@example.com.",
            "C2",
            " Two\r\n lines ",
            "not one",
            'a "b"; c',
            "",
        ],
        ["5", "Name: C3 is a new contact and needs a name.", "C3", "", "", "", ""],
    ]


def test_corrected_rows_are_imported_from_the_file_of_rejected_rows(work: Work, tmp_path: Path) -> None:
    rows = [f"C{number},Name {number},{'bad' if number % 7 == 0 else f'a{number}@b.org'}\n" for number in range(1, 50)]
    skipping(contacts.run, work, tmp_path, f"No.,Name,E-Mail\n{''.join(rows)}")
    assert count(work, Contact) == 42
    corrected = tmp_path / "corrected.csv"
    corrected.write_bytes((tmp_path / "rejects.csv").read_bytes().replace(b"bad", b"good@b.org"))

    report = contacts.run(work, corrected)

    assert (report.created, report.rejected, report.unknown_columns, count(work, Contact)) == (7, 0, [], 49)


def test_exactly_the_rows_with_bad_cells_are_rejected(work: Work, tmp_path: Path) -> None:
    chance = random.Random(8)
    bad = {number for number in range(2, 3002) if chance.random() < 0.05}
    rows = [f"Person {number},Firm {number % 40},{'bad' if number in bad else ''}\n" for number in range(2, 3002)]

    report, rejects = skipping(contacts.run, work, tmp_path, "Name,Company Name,E-Mail\n" + "".join(rows))

    assert {int(row[0]) for row in rejects[1:]} == bad
    assert (report.rejected, report.error_count, len(report.errors)) == (len(bad), len(bad), 100)
    assert count(work, Contact) == 3000 - len(bad) + 40


def test_people_of_a_rejected_company_keep_its_name_until_it_is_imported_r_imp_15(work: Work, tmp_path: Path) -> None:
    text = (
        "No.,Type,Name,Company No.,Company Name,E-Mail\n"
        "C1,Company,Acme,,,bad\nP1,Person,Ann,C1,,\nP2,Person,Bob,,ACME,\nP3,Person,Cy,C2,,\nC2,Company,Other,,,\n"
    )

    report, _ = skipping(contacts.run, work, tmp_path, text)

    assert (report.created, report.rejected) == (4, 1)
    assert [(note.row, note.column) for note in report.row_notes] == [(3, "Company Name"), (4, "Company Name")]
    assert stored(work, "company_no", "company_name", "search_company_name", no="P1") == (None, "Acme", "acme")
    assert stored(work, "company_no", "company_name", no="P2") == (None, "ACME")
    assert stored(work, "company_no", no="P3") == ("C2",)
    corrected = tmp_path / "corrected.csv"
    corrected.write_bytes((tmp_path / "rejects.csv").read_bytes().replace(b"bad", b"info@acme.org"))
    report = contacts.run(work, corrected)
    assert [note.english[:10] for note in report.notes] == ["2 contacts"]
    assert stored(work, "company_no", "company_name", no="P1") == ("C1", "Acme")
    assert stored(work, "company_no", "company_name", no="P2") == ("C1", "Acme")


def test_a_rejected_company_whose_people_named_it_gets_the_corrected_values_r_imp_15(
    work: Work, tmp_path: Path
) -> None:
    text = "Type,Name,Company Name,City\nCompany,{},,Laval\nPerson,Ann,Acme,\n"
    skipping(contacts.run, work, tmp_path, text.format("Acme" * 100))
    corrected = tmp_path / "corrected.csv"
    corrected.write_bytes((tmp_path / "rejects.csv").read_bytes().replace(b"Acme" * 100, b"Acme"))

    reports = [contacts.run(work, corrected) for _ in range(2)]

    assert [(report.created, report.updated, report.unchanged) for report in reports] == [(0, 1, 0), (0, 0, 1)]
    assert stored(work, "city", name="Acme") == stored(work, "city", name="Ann") == ("Laval",)


def test_formulas_in_rejected_rows_and_messages_are_texts_for_spreadsheets(work: Work, tmp_path: Path) -> None:
    text = 'No.,Name,City,Phone No.,E-Mail,=Hobby\nC1,=1+cmd|calc,@SUM(1),-1+x,bad,=2\nC2,"=""007""",,+1 (514) 555,bad,\n=C3,,,,,\n'
    outputs = Outputs(tmp_path / "rejects.csv", tmp_path / "messages.csv")

    contacts.run(work, write_file(tmp_path, text), outputs=outputs)

    captions, *rows = written(tmp_path / "rejects.csv")
    assert captions[2:] == ["No.", "Name", "City", "Phone No.", "E-Mail", "'=Hobby"]
    assert rows[0][2:] == ["C1", "'=1+cmd|calc", "'@SUM(1)", "'-1+x", "bad", "'=2"]
    assert rows[1][2:] == ["C2", '="007"', "", "+1 (514) 555", "bad", ""]
    assert [row[3] for row in written(tmp_path / "messages.csv") if row[0] == "4"] == [
        "'=C3 is a new contact and needs a name."
    ]
    corrected = tmp_path / "corrected.csv"
    corrected.write_text((tmp_path / "rejects.csv").read_text("utf-8-sig").replace("'-1+x", "").replace("bad", ""))
    contacts.run(work, corrected, outputs=Outputs(tmp_path / "again.csv"))
    assert stored(work, "name", "city", no="C1") == ("=1+cmd|calc", "@SUM(1)")
    assert stored(work, "name", no="C2") == ("007",)


def test_rejected_rows_have_no_effects(work: Work, tmp_path: Path) -> None:
    people, _ = skipping(contacts.run, work, tmp_path, "Name,Company Name,E-Mail\nAnn,Only Hers,bad\nBob,His,\n")
    kinds, _ = skipping(templates.run, work, tmp_path, "Code,Description,Group Code,Unit Cost\nA,A,G1,x\nB,B,G2,1\n")

    assert (people.created, kinds.created) == (2, 1)
    assert sorted(work.session.exec(select(Contact.name))) == ["Bob", "His"]
    assert [*work.session.exec(select(InteractionGroup.code))] == ["G2"]


def test_people_on_open_segments_are_rejected_although_their_error_shows_late_r_imp_11(
    work: Work, tmp_path: Path
) -> None:
    records.insert_fixtures(work)
    segment = records.insert(work, Segment(no="S", date=work.today))
    records.insert_line(work, segment, contact_no="P1")
    text = "No.,Name,Company Name\nP1,,Brand New\nP2,,Also New\n,Zoe,Brand New Two\n"

    report, rejects = skipping(contacts.run, work, tmp_path, text, existing=Existing.UPDATE)

    assert [row[0] for row in rejects[1:]] == ["2"]
    assert (report.rejected, report.updated, report.created) == (1, 1, 3)
    assert not work.session.exec(select(Contact.no).where(Contact.name == "Brand New")).all()


@pytest.mark.parametrize(
    ("run", "table", "text", "rejected"),
    [
        (salespeople.run, Salesperson, "Code,Name,E-Mail\nA,Ann,\nB,,\nC,Cy,bad\n", ["3", "4"]),
        (campaigns.run, Campaign, "No.,Description,Starting Date\nA,Ann,\n,B,\nC,C,soon\n", ["3", "4"]),
        (templates.run, InteractionTemplate, "Code,Description,Unit Cost\nA,Ann,\n,B,\nC,C,-1\n", ["3", "4"]),
        (
            interactions.run,
            InteractionLogEntry,
            "Entry No.,Date,Contact No.,Description\n1,2026-01-02,,A\n2,,,B\n1,2026-01-02,,C\n",
            ["3", "4"],
        ),
    ],
)
def test_each_kind_of_file_can_be_imported_without_its_errors(
    work: Work, tmp_path: Path, run: Run, table: type[Table], text: str, rejected: list[str]
) -> None:
    report, rejects = skipping(run, work, tmp_path, text)

    assert [row[0] for row in rejects[1:]] == rejected
    assert (report.created, report.unchanged, report.rejected, count(work, table)) == (1, 0, 2, 1)


def test_the_rejected_lines_of_ndjson_are_written_as_csv(work: Work, tmp_path: Path) -> None:
    path = tmp_path / "campaigns.ndjson"
    path.write_text(
        '{"no":"A","description":"É","salesperson":{"code":"NIX"},"blocked":false}\n'
        '{"no":"B","description":"B","salesperson":null,"blocked":true}\n'
    )

    report = campaigns.run(work, path, outputs=Outputs(tmp_path / "rejects.csv"))

    assert (report.created, report.rejected) == (1, 1)
    head, row = written(tmp_path / "rejects.csv")
    assert head[2:] == ["no", "description", "salesperson.code", "blocked"]
    assert (row[0], row[2:]) == ("1", ["A", "É", "NIX", "false"])


def test_a_file_of_rejected_rows_remembers_the_formats_of_its_file_r_imp_13(work: Work, tmp_path: Path) -> None:
    text = 'Date,Description,Contact No.,Cost\n31/01/2026,Clear,,"1.234,5"\n03/04/2026,,,"1.234"\n'

    _, rejects = skipping(interactions.run, work, tmp_path, text)
    assert rejects[0][0] == "Row (Carnet dmy comma)"
    (tmp_path / "rejects.csv").write_bytes(
        (tmp_path / "rejects.csv").read_bytes().replace(b"2026,,,", b"2026,Corrected,,")
    )
    report = interactions.run(work, tmp_path / "rejects.csv")

    assert report.created == 1
    entry = records.stored(work, InteractionLogEntry, description="Corrected")
    assert (str(entry.date), entry.cost) == ("2026-04-03", Decimal(1234))


def test_a_missing_record_is_listed_once_with_the_number_of_rows_r_imp_14(work: Work, tmp_path: Path) -> None:
    row = "2026-01-02,A,NIX,CPX,TPL,C9\n"
    text = f"Date,Description,Salesperson Code,Campaign No.,Interaction Template Code,Contact No.\n{row * 250}"

    with pytest.raises(Refused) as caught:
        interactions.run(work, write_file(tmp_path, text))

    report = caught.value.detail
    assert isinstance(report, ImportReport)
    assert [(error.row, error.column, error.rows) for error in report.errors] == [
        (2, "Contact No.", 250),
        (2, "Interaction Template Code", 250),
        (2, "Salesperson Code", 250),
        (2, "Campaign No.", 250),
    ]
    assert report.errors[2].message("EN") == (
        "250 rows: There is no salesperson NIX. Import the salespeople first with `carnet import salespeople FILE`, or "
        "empty the cell."
    )
    assert report.errors[2].message("FR").startswith("250 lignes\u00a0: Le représentant NIX")


def test_all_messages_about_rows_are_written_to_a_file(work: Work, tmp_path: Path) -> None:
    text = "No.,Name,E-Mail,Salesperson Code\n" + "".join(f"C{number},Ann,bad,NIX\n" for number in range(150))
    outputs = Outputs(messages=tmp_path / "messages.csv")

    with pytest.raises(Refused):
        contacts.run(work, write_file(tmp_path, text), outputs=outputs)

    head, *rows = written(tmp_path / "messages.csv")
    assert head == ["Row", "Column", "Kind", "Message"]
    assert [row[:3] for row in rows] == [
        [str(number), column, "error"] for number in range(2, 152) for column in ("E-Mail", "Salesperson Code")
    ]
