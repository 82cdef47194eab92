"""Imports are listed and undone over the API and on the command line, and leave nothing behind."""

from pathlib import Path
from typing import Any

from persistence.enums import Role
from tests.api import Api
from tests.commands import carnet

BOOK = "No.,Type,Name,Company No.\nC1,Company,Firm,\nP1,Person,Ann,C1\n"
HISTORY = (
    "Entry No.,Contact No.,Date,Description,Cost,Canceled\n101,P1,2026-01-02,Visit blue,10,No\n"
    "102,P1,2026-01-03,Call,20,Yes\n103,C1,2026-02-03,Call,30,No\n"
)
FIGURES = """{
    contacts { totalCount nodes { no statistics { interactions cost } dateOfLastInteraction } }
    interactionStatistics(groupBy: [{date: MONTH}]) { rows { key measures { interactions cost } } }
    interactionLogEntries(search: "blue") { totalCount }
}"""


def imported(database_url: str, kind: str, text: str, *options: str) -> Any:
    Path("file.csv").write_text(text)
    result = carnet(database_url, "import", kind, "file.csv", *options)
    assert result.exit_code == 0, result.stderr
    return result


def test_an_undone_history_leaves_no_trace_in_figures_dates_and_searches(
    api: Api, folder: Path, database_url: str
) -> None:
    imported(database_url, "contacts", BOOK)
    before = api.execute(FIGURES)
    imported(database_url, "interactions", HISTORY)
    assert api.execute(FIGURES) != before

    result = carnet(database_url, "import", "undo", "2")

    assert (result.exit_code, "Import 2 is undone. Deleted: 3 interactions." in result.stderr) == (0, True)
    assert api.execute(FIGURES) == before
    checked = carnet(database_url, "check")
    assert checked.exit_code == 0, checked.stderr


def test_the_command_lists_the_imports_and_how_to_undo_those_that_created_something(
    api: Api, folder: Path, database_url: str
) -> None:
    assert carnet(database_url, "import", "list").stderr == "There are no imports.\n"
    assert "carnet import undo 1" in imported(database_url, "contacts", BOOK).stderr
    updating = imported(database_url, "contacts", BOOK.replace("Ann", "Anne"), "--existing", "update")
    assert "carnet import undo" not in updating.stderr

    listed = carnet(database_url, "import", "list").stdout.splitlines()
    newest = carnet(database_url, "import", "list", "--first", "1").stdout

    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in listed if line.startswith("│")]
    numbers = [
        (number, kind, user, rows, created, updated) for number, kind, _, _, user, rows, created, updated, *_ in rows
    ]
    assert numbers == [("2", "contacts", "local", "2", "0", "1"), ("1", "contacts", "local", "2", "2", "0")]
    assert newest.count(" UTC ") == 1
    carnet(database_url, "import", "undo", "2")
    undone = next(line for line in carnet(database_url, "import", "list").stdout.splitlines() if "│ 2 " in line)
    assert undone.count(" UTC ") == 2


def test_imports_are_listed_and_undone_over_the_api(api: Api, folder: Path, database_url: str) -> None:
    imported(database_url, "contacts", BOOK, "--dry-run")
    result = imported(database_url, "contacts", BOOK)
    assert "carnet import undo 1" in result.stderr
    imported(database_url, "interactions", HISTORY)
    fields = "id entryNo kind fileName userId rows created updated unchanged rejected undoneAt undoneBy"

    newest, oldest = api.execute(f"{{ imports(first: 5) {{ nodes {{ {fields} }} }} }}")["imports"]["nodes"]
    assert (newest["kind"], newest["rows"], newest["created"]) == ("INTERACTIONS", 3, 3)
    assert oldest == {
        "id": oldest["id"],
        "entryNo": 1,
        "kind": "CONTACTS",
        "fileName": "file.csv",
        "userId": "local",
        "rows": 2,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
        "undoneAt": None,
        "undoneBy": None,
    }
    counts = "import { entryNo undoneBy } contactsDeleted entriesDeleted postponedDeleted templatesDeleted groupsDeleted campaignsDeleted salespeopleDeleted updatesKept"
    assert api.refusal_codes("undoImport", {"entryNo": 1}) == ["IN_USE"]
    assert api.refusal_codes("undoImport", {"entryNo": 9}) == ["NOT_FOUND"]
    tried = api.mutate("undoImport", {"entryNo": 2, "dryRun": True}, counts)
    assert (tried["entriesDeleted"], tried["import"]) == (3, {"entryNo": 2, "undoneBy": None})
    undone = api.mutate("undoImport", {"entryNo": 2, "idempotencyKey": "k"}, counts)
    assert undone == api.mutate("undoImport", {"entryNo": 2, "idempotencyKey": "k"}, counts)
    assert (undone["entriesDeleted"], undone["import"]["undoneBy"]) == (3, "local")
    assert api.refusal_codes("undoImport", {"entryNo": 2}) == ["IMPORT_UNDONE"]
    assert api.mutate("undoImport", {"entryNo": 1}, counts)["contactsDeleted"] == 2


def test_only_marketers_and_administrators_see_imports_also_by_id(api: Api, folder: Path, database_url: str) -> None:
    imported(database_url, "contacts", BOOK)
    global_id = api.execute("{ imports { nodes { id } } }")["imports"]["nodes"][0]["id"]

    for role in Role:
        caller = api.as_role(role, salesperson="JO" if role is Role.SALESPERSON else None)
        for text in (
            "{ imports { totalCount } }",
            "{ import(entryNo: 1) { fileName } }",
            f'{{ node(id: "{global_id}") {{ ... on Import {{ fileName }} }} }}',
        ):
            answer = caller.post(text).json()
            codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
            assert codes == (set() if role in (Role.MARKETER, Role.ADMIN) else {"FORBIDDEN"}), (role, text, answer)
