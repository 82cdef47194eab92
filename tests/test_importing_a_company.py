"""A company is imported with the command line: contacts, templates and interactions, and everything can be queried."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

from persistence.database import Database
from resolvers.imports import interactions as history
from resolvers.interactions import rules as interactions
from resolvers.work import User, Work
from tests import records
from tests.api import Api
from tests.commands import carnet

CONTACTS = "No.,Type,Name,Company No.,E-Mail\nC1,Company,Café de l’Île,C1,info@example.com\nP1,Person,Élise Bérubé,C1,elise@example.com\n"
TEMPLATES = "Code,Description,Interaction Group Code,Unit Cost (LCY),Unit Duration (Min.),Information Flow,Initiated By\nVISIT,Visit,MEETING,45.00,180,Outbound,Us\n"
HISTORY = """Entry No.,Contact No.,Contact Company No.,Date,Time of Interaction,Description,Interaction Template Code,Cost (LCY),Canceled,Postponed,User ID
701,P1,C1,2017-01-31,2:30 PM,Chairs,VISIT,45.00,No,No,SUSAN
702,,,2017-02-01,9:00 AM,Nobody knows,,0,Yes,No,SUSAN
703,C1,C1,2017-02-02,9:00 AM,Later,VISIT,45.00,No,Yes,SUSAN
"""
LOG = """{ interactionLogEntries(filter: {imported: true}, orderBy: [{field: ENTRY_NO}]) { nodes { entryNo date timeOfInteraction description
contact { no name } company { no } template { code } group { description } salesperson { code } cost canceled imported userId comments { comment } } }
contact(no: "C1") { dateOfLastInteraction interactionLogEntries { totalCount } }
postponedInteractions { nodes { entryNo contact { no } date missingFields userId } } }"""


def files(folder: Path) -> tuple[str, str, str]:
    for name, text in (("contacts", CONTACTS), ("templates", TEMPLATES), ("history", HISTORY)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return str(folder / "contacts.csv"), str(folder / "templates.csv"), str(folder / "history.csv")


def test_contacts_templates_and_interactions_are_imported_with_three_commands(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    contacts, templates, entries = files(tmp_path)

    results = [
        carnet(database_url, "import", "contacts", contacts),
        carnet(database_url, "import", "templates", templates, "--dry-run"),
        carnet(database_url, "import", "templates", templates),
        carnet(database_url, "import", "interactions", entries),
    ]
    log = api.execute(LOG)

    assert [each.exit_code for each in results] == [0, 0, 0, 0], [each.stderr for each in results]
    assert "1 would be created" in results[1].stderr
    assert "New interaction groups, with their code as description: MEETING." in results[2].stderr
    assert "3 rows: 3 created" in results[3].stderr
    assert "1 interaction is postponed." in results[3].stderr
    visit, unknown = log["interactionLogEntries"]["nodes"]
    assert visit == {
        "entryNo": 701,
        "date": "2017-01-31",
        "timeOfInteraction": "14:30:00",
        "description": "Chairs",
        "contact": {"no": "P1", "name": "Élise Bérubé"},
        "company": {"no": "C1"},
        "template": {"code": "VISIT"},
        "group": {"description": "MEETING"},
        "salesperson": None,
        "cost": "45.00",
        "canceled": False,
        "imported": True,
        "userId": "SUSAN",
        "comments": [],
    }
    assert (unknown["contact"], unknown["company"], unknown["template"], unknown["canceled"]) == (
        None,
        None,
        None,
        True,
    )
    assert log["contact"] == {"dateOfLastInteraction": "2017-01-31", "interactionLogEntries": {"totalCount": 1}}
    assert log["postponedInteractions"]["nodes"] == [
        {
            "entryNo": 703,
            "contact": {"no": "C1"},
            "date": "2017-02-02",
            "missingFields": ["salespersonCode"],
            "userId": "SUSAN",
        }
    ]


def test_an_interaction_created_after_an_import_has_a_higher_number_r_num_3(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    for command, file in zip(("contacts", "templates", "interactions"), files(tmp_path), strict=True):
        assert carnet(database_url, "import", command, file).exit_code == 0
    api.mutate("createSalesperson", {"code": "JO", "salesperson": {"name": "Jo"}}, "salesperson { code }")

    visit = {"contactNo": "P1", "templateCode": "VISIT", "salespersonCode": "JO"}
    made = api.mutate("createInteraction", {"interaction": visit}, "interactionLogEntry { entryNo imported }")[
        "interactionLogEntry"
    ]

    assert made == {"entryNo": 704, "imported": False}


def test_an_import_with_errors_lists_them_and_writes_nothing(api: Api, database_url: str, tmp_path: Path) -> None:
    *_, entries = files(tmp_path)

    refused = carnet(database_url, "import", "interactions", entries)
    open_days = tmp_path / "open.csv"
    open_days.write_text("Entry No.,Contact No.,Date,Description\n1,,03/04/2017,A\n")
    ambiguous = carnet(database_url, "import", "interactions", str(open_days))
    decided = carnet(database_url, "import", "interactions", str(open_days), "--dates", "dmy")

    assert refused.exit_code == 1
    assert "There is no contact P1" in refused.stderr
    assert "Nothing was imported" in refused.stderr
    assert (ambiguous.exit_code, "--dates dmy" in ambiguous.stderr) == (1, True)
    assert decided.exit_code == 0, decided.stderr
    assert api.execute("{ interactionLogEntries { nodes { entryNo date } } }")["interactionLogEntries"]["nodes"] == [
        {"entryNo": 1, "date": "2017-04-03"}
    ]


def test_interactions_created_during_an_import_get_other_numbers_r_num_3(
    database: Database, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    def as_work(session: Any) -> Work:
        return Work(session, User("local"), dt.datetime.now(dt.UTC))

    loop.run_until_complete(database.writing(lambda session: records.insert_fixtures(as_work(session))))
    rows = "".join(f"{no},C1,2017-01-31,A,VISIT\n" for no in range(1, 400, 2))
    path = tmp_path / "history.csv"
    path.write_text(
        f"Entry No.,Contact No.,Date,Description,Interaction Template Code\n{rows}400,C1,2017-01-31,A,VISIT\n"
    )
    visit: Any = {"contact_no": "C1", "template_code": "VISIT"}

    async def at_once() -> list[Any]:
        return await asyncio.gather(
            database.writing(lambda session: history.run(as_work(session), path)),
            *(database.writing(lambda session: interactions.create(as_work(session), visit)) for _ in range(20)),
            return_exceptions=True,
        )

    report, *made = loop.run_until_complete(at_once())
    numbers = loop.run_until_complete(
        database.reading([("SELECT count(DISTINCT entry_no) FROM interaction_log_entry", ())])
    )

    worked = [each for each in made if not isinstance(each, BaseException)]
    assert len(worked) == 20, made
    assert numbers == [20 + (0 if isinstance(report, BaseException) else report.created)]
    if not isinstance(report, BaseException):
        assert all(each.entry_no > 400 for each in worked)


def test_files_imported_again_change_nothing_unless_asked_r_imp_1(api: Api, database_url: str, tmp_path: Path) -> None:
    contacts, templates, entries = files(tmp_path)
    steps = (("contacts", contacts), ("templates", templates), ("interactions", entries))
    exported, book = str(tmp_path / "exported.csv"), tmp_path / "book.csv"
    book.write_text("Name,E-Mail,City\nélise berube,ELISE@example.com,Laval\n", encoding="utf-8")

    first = [carnet(database_url, "import", *step) for step in steps]
    again = [carnet(database_url, "import", *step) for step in steps]
    assert carnet(database_url, "export", "contacts", exported).exit_code == 0
    own = carnet(database_url, "import", "contacts", exported)
    skipped = carnet(database_url, "import", "contacts", str(book), "--dry-run")
    updated = carnet(database_url, "import", "contacts", str(book), "--existing", "update")
    refused = carnet(database_url, "import", "interactions", entries, "--existing", "update")

    assert [each.exit_code for each in (*first, *again, own, skipped, updated)] == [0] * 9
    counts = [f"{count} row" + "s" * (count > 1) + f": 0 created, 0 updated, {count} unchanged." for count in (2, 1, 3)]
    assert [count in each.stderr for count, each in zip(counts, again, strict=True)] == [True] * 3
    assert "2 rows were skipped, because their records exist already (--existing skip)." in again[0].stderr
    assert "2 rows: 0 created, 0 updated, 2 unchanged." in own.stderr
    assert "notes" not in own.stderr
    assert "P1 (City)" in skipped.stderr
    assert "1 row: 0 created, 1 updated" in updated.stderr
    assert api.execute('{ contact(no: "P1") { name city } }')["contact"] == {"name": "élise berube", "city": "Laval"}
    assert refused.exit_code == 2
