"""Invalid files and the progress bars of imports."""

from pathlib import Path
from typing import Any

import pytest

from schema.server.cli.imports.import_outputs import OutputFile
from schema.server.cli.output import console, printable
from schema.server.cli.progress_bars import progress_bars_on
from tests.commands import assert_refused, carnet


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Its first row must have captions"),
        (b"\x00\x01\x02\x03", "is not a text file"),
        (b"PK\x03\x04zip", "is not a complete workbook"),
        (b"nothing,here\n1,2\n", "captions"),
        (b'No.,Name\n"C1,Ann\n' + b"x" * 200_000, "the quotation mark at the start of row 2, column No. is not closed"),
    ],
)
def test_a_file_that_is_not_a_list_is_reported(content: bytes, sentence: str, folder: Path, database_url: str) -> None:
    name = "[bold]odd[/] [/name].csv"
    Path(name.replace("/", "_")).write_bytes(content)

    assert_refused(
        carnet(database_url, "import", "contacts", name.replace("/", "_")), "[bold]odd[_] [_name].csv", sentence
    )


def test_markup_in_captions_and_cells_is_printed_literally(folder: Path, database_url: str) -> None:
    Path("odd.csv").write_text("No.,Name,Type,[/red],\x1b[31m\nC1,Ann,[/bold],x,y\n")

    assert_refused(carnet(database_url, "import", "contacts", "odd.csv"), "[/bold] is not one of")
    Path("odd.csv").write_text("No.,Name,[/red],\x1b[31mred\nC1,Ann,x,y\n")
    result = carnet(database_url, "import", "contacts", "odd.csv")

    assert result.exit_code == 3
    assert "Columns that were not read: [/red], �[31mred" in result.stderr


def test_signs_that_turn_the_direction_of_text_are_not_printed() -> None:
    assert printable("\u202egpj.exe\u2066 \udcff \u2028\n\u200fעברית") == "�gpj.exe� � �\n\u200fעברית"


def test_imports_at_the_same_time_do_not_share_an_unfinished_file(folder: Path, capsys: Any) -> None:
    first, second = (OutputFile(Path("rejects.csv"), overwrite=False) for _ in range(2))
    for number, file in enumerate((first, second)):
        file.prepare()
        file.unfinished.write_text(str(number))

    assert (first.keep().read_text(), second.keep().read_text()) == ("0", "1")
    assert f"{second.unfinished}" in "".join(capsys.readouterr().err.split())


def test_an_unfinished_file_of_a_killed_import_is_named_by_the_next_one(folder: Path, database_url: str) -> None:
    Path("list.csv").write_text("Name,E-Mail\nAnn,bad\nBob,bob@x.example\n")
    left = OutputFile(Path("rejects.csv"), overwrite=False)
    left.unfinished.write_text("its rejected rows")
    other = OutputFile(Path("rejects.csv.csv"), overwrite=False)
    other.unfinished.write_text("of another file")

    result = carnet(database_url, "import", "contacts", "list.csv", "--skip-errors", "rejects.csv")

    printed = "".join(result.stderr.split())
    assert (result.exit_code, f"{left.unfinished}istheunfinishedfileofanimport" in printed) == (4, True)
    assert f"{other.unfinished}" not in printed
    assert left.unfinished.read_text() == "its rejected rows"


def test_rejected_rows_are_not_written_to_a_link_to_the_imported_file(folder: Path, database_url: str) -> None:
    Path("list.csv").write_text("Name,E-Mail\nAnn,bad\n")
    Path("link.csv").symlink_to("list.csv")
    Path("other").mkdir()

    for rejects in ("link.csv", "other/../list.csv"):
        result = carnet(database_url, "import", "contacts", "list.csv", "--skip-errors", rejects, "--overwrite")
        assert result.exit_code == 2, rejects
    assert Path("list.csv").read_text() == "Name,E-Mail\nAnn,bad\n"


def test_progress_bars_end_at_100_percent_even_if_totals_were_estimated_or_unknown(capsys: Any) -> None:
    for done, total in ((3, 10), (0, 0), (7, 7), (0, 5)):
        with progress_bars_on(console) as report:
            report("rows read", done, total)
            report("LOGGING", done, total)
        bar = capsys.readouterr().err
        assert bar.count("100%") == 2, bar


def test_the_progress_bar_of_a_failed_operation_does_not_reach_100_percent(capsys: Any) -> None:
    def fail() -> None:
        with progress_bars_on(console) as report:
            report("rows read", 3, 10)
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        fail()
    assert "30%" in capsys.readouterr().err


def test_an_unknown_encoding_is_a_usage_error(folder: Path, database_url: str) -> None:
    Path("list.csv").write_text("Name\nAnn\n")
    for kind in ("salespeople", "campaigns", "contacts", "interactions", "templates"):
        result = carnet(database_url, "import", kind, "list.csv", "--encoding", "klingon")

        assert result.exit_code == 2
        assert "There is no encoding klingon" in result.stderr


def test_the_encoding_of_a_file_is_printed(folder: Path, database_url: str) -> None:
    Path("list.csv").write_bytes("Name\rété\r".encode("mac_roman"))

    assert "Read as Mac Roman." in carnet(database_url, "import", "contacts", "list.csv").stderr
    result = carnet(database_url, "import", "contacts", "list.csv", "--encoding", "utf-8")
    assert_refused(result, "list.csv is not in UTF-8: row 2, column Name")
