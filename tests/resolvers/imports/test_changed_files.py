"""Files that change while they are imported, that can be read only once, and a disk that is full."""

import os
from pathlib import Path

import pytest
from sqlmodel import select

from persistence.contacts import Contact
from resolvers.errors import Refused
from resolvers.imports import contacts
from resolvers.imports.rejects import Outputs
from resolvers.work import Work
from tests.import_files import write_file

TEXT = "No.,Name,E-Mail\nC1,Fine,\nC2,Wrong,bad\n"


@pytest.mark.parametrize("change", ["add", "replace", "delete"])
def test_a_file_that_changes_while_it_is_read_is_refused(work: Work, tmp_path: Path, change: str) -> None:
    path, before = write_file(tmp_path, TEXT), len(work.session.exec(select(Contact)).all())

    def progress(phase: str, done: int, total: int) -> None:
        if phase == "writing contacts":
            return
        if change == "add":
            path.write_bytes(path.read_bytes() + b"C3,Late,\r\n")
        elif change == "replace":
            other = tmp_path / "other.csv"
            other.write_bytes(path.read_bytes())
            other.replace(path)
        else:
            path.unlink(missing_ok=True)

    with pytest.raises(Refused, match="was changed while it was read"), work.session.begin_nested():
        contacts.run(work, path, progress=progress, outputs=Outputs(tmp_path / "rejects.csv"))
    assert len(work.session.exec(select(Contact)).all()) == before


def test_a_pipe_is_refused(work: Work, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")

    with pytest.raises(Refused, match="Save the data to a file first"):
        contacts.run(work, tmp_path / "pipe.csv")


def test_nothing_is_imported_if_the_rejected_rows_cannot_be_written(work: Work, tmp_path: Path) -> None:
    before = len(work.session.exec(select(Contact)).all())

    with pytest.raises(Refused, match="No space left on device"), work.session.begin_nested():
        contacts.run(work, write_file(tmp_path, TEXT), outputs=Outputs(Path("/dev/full")))
    assert len(work.session.exec(select(Contact)).all()) == before
