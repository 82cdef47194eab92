"""`carnet import contacts`: files of other programs, imported completely or not at all (R-CON-6, R-CON-7, R-CON-10,
R-NUM).
"""

from functools import partial
from pathlib import Path

import pytest
from sqlmodel import select

from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.segments import Segment
from persistence.setup import NumberSeries, NumberSeriesLine
from persistence.texts.phones_v1 import search_form
from resolvers import number_series
from resolvers.contacts import rules as contacts
from resolvers.errors import Refused
from resolvers.imports import ImportReport
from resolvers.imports import contacts as contact_import
from resolvers.imports.existing import Existing
from resolvers.work import Work
from tests import records
from tests.change_log import recorded_changes
from tests.import_files import write_file
from tests.refusals import refusals_of
from tests.resolvers.imports.importing_contacts import NAV, errors, imported, stored
from tests.statements import recorded_statements


def test_a_row_with_the_number_of_a_contact_updates_only_the_fields_that_it_has(work: Work, tmp_path: Path) -> None:
    records.insert_salesperson(work, "JO")
    imported(work, write_file(tmp_path, NAV))

    report = imported(
        work,
        write_file(
            tmp_path,
            (
                "No.,City,E-Mail,Name,Company Name\n"
                "p1,Laval,,Élise Bérubé,\nC1,,,Café du Quai,\nN1,,,Nouvelle Maison,\nP1X,,,Someone,Café du Quai\n"
            ),
        ),
        existing=Existing.UPDATE,
    )
    again = imported(work, write_file(tmp_path, "No.,City\nP1,Laval\n"), existing=Existing.UPDATE)

    assert (report.created, report.updated, report.unchanged) == (2, 2, 0)
    assert stored(work, "name", "city", "email", "company_name", "search_company_name", "version", no="P1")[:5] == (
        "Élise Bérubé",
        "Laval",
        "elise@cafe.example.com",
        "Café du Quai",
        "cafe du quai",
    )
    assert stored(work, "city", "phone_no", "version", no="C1") == ("Montréal", "+1 514 555-0101", 2)
    assert stored(work, "company_no", no="P1X") == ("C1",)
    assert (again.updated, again.unchanged) == (0, 1)


def test_a_known_person_with_only_number_and_company_stays_a_person(work: Work, tmp_path: Path) -> None:
    records.insert_salesperson(work, "JO")
    imported(work, write_file(tmp_path, NAV))

    path = write_file(tmp_path, "No.,Company Name,City\nP1,Café de l’Île,Laval\n")
    report = imported(work, path, existing=Existing.UPDATE)

    assert report.updated == 1
    assert stored(work, "type", "name", "company_no", "city", no="P1") == ("PERSON", "Élise Bérubé", "C1", "Laval")


def test_rows_without_a_number_get_the_next_numbers_of_the_series_in_order(work: Work, tmp_path: Path) -> None:
    contacts.create(work, {"name": "Before"})
    contacts.create(work, {"name": "In the way"}, no="CT000004")

    report = imported(work, write_file(tmp_path, "No.,Name,Company Name\n,A,\nCT000008,B,\n,C,D\n,E,\n"))

    assert report.created == 5
    assert [stored(work, "no", name=name)[0] for name in "ABCED"] == [
        "CT000009",
        "CT000008",
        "CT000010",
        "CT000011",
        "CT000012",
    ]
    assert number_series.next_no(work, "contact_nos") == "CT000013"


def test_an_exhausted_number_series_refuses_the_import(work: Work, tmp_path: Path) -> None:
    records.stored(work, NumberSeriesLine, series_code="CONT").ending_no = "CT000002"
    work.session.flush()

    assert refusals_of(contact_import.run, work, write_file(tmp_path, "Name\nA\nB\nC\n")) == [
        ("NUMBER_SERIES_EXHAUSTED", ("no",))
    ]


def test_new_people_inherit_missing_fields_from_their_company_r_con_7(work: Work, tmp_path: Path) -> None:
    records.insert_salesperson(work, "JO")
    imported(
        work,
        write_file(
            tmp_path,
            (
                "No.,Name,Company No.,Phone No.,City,Salesperson Code,Language\nC1,Inn,,555-0100,Paris,JO,French\n"
                "P1,Ann,C1,,,,\nP2,Bob,C1,555-0101,Lyon,,en\n"
            ),
        ),
    )

    inherited = ("phone_no", "search_phone", "city", "search_city", "salesperson_code", "language_code")
    assert stored(work, *inherited, no="P1") == ("555-0100", " ？5550100 ", "Paris", "paris", "JO", "FRA")
    assert stored(work, *inherited, no="P2") == ("555-0101", " ？5550101 ", "Lyon", "lyon", "JO", "ENU")


def test_telephone_numbers_are_searched_with_the_country_that_the_contact_has_in_the_end(
    work: Work, tmp_path: Path
) -> None:
    """Also if a person inherits the country or the number, and if an update changes only one of them."""
    file = (
        "No.,Name,Company No.,Phone No.,Mobile Phone No.,Country/Region\n"
        "C1,Inn,,020 7946 0123,,GB\nC2,Café,,,,\n"
        "P1,Ann,C1,,07700 900123,\nP2,Bob,C1,01 42 68 53 00,,FR\nP3,Zoé,C1,,06 12 34 56 78,FR\nP4,Léa,C2,514 555-0100,,\n"
    )
    imported(work, write_file(tmp_path, file))
    phones = ("country_code", "phone_no", "mobile_phone_no", "search_phone", "search_mobile_phone")

    def check() -> None:
        for no in ("C1", "C2", "P1", "P2", "P3", "P4"):
            country, phone, mobile, *searched = stored(work, *phones, no=no)
            assert searched == [search_form(phone, country), search_form(mobile, country)], no

    check()
    assert stored(work, *phones[:3], no="P1") == ("GB", "020 7946 0123", "07700 900123")
    assert stored(work, *phones[:3], no="P3") == ("FR", "020 7946 0123", "06 12 34 56 78")
    changed = "No.,Phone No.,Country/Region\nC1,020 7946 0124,\nC2,,CA\nP1,,US\nP3,01 42 68 53 01,\n"
    imported(work, write_file(tmp_path, changed), existing=Existing.UPDATE)
    check()
    assert stored(work, *phones[:2], no="P4") == ("CA", "514 555-0100")


def test_errors_have_row_and_column_and_nothing_is_imported(work: Work, tmp_path: Path) -> None:
    assert errors(
        work,
        write_file(
            tmp_path,
            (
                "No.,Type,Name,Company No.,Phone No.,E-Mail,Salesperson Code,Privacy Blocked,Post Code\n"
                "X1,Company,Inn,,call me,,,,\n"
                "X2,Robot,Two,,,nobody,,,\n"
                "X3,Person,Three,NIX,,,XX,perhaps,\n"
                ",Person,,,,,,,\n"
                "X5,Company,Five,X1,,,,,\n"
                "X1,Company,Again,,,,,,\n"
                "X7,Person,Seven,X2,,,,,123456789012345678901\n"
                "X8,Company,Eight,,,,,,,more\n"
                "X9,,,,,,,,\n"
            ),
        ),
    ) == [
        (2, "Phone No."),
        (3, "Type"),
        (3, "E-Mail"),
        (4, "Privacy Blocked"),
        (4, "Salesperson Code"),
        (4, "Company No."),
        (5, "Name"),
        (6, "Company No."),
        (7, "No."),
        (8, "Post Code"),
        (9, None),
        (10, "Name"),
    ]


def test_an_import_refuses_another_type_or_company_of_a_person_on_a_segment_r_con_5_r_con_10(
    work: Work, tmp_path: Path
) -> None:
    records.insert_salesperson(work, "JO")
    imported(work, write_file(tmp_path, NAV + "C2,Company,Other,,,,,,,\nP2,Person,Free,C1,,,,,,\n"))
    records.insert_group(work, "MEET")
    records.insert_template(work, "VISIT", group="MEET")
    segment = records.insert(work, Segment(no="SM1", date=records.TODAY))
    records.insert_line(work, segment, contact_no="P1", company_no="C1")
    logged, waiting = records.insert_entry(work, contact="P2"), records.insert_postponed_interaction(work, contact="P2")

    update = partial(errors, work, existing=Existing.UPDATE)
    assert update(write_file(tmp_path, "No.,Type\nC1,Person\n")) == [(2, "Type")]
    assert update(write_file(tmp_path, "No.,Company No.\nP1,C2\nP2,C2\n")) == [(2, "Company No.")]
    assert update(write_file(tmp_path, "No.,Company Name\nP1,Other\n")) == [(2, None)]
    imported(work, write_file(tmp_path, "No.,Company No.\nP2,C2\n"), existing=Existing.UPDATE)
    assert stored(work, "company_no", "company_name", no="P2") == ("C2", "Other")
    assert records.stored(work, InteractionLogEntry, entry_no=logged.entry_no).company_no == "C1"
    postponed = records.stored(work, PostponedInteraction, entry_no=waiting.entry_no)
    work.session.refresh(postponed)
    assert (postponed.company_no, postponed.version) == ("C2", 2)


def test_people_with_the_old_value_of_their_company_get_the_imported_one_r_con_8(work: Work, tmp_path: Path) -> None:
    records.insert_contact(work, "C1", name="Cannon", city="Lyon")
    records.insert_contact(work, "P1", company="C1", city="Lyon")
    records.insert_contact(work, "P2", company="C1", city="Nice")

    imported(work, write_file(tmp_path, "No.,Name,City\nC1,Canon,Paris\n"), existing=Existing.UPDATE)

    assert stored(work, "company_name", "city", "search_city", no="P1") == ("Canon", "Paris", "paris")
    assert stored(work, "company_name", "city", no="P2") == ("Canon", "Nice")


def test_the_number_of_a_deleted_contact_is_not_reused_k6(work: Work, tmp_path: Path) -> None:
    for no in ("X1", "CT000002"):
        records.insert_contact(work, no)
        contacts.delete(work, no)

    assert errors(work, write_file(tmp_path, "No.,Name\nX1,Again\n")) == [(2, "No.")]
    imported(work, write_file(tmp_path, "Name\nA\nB\n"))
    assert sorted(contact.no for contact in work.session.exec(select(Contact))) == ["CT000003", "CT000004"]


def test_an_import_is_in_the_change_log_of_each_contact(work: Work, tmp_path: Path) -> None:
    records.insert_contact(work, "C1", name="Cannon", city="Lyon")
    records.insert_contact(work, "P1", company="C1", city="Lyon")

    path = write_file(tmp_path, "No.,Name,City,Company No.\nC1,Cannon,Paris,\nP2,New,Oslo,C1\nP1,Contact P1,,C1\n")
    imported(work, path, existing=Existing.UPDATE)

    assert recorded_changes(work) == [
        ("C1", "UPDATED", {"city": ("Lyon", "Paris")}),
        ("P1", "UPDATED", {"city": ("Lyon", "Paris")}),
        (
            "P2",
            "CREATED",
            {
                "city": (None, "Oslo"),
                "companyName": (None, "Cannon"),
                "companyNo": (None, "C1"),
                "name": (None, "New"),
                "type": (None, "PERSON"),
            },
        ),
    ]


def test_the_first_hundred_errors_are_listed_and_all_are_counted(work: Work, tmp_path: Path) -> None:
    rows = "".join(f"A,NIX{number},nobody\n" for number in range(150))
    with pytest.raises(Refused) as caught:
        imported(work, write_file(tmp_path, f"Name,Salesperson Code,E-Mail\n{rows}"))

    report = caught.value.detail
    assert isinstance(report, ImportReport)
    assert (report.error_count, len(report.errors), report.errors[-1].row) == (300, 100, 51)


def test_manual_numbers_need_a_series_that_allows_them_r_num_2(work: Work, tmp_path: Path) -> None:
    records.stored(work, NumberSeries, code="CONT").manual_nos = False
    work.session.flush()

    assert errors(work, write_file(tmp_path, "No.,Name\nX1,A\n")) == [(2, "No.")]


def test_a_dry_run_counts_and_imports_nothing(work: Work, tmp_path: Path) -> None:
    path = write_file(tmp_path, "Name,Company\nAnn,Inn\n")

    report = contact_import.run(work, path, dry_run=True)

    assert (report.rows, report.created) == (1, 2)
    assert work.session.exec(select(Contact)).all() == []
    assert imported(work, path).created == 2
    assert stored(work, "no", name="Ann") == ("CT000001",)


def test_the_number_of_statements_does_not_grow_with_the_file(work: Work, tmp_path: Path) -> None:
    def statements(rows: int, name: str) -> int:
        path = write_file(
            tmp_path,
            "Name,Company,E-Mail\n" + "".join(f"{name} {n},{name},{name}{n}@example.org\n" for n in range(rows)),
        )
        with recorded_statements(work) as seen:
            imported(work, path)
        return len(seen)

    statements(1, "Zero")  # so that the session has cached the setup
    assert statements(3, "First") == statements(300, "Second")
