"""Imports of interactions that are stored already, and of contacts given by name (R-IMP-6, R-IMP-7)."""

from pathlib import Path

from sqlmodel import select

from persistence.interactions import PostponedInteraction
from resolvers.imports.existing import ExistingInteraction
from resolvers.interactions import rules as interactions
from resolvers.interactions.entries import canceling
from resolvers.work import Work
from tests import records
from tests.import_files import write_file
from tests.resolvers.imports.importing_interactions import HEAD, errors, imported, logged, stored
from tests.resolvers.imports.test_importing_contacts_twice import counts, notes

SHORT = "Contact No.,Date,Time of Interaction,Description,Interaction Template Code,Evaluation\n"
ROW = "C1,2017-01-31,9:00,Call,VISIT,\n"


def test_a_log_imported_twice_is_stored_once_r_imp_6(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    path = write_file(
        tmp_path,
        f"{HEAD},Postponed,Subject\n11,P1,C1,2017-01-31,A,VISIT,JO,No,\n12,,,,,,JO,Yes,\n,C1,,2017-01-31,,VISIT,JO,No,\n"
        ",C1,,2017-01-31,,,JO,No,Chairs\n,C1,,,,VISIT,JO,Yes,\n,,,,,,JO,Yes,\n,,,2017-01-31,No contact,,,No,\n",
    )

    first, second = imported(work, path), imported(work, path)

    assert (counts(first), notes(first)) == ((7, 0, 0), [])
    assert (counts(second), notes(second)) == ((0, 0, 7), [])
    assert "7 rows were skipped" in second.notes[0].english
    assert len(logged(work)) == 4
    assert len(work.session.exec(select(PostponedInteraction)).all()) == 3


def test_of_equal_rows_only_those_without_an_equal_entry_are_new_r_imp_6(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    imported(work, write_file(tmp_path, SHORT + ROW))

    three, again = (imported(work, write_file(tmp_path, SHORT + ROW * 3)) for _ in range(2))
    new = imported(work, write_file(tmp_path, SHORT + ROW), existing=ExistingInteraction.NEW)

    assert [counts(three), counts(again), counts(new)] == [(2, 0, 1), (0, 0, 3), (1, 0, 0)]


def test_entries_are_equal_by_contact_date_time_template_and_description_r_imp_6(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    imported(work, write_file(tmp_path, SHORT + ROW))
    others = (
        "C2,2017-01-31,9:00,Call,VISIT,\nC1,2017-02-01,9:00,Call,VISIT,\nC1,2017-01-31,9:01,Call,VISIT,\n"
        "C1,2017-01-31,9:00,Call,,\nC1,2017-01-31,9:00,call,VISIT,\nC1,2017-01-31,,Call,VISIT,\n"
    )

    report = imported(work, write_file(tmp_path, SHORT + others + "C1,2017-01-31,9:00,Call,VISIT,Positive\n"))

    assert (counts(report), notes(report)) == ((6, 0, 1), [(8, None)])
    assert "(Evaluation)" in report.row_notes[0].message_en


def test_a_used_number_is_an_error_unless_the_row_is_its_interaction_r_imp_6(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    imported(work, write_file(tmp_path, f"{HEAD}\n11,C1,,2017-01-31,A,VISIT,JO\n"))

    assert errors(work, write_file(tmp_path, f"{HEAD}\n11,C1,,2017-01-31,B,VISIT,JO\n11,C1,,2017-01-31,A,,\n")) == [
        (2, "Entry No."),
        (3, "Entry No."),
    ]
    path = write_file(tmp_path, f"{HEAD}\n11,C1,,2017-01-31,A,,PS\n12,C1,,2017-01-31,A,VISIT,JO\n")
    assert errors(work, path, existing=ExistingInteraction.NEW) == [(2, "Entry No.")]
    report = imported(work, path)

    assert (counts(report), notes(report)) == ((1, 0, 1), [(2, None)])
    assert "11 (Salesperson Code)" in report.row_notes[0].message_en


def test_an_interaction_that_was_resumed_or_canceled_since_is_not_imported_again_r_imp_6(
    work: Work, tmp_path: Path
) -> None:
    records.insert_fixtures(work)
    path = write_file(tmp_path, f"{HEAD},Postponed\n11,P1,,2017-01-31,A,VISIT,JO,Yes\n,C1,,2017-01-31,B,VISIT,JO,No\n")
    imported(work, path)
    interactions.resume(work, 11, {})
    canceling.set_canceled(work, entry_nos=[max(logged(work))], canceled=True)

    assert counts(imported(work, path)) == (0, 0, 2)


def test_contacts_are_found_by_email_or_name_r_imp_7(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    for no, name, email in (
        ("A1", "Ann", "ann@x.example"),
        ("B1", "Bob", "info@x.example"),
        ("B2", "Eve", "info@x.example"),
        ("J1", "Jean", None),
        ("J2", "Jean", None),
    ):
        records.insert_contact(work, no, name=name, search_name=name.lower(), email=email, search_email=email)
    head = "Contact No.,Contact Name,Contact E-Mail,Date,Description\n"
    path = write_file(
        tmp_path,
        f"{head},,Ann@X.example,2017-01-31,A\n,EVE,info@x.example,2017-01-31,B\n,ann,,2017-01-31,C\n"
        ",Somebody,ann@x.example,2017-01-31,D\nJ2,Jean,,2017-01-31,E\n,,,2017-01-31,F\n",
    )

    report = imported(work, path)
    again = imported(work, path)

    assert [stored(work, no, "contact_no")[0] for no in logged(work)] == ["A1", "B2", "A1", "A1", "J2", None]
    assert notes(report) == [(5, "Contact Name")]
    assert (counts(report), counts(again)) == ((6, 0, 0), (0, 0, 6))
    wrong = write_file(
        tmp_path,
        f"{head},Jean,,2017-01-31,A\n,,info@x.example,2017-01-31,A\n,Ann,nobody@x.example,2017-01-31,A\n"
        ",Nobody,,2017-01-31,A\n",
    )
    assert errors(work, wrong) == [
        (2, "Contact Name"),
        (3, "Contact E-Mail"),
        (4, "Contact E-Mail"),
        (5, "Contact Name"),
    ]
    assert errors(work, wrong, without_missing_contacts=True) == [(2, "Contact Name"), (3, "Contact E-Mail")]


def test_a_company_tells_contacts_of_one_name_apart_r_imp_7(work: Work, tmp_path: Path) -> None:
    records.insert_fixtures(work)
    for no, name in (("I1", "Inn"), ("Q1", "Quai")):
        records.insert_contact(work, no, name=name, search_name=name.lower(), search_company_name=name.lower())
    for no, company in (("J1", "I1"), ("J2", "Q1")):
        company_name = {"I1": "inn", "Q1": "quai"}[company]
        records.insert_contact(
            work, no, company=company, name="Jean", search_name="jean", search_company_name=company_name
        )

    imported(
        work,
        write_file(
            tmp_path, "Contact Company Name,Contact Name,Date,Description\nQuai,Jean,2017-01-31,A\nInn,,2017-01-31,B\n"
        ),
    )

    assert [stored(work, no, "contact_no", "company_no") for no in logged(work)] == [("J2", "Q1"), ("I1", "I1")]
