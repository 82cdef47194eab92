"""Files to import, and what an import says is wrong with them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from persistence.columns import Table
from resolvers.errors import Refused
from resolvers.imports import ImportReport
from resolvers.work import Work


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """A file as programs on Windows write it."""
    path = folder / "import.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def wrong(
    run: Callable[..., Any], kept: type[Table], work: Work, path: Path, **choices: Any
) -> list[tuple[int, str | None]]:
    """Row and column of everything that is wrong. Nothing may be left of the import in this table."""
    before = len(work.session.exec(select(kept)).all())
    with pytest.raises(Refused) as caught:
        run(work, path, **choices)
    report = caught.value.detail
    assert isinstance(report, ImportReport), caught.value
    assert report.error_count == len(report.errors)
    assert all(error.message("EN") != error.message("FR") for error in report.errors)
    assert len(work.session.exec(select(kept)).all()) == before
    return [(error.row, error.column) for error in report.errors]
