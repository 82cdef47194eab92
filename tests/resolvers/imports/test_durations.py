"""Durations with units, as other programs write them."""

from decimal import Decimal
from pathlib import Path

import pytest

from resolvers.imports.interactions.durations import duration, seconds
from resolvers.imports.values.cells import InvalidCell
from resolvers.work import Work
from tests.import_files import write_file
from tests.resolvers.imports.importing_interactions import imported
from tests.resolvers.imports.reports import said
from tests.resolvers.imports.test_exported_activities import insert_company, interactions


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("15", 15),
        ("0:30:00", 30),
        ("1 hour", 60),
        ("15 minutes", 15),
        ("1.5 hours", 90),
        ("1,5 heure", 90),
        ("2 h 5 min.", 125),
        ("1h30", 90),
        ("1 hour, 30 minutes", 90),
        ("1 heure et 30 minutes", 90),
        ("1 day", 1_440),
        ("120 s", 2),
    ],
)
def test_durations_may_have_units(cell: str, minutes: int) -> None:
    assert duration(Decimal, cell) == minutes
    assert cell == "15" or seconds(Decimal, cell) == minutes * 60


@pytest.mark.parametrize("cell", ["1 min 30", "30 pages", "1 hour late", "hour"])
def test_other_texts_are_no_durations(cell: str) -> None:
    def amount(text: str) -> Decimal:
        raise InvalidCell(text, text)

    with pytest.raises(InvalidCell, match="Write it in minutes"):
        duration(amount, cell)


def test_an_end_that_differs_from_the_duration_is_named(work: Work, tmp_path: Path) -> None:
    insert_company(work)
    report = imported(
        work,
        write_file(
            tmp_path,
            "Subject,Start,End,Contact,Duration\n"
            "Fair,2025-03-15 10:00,2025-03-15 11:00,Noé Factice,1 hour\n"
            "Talk,2025-03-16 10:00,2025-03-18 11:00,Noé Factice,30 minutes\n",
        ),
    )

    assert [row["duration"] for row in interactions(work)] == [60, 30]
    assert said(report)["row_notes"] == [
        (3, "End", "Not imported: the end on 2025-03-18 11:00:00. The duration of the row was taken.")
    ]
