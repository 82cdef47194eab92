"""Writes files to import, and collects the errors of an import."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from persistence.columns import Table
from resolvers.errors import Refused
from resolvers.imports import ImportReport
from resolvers.work import Work


def write_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a file with the line ends of Windows."""
    path = folder / "import.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def import_errors(
    run: Callable[..., Any], kept: type[Table], work: Work, path: Path, **choices: Any
) -> list[tuple[int, str | None]]:
    """The row and column of each error. The table must have as many rows as before."""
    before = len(work.session.exec(select(kept)).all())
    with pytest.raises(Refused) as caught:
        run(work, path, **choices)
    report = caught.value.detail
    assert isinstance(report, ImportReport), caught.value
    assert report.error_count == len(report.errors)
    assert all(error.message("EN") != error.message("FR") for error in report.errors)
    assert len(work.session.exec(select(kept)).all()) == before
    return [(error.row, error.column) for error in report.errors]
