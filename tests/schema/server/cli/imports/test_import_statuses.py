"""The exit statuses of `carnet import` and the files that it writes (R-IMP-12, R-IMP-16)."""

from pathlib import Path
from typing import Any

import pytest

from tests.commands import carnet

GOOD, BAD = "C1,Fine,\n", "C2,Wrong,bad\n"


def imported(database_url: str, text: str, *options: str, **environment: str) -> Any:
    Path("book.csv").write_text(text)
    return carnet(database_url, "import", "contacts", "book.csv", *options, **environment)


STATUSES: list[tuple[str, tuple[str, ...], int]] = [
    (f"No.,Name,E-Mail\n{GOOD}", (), 0),
    ("No.,Name,E-Mail\n", (), 0),
    (f"No.,Name,E-Mail,Hobby\n{GOOD}", (), 0),
    ("No.,Name,Hobby\nC1,Fine,chess\n", (), 3),
    ("No.,Name,Hobby\nC1,Fine,chess\n", ("--ignore-unknown-columns",), 0),
    (f"No.,Name,E-Mail\n{GOOD}{BAD}", (), 1),
    (f"No.,Name,E-Mail\n{GOOD}{BAD}", ("--skip-errors", "rejects.csv"), 4),
    (f"No.,Name,E-Mail,Hobby\nC1,Fine,,chess\n{BAD}", ("--skip-errors", "rejects.csv"), 4),
    (f"No.,Name,E-Mail\n{BAD}", ("--skip-errors", "rejects.csv"), 1),
    (f"No.,Name,E-Mail\n{GOOD}", ("--skip-errors", "book.csv"), 2),
    (f"No.,Name,E-Mail\n{GOOD}", ("--skip-errors", "a.csv", "--report", "a.csv"), 2),
    (f"No.,Name,E-Mail\n{GOOD}", ("--skip-errors", "missing/rejects.csv"), 2),
]


@pytest.mark.slow
def test_the_exit_status_says_what_was_imported(folder: Path, database_url: str) -> None:
    tried: set[int] = set()
    for text, options, status in STATUSES:
        if status not in tried:
            dry_run = imported(database_url, text, *options, "--dry-run")
            assert (dry_run.exit_code, Path("rejects.csv").exists()) == (status, False), (text, dry_run.stderr)
            tried.add(status)

        result = imported(database_url, text, *options)

        assert result.exit_code == status, (text, options, result.stderr)
        assert Path("rejects.csv").exists() == (BAD in text and "rejects.csv" in options)
        Path("rejects.csv").unlink(missing_ok=True)
        assert not [*Path().glob(".*.part")]


def test_an_existing_file_is_replaced_only_on_request(folder: Path, database_url: str) -> None:
    Path("rejects.csv").write_text("mine")
    text, skip = f"No.,Name,E-Mail\n{GOOD}{BAD}", ("--skip-errors", "rejects.csv")

    refused = imported(database_url, text, *skip)
    assert (refused.exit_code, Path("rejects.csv").read_text()) == (2, "mine")
    assert "--overwrite" in refused.stderr
    replaced = imported(database_url, text, *skip, "--overwrite")

    assert replaced.exit_code == 4
    assert "C2,Wrong,bad" in Path("rejects.csv").read_text()
    assert "carnet import contacts rejects.csv" in replaced.stderr


def test_files_of_rejected_rows_and_messages_are_in_the_language_of_the_environment(
    folder: Path, database_url: str
) -> None:
    options = ("--skip-errors", "rejets.csv", "--report", "messages.csv")

    result = imported(database_url, f"No.,Name,E-Mail\n{GOOD}{BAD}", *options, LANG="fr_CA.UTF-8")

    assert result.exit_code == 4
    assert "2 lignes\u00a0: 1 créée, 0 modifiée, 0 inchangée, 1 rejetée." in result.stderr
    assert Path("rejets.csv").read_text("utf-8-sig").startswith("Ligne (Carnet),Erreur (Carnet),No.,Name,E-Mail\n3,")
    assert Path("messages.csv").read_text("utf-8-sig").startswith("Ligne,Colonne,Genre,Message\n3,E-Mail,erreur,")
