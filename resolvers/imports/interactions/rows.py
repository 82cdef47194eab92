"""From a row of the file to a row of the staging table."""

from collections.abc import Callable
from functools import partial
from typing import Any

from persistence.interactions import InteractionLogEntry
from resolvers.french import number
from resolvers.imports.cells import Unfit, code, cost, minutes, reading, widths, words, yes_or_no
from resolvers.imports.enum_words import CORRESPONDENCE, EVALUATION, FLOW, INITIATOR
from resolvers.imports.formats import Formats, time_of_day
from resolvers.imports.interactions.columns import CAPTIONS
from resolvers.imports.reading import CsvFile
from resolvers.imports.report import ImportReport
from resolvers.imports.rows import RowReader

CODES = (
    "contact_no",
    "company_no",
    "template_code",
    "group_code",
    "salesperson_code",
    "campaign_no",
    "language_code",
    "segment_no",
)
TEXTS = ("description", "subject", "contact_via", "user_id")
MARKS = ("campaign_target", "campaign_response", "attempt_failed", "canceled", "postponed")
WIDTHS = widths(InteractionLogEntry)
HIGHEST_NO = 2_000_000_000
"""Leaves room for the numbers to come."""


class Rows:
    """Reads rows one by one and reports what does not fit."""

    def __init__(self, file: CsvFile, report: ImportReport, formats: Formats) -> None:
        self._reader = RowReader(file, report, reading(_readers(formats), WIDTHS))

    def staged(self, row_no: int, cells: list[str]) -> dict[str, Any]:
        """The values of a row; null where the cell is blank or the column is not there, and a mark that is not set
        is false.
        """
        given = self._reader.read(row_no, cells)
        if "date" not in given and not given.get("postponed") and not self._reader.has(cells, "date"):
            self._reader.wrong(
                row_no,
                self._reader.caption("date"),
                Unfit("An interaction needs a date. Fill it in.", "Une interaction a besoin d’une date. Indiquez-la."),
            )
        self._reader.stand_in(given, "description", cells)
        if given.get("postponed") and given.get("canceled"):
            self._reader.wrong(
                row_no,
                self._reader.caption("canceled"),
                Unfit(
                    "A postponed interaction was never logged, so it cannot be canceled. Empty one of the two cells.",
                    "Une interaction reportée n’a jamais été journalisée et ne peut donc pas être annulée. "
                    "Videz l’une des deux cellules.",
                ),
            )
        return dict.fromkeys(CAPTIONS) | dict.fromkeys(MARKS, False) | given | {"row_no": row_no}


def _readers(formats: Formats) -> dict[str, Callable[[str], Any]]:
    """How the cells of each field are read."""
    return {
        **dict.fromkeys(CODES, code),
        **dict.fromkeys(TEXTS, words),
        **dict.fromkeys(MARKS, yes_or_no),
        "entry_no": _entry_no,
        "date": formats.day,
        "time_of_interaction": time_of_day,
        "information_flow": FLOW,
        "initiated_by": INITIATOR,
        "correspondence_type": CORRESPONDENCE,
        "evaluation": EVALUATION,
        "cost": partial(cost, formats.amount),
        "duration": partial(minutes, formats.amount),
    }


def _entry_no(cell: str) -> int:
    digits = cell.translate({ord(blank): None for blank in " \u00a0\u202f\u2009,.'"})
    if not (digits.isascii() and digits.isdigit() and 1 <= int(digits) <= HIGHEST_NO):
        raise Unfit(
            f"The number of an entry is a whole number from 1 to {HIGHEST_NO:,}.",
            f"Le numéro d’une écriture est un nombre entier de 1 à {number(HIGHEST_NO)}.",
        )
    return int(digits)
