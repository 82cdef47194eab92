"""Calls, meetings, e-mails, notes and tasks as HubSpot, Salesforce and Dynamics 365 export them, and the interaction log entries
of Business Central: what is stored, and what the report says of everything else. All people are made up.
"""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from persistence.interactions import InteractionComment, InteractionLogEntry, PostponedInteraction
from resolvers.imports.interactions.columns import INTERACTION_LIST
from resolvers.imports.interactions.rows import InteractionRows
from resolvers.imports.reading import open_file
from resolvers.imports.report import ImportReport
from resolvers.imports.values.formats import Formats
from resolvers.work import Work
from tests import records
from tests.import_files import write_file
from tests.resolvers.imports.importing_interactions import errors, imported
from tests.resolvers.imports.reports import said

DEFAULTS = {"cost": 0, "duration": 0, "time_of_interaction": dt.time(), "imported": True, "user_id": "tester"}
NOT_SHOWN = {"entry_no", "logged_at", "changed_at", "contact_salesperson_code", "version", "postponed_at"}


def interactions(work: Work, table: Any = InteractionLogEntry) -> list[dict[str, Any]]:
    """The values of each interaction, without those that every imported interaction has."""
    work.session.expire_all()
    rows = work.session.exec(select(table).order_by(table.entry_no)).all()
    return [
        {
            name: value
            for name, value in row.model_dump().items()
            if name not in NOT_SHOWN and value not in (None, False) and value != DEFAULTS.get(name)
        }
        for row in rows
    ]


def comments(work: Work) -> list[tuple[dt.date, str]]:
    rows = work.session.exec(select(InteractionComment))
    return [(row.date, row.comment) for row in sorted(rows, key=lambda row: (row.entry_no, row.line_no))]


def staged_contacts(work: Work, path: Path) -> list[tuple[object, ...]]:
    """How each row names its contact."""
    file = open_file(path, INTERACTION_LIST)
    rows = InteractionRows(work, file, ImportReport(), Formats())
    parsed = [rows.parse(row_no, cells) for row_no, cells in file.rows()]
    return [tuple(row[f"contact_{part}"] for part in ("name", "email", "company_name")) for row in parsed]


def insert_company(work: Work) -> None:
    """A salesperson, a company and a person."""
    records.insert_salesperson(work, "SK", name="Solène Kerbrat")
    records.insert_contact(work, "C1", name="Factice SA")
    records.insert_contact(
        work, "P1", company="C1", name="Noé Factice", email="noe@factice.example", search_email="noe@factice.example"
    )


def test_calls_of_hubspot(work: Work, tmp_path: Path) -> None:
    insert_company(work)
    path = write_file(
        tmp_path,
        "Record ID,Call title,Call notes,Call outcome,Call direction,Call duration (HH:mm:ss),Activity date,"
        "Activity assigned to,Create date,Associated Contact,Associated Contact IDs,Associated Company,Call recording URL\n"
        '1,Follow-up,"<p>Long</p>\ntalk",Connected,Outbound,0:03:25,2025-03-01 10:22,Solène Kerbrat,2025-03-01 10:30,'
        "Noé Factice (noe@factice.example),151,Factice SA,\n"
        "2,,Called back,No answer,INBOUND,0:01:00,2025-03-02 11:00,Solène Kerbrat,2025-03-02 11:01,"
        "Noé Factice (noe@factice.example),151,Factice SA,https://rec.example/2\n",
    )

    assert staged_contacts(work, path) == [("Noé Factice", "noe@factice.example", "Factice SA")] * 2

    report = imported(work, path)

    of_both = {"salesperson_code": "SK"}
    found = [
        {name: value for name, value in row.items() if name not in ("contact_no", "company_no")}
        for row in interactions(work)
    ]
    assert found == [
        of_both
        | {
            "description": "Follow-up",
            "date": dt.date(2025, 3, 1),
            "time_of_interaction": dt.time(10, 22),
            "duration": 3,
            "information_flow": "OUTBOUND",
        },
        of_both
        | {
            "description": "Called back",
            "date": dt.date(2025, 3, 2),
            "time_of_interaction": dt.time(11),
            "duration": 1,
            "information_flow": "INBOUND",
            "attempt_failed": True,
        },
    ]
    assert comments(work) == [(dt.date(2025, 3, 1), "<p>Long</p>\ntalk"), (dt.date(2025, 3, 2), "Called back")]
    assert said(report)["row_notes"] == [(2, "Call duration (HH:mm:ss)", "205 seconds were rounded to whole minutes.")]
    assert (report.unknown_columns, report.ignored_columns) == (
        ["Call recording URL"],
        ["Record ID", "Create date", "Associated Contact IDs"],
    )


SALESFORCE = [
    (
        '"Subject","Date","Priority","Status","Task","Contact","Company / Account","Assigned","Full Comments","Type"\n'
        f'"{"Long subject " * 9}","3/15/2025","Normal","Completed","1","Noé Factice","Factice SA","Solène Kerbrat","Spoke","Call"\n'
        '"Send offer","4/1/2025","High","Not Started","1","Noé Factice","Factice SA","Solène Kerbrat","","Email"\n'
    ),
    (
        '"Objet","Date","Priorité","Statut","Tâche","Contact","Société / Compte","Attribué à","Commentaires complets","Type"\n'
        f'"{"Long subject " * 9}","15/03/2025","Normal","Terminé","1","Noé Factice","Factice SA","Solène Kerbrat","Spoke","Call"\n'
        '"Send offer","01/04/2025","Haute","Non démarrée","1","Noé Factice","Factice SA","Solène Kerbrat","","Courriel"\n'
    ),
]


@pytest.mark.parametrize("text", SALESFORCE, ids=["English", "French"])
def test_tasks_of_a_report_of_salesforce(work: Work, tmp_path: Path, text: str) -> None:
    insert_company(work)
    report = imported(work, write_file(tmp_path, text))

    short = "Long subject Long subject Long subject Long subject Long subject Long subject Long subject Long…"
    (task,), (waiting,) = interactions(work), interactions(work, PostponedInteraction)
    assert (task["date"], task["description"], task["salesperson_code"]) == (dt.date(2025, 3, 15), short, "SK")
    assert (waiting["resume_on"], waiting["description"], waiting["correspondence_type"]) == (
        dt.date(2025, 4, 1),
        "Send offer",
        "EMAIL",
    )
    assert comments(work) == [(dt.date(2025, 3, 15), ("Long subject " * 9).strip() + "\n\nSpoke")]
    (shortened, postponed) = said(report)["row_notes"]
    assert shortened[2] == f"The text was shortened to “{short}”. A comment has the whole text."
    assert postponed[2].endswith("so this is now a postponed interaction.")
    assert (
        "Not imported: Call in the column Type (rows: 1). Interactions have no field for it." in said(report)["notes"]
    )
    assert (report.unknown_columns, len(report.ignored_columns)) == ([], 2)


def test_tasks_of_the_data_loader_of_salesforce(work: Work, tmp_path: Path) -> None:
    insert_company(work)
    path = write_file(
        tmp_path,
        '"Id","WhoId","Who.Name","Subject","ActivityDate","Status","Description","TaskSubtype","CallDurationInSeconds","CallType",'
        '"OwnerId","Account.Name","CreatedDate","IsClosed"\n'
        '"00T1","0031","Noé Factice","Called","2025-03-01","Completed","Spoke\nlong","Email","120","Inbound","005","Factice SA",'
        '"2025-03-01T10:22:33.000Z","true"\n',
    )

    assert staged_contacts(work, path) == [("Noé Factice", None, "Factice SA")]

    report = imported(work, path)

    (found,) = interactions(work)
    assert {
        name: found[name] for name in ("description", "subject", "duration", "information_flow", "correspondence_type")
    } == {
        "description": "Called",
        "subject": "Called",
        "duration": 2,
        "information_flow": "INBOUND",
        "correspondence_type": "EMAIL",
    }
    assert comments(work) == [(dt.date(2025, 3, 1), "Spoke\nlong")]
    assert (report.row_notes, report.unknown_columns) == ([], [])


DYNAMICS = [
    (
        "(Do Not Modify) Phone Call,(Do Not Modify) Row Checksum,(Do Not Modify) Modified On,Subject,Regarding,Activity Status,"
        "Owner,Due Date,Description,Direction,Duration,Priority\n"
        "1f,rX==,2025-03-01 10:22,Call back,Factice SA,Completed,Solène Kerbrat,2025-03-01 10:22,Spoke,Outgoing,30,Normal\n"
    ),
    (
        "(Ne pas modifier) Appel téléphonique,(Ne pas modifier) Somme de contrôle,(Ne pas modifier) Modifié le,Sujet,Concernant,"
        "Statut de l’activité,Propriétaire,Date d’échéance,Description,Sens,Durée,Priorité\n"
        "1f,rX==,2025-03-01 10:22,Call back,Factice SA,Terminé,Solène Kerbrat,2025-03-01 10:22,Spoke,Sortant,30,Normale\n"
    ),
]


@pytest.mark.parametrize("text", DYNAMICS, ids=["English", "French"])
def test_activities_of_dynamics(work: Work, tmp_path: Path, text: str) -> None:
    insert_company(work)
    report = imported(work, write_file(tmp_path, text))

    (found,) = interactions(work)
    assert {
        name: found[name] for name in ("date", "time_of_interaction", "description", "duration", "information_flow")
    } == {
        "date": dt.date(2025, 3, 1),
        "time_of_interaction": dt.time(10, 22),
        "description": "Call back",
        "duration": 30,
        "information_flow": "OUTBOUND",
    }
    assert (found["salesperson_code"], comments(work)) == ("SK", [(dt.date(2025, 3, 1), "Spoke")])
    assert (report.row_notes, report.unknown_columns, len(report.ignored_columns)) == ([], [], 4)


def test_meetings_last_from_their_start_to_their_end(work: Work, tmp_path: Path) -> None:
    insert_company(work)
    report = imported(
        work,
        write_file(
            tmp_path,
            "Meeting name,Meeting start time,Meeting end time,Meeting outcome,Meeting description,Associated Contact,Location\n"
            "Fair,2025-03-01 10:00,2025-03-01 11:30,Completed,Booth 4,Noé Factice;Ida Inconnue,Hall 2\n",
        ),
    )

    (found,) = interactions(work)
    assert (found["duration"], found["description"], report.unknown_columns) == (90, "Fair", ["Location"])
    assert (2, "Associated Contact", "Not imported: Ida Inconnue. An interaction has one contact.") in said(report)[
        "row_notes"
    ]


def test_an_open_meeting_keeps_its_duration_and_its_time_is_named(work: Work, tmp_path: Path) -> None:
    insert_company(work)
    report = imported(
        work,
        write_file(
            tmp_path,
            "Meeting name,Meeting start time,Meeting end time,Status,Associated Contact\n"
            "Fair,2025-03-01 10:00,2025-03-01 11:30,Scheduled,Noé Factice\n"
            "Task,2025-03-02,,Open,Noé Factice\n",
        ),
    )

    postponed = interactions(work, PostponedInteraction)
    assert [(row["resume_on"].day, row.get("duration")) for row in postponed] == [(1, 90), (2, None)]
    assert [note for note in said(report)["row_notes"] if "so this is now" not in note[2]] == [
        (
            2,
            "Meeting start time",
            "Not imported: the time 10:00. A postponed interaction is resumed on a day, without a time.",
        )
    ]


def test_a_start_gives_the_day_its_time(work: Work, tmp_path: Path) -> None:
    insert_company(work)
    report = imported(
        work,
        write_file(
            tmp_path,
            "Subject,Date,Start,End,Contact\n"
            "Fair,3/15/2025,3/15/2025 10:00 AM,3/15/2025 10:45 AM,Noé Factice\n"
            "Talk,3/16/2025,3/15/2025 10:00 AM,,Noé Factice\n",
        ),
    )

    assert [(row["date"].day, row.get("time_of_interaction"), row.get("duration")) for row in interactions(work)] == [
        (15, dt.time(10), 45),
        (16, None, None),
    ]
    assert said(report)["row_notes"] == [
        (3, "Start", "Not imported: the start 2025-03-15 10:00:00. The value of the column Date was taken.")
    ]


def test_a_long_text_becomes_several_comments(work: Work, tmp_path: Path) -> None:
    insert_company(work)
    text = "\n".join(f"Line {number} {'x' * 90}" for number in range(60))
    imported(
        work, write_file(tmp_path, f'Contact No.,Date,Description,Comments,Comment\nP1,2025-03-01,Note,"{text}",Yes\n')
    )

    parts = [comment for _, comment in comments(work)]
    assert "\n".join(parts) == text
    assert all(len(part) <= 2_000 for part in parts)


def test_comments_of_a_changed_file_of_carnet_stay_comments(work: Work, tmp_path: Path) -> None:
    insert_company(work)
    cell = '"[{""lineNo"": 1, ""date"": ""2025-02-01"", ""comment"": ""Said yes"", ""userId"": ""ann""}]"'
    imported(
        work, write_file(tmp_path, f"contactNo,date,description,comments\nP1,2025-03-01,A,{cell}\nP1,2025-03-01,B,[]\n")
    )

    assert comments(work) == [(dt.date(2025, 3, 1), "Said yes")]


@pytest.mark.parametrize("day", ["0001-01-01", "1753-01-01 00:00:00.000", "0D", "0/0/00", "1/1/0001 12:00:00 AM"])
def test_a_blank_day_is_no_date_of_an_interaction(work: Work, tmp_path: Path, day: str) -> None:
    insert_company(work)
    path = write_file(tmp_path, f"Contact No.,Date,Description\nP1,{day},Old\n")

    assert errors(work, path) == [(2, "Date")]


def test_moments_with_a_time_zone_are_in_that_of_the_company(work: Work, tmp_path: Path) -> None:
    insert_company(work)
    work.setup.time_zone = "America/Montreal"
    work.session.flush()

    imported(
        work,
        write_file(
            tmp_path,
            "Contact No.,Date,Description\nP1,2025-03-01T03:22:33.000Z,A\nP1,2025-03-01T00:00:00Z,B\nP1,1er mars 2025 à 9 h 05,C\n",
        ),
    )

    assert [(row["date"], row.get("time_of_interaction")) for row in interactions(work)] == [
        (dt.date(2025, 2, 28), dt.time(22, 22, 33)),
        (dt.date(2025, 3, 1), None),
        (dt.date(2025, 3, 1), dt.time(9, 5)),
    ]


@pytest.mark.parametrize("caption", ["Attribué à", "Affecté à", "Affectée à", "Propriétaire"])
def test_french_captions_of_the_owner_of_an_activity_are_known(caption: str) -> None:
    found = INTERACTION_LIST.recognize(["Objet", "Date", "Contact", caption])

    assert [column.field for column in found if column.caption == caption] == ["salesperson_name"]
