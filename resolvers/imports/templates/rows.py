"""From a row of the file to a row of the staging table."""

from collections.abc import Callable
from functools import partial
from typing import Any

from persistence.templates import InteractionTemplate
from resolvers.imports.cells import Unfit, code, cost, minutes, reading, widths, words, yes_or_no
from resolvers.imports.enum_words import CORRESPONDENCE, FLOW, INITIATOR
from resolvers.imports.formats import Formats
from resolvers.imports.reading import CsvFile
from resolvers.imports.report import ImportReport
from resolvers.imports.rows import RowReader
from resolvers.imports.templates.columns import CAPTIONS

WIDTHS = widths(InteractionTemplate)
MARKS = ("ignore_contact_correspondence_type", "campaign_target", "campaign_response", "blocked")


class Rows:
    """Reads rows one by one and reports what does not fit."""

    def __init__(self, file: CsvFile, report: ImportReport, formats: Formats) -> None:
        self._reader = RowReader(file, report, reading(_readers(formats), WIDTHS))

    def staged(self, row_no: int, cells: list[str]) -> dict[str, Any]:
        """The values of a row; null where the cell is blank or the column is not there."""
        given = self._reader.read(row_no, cells)
        if not self._reader.has(cells, "code"):
            self._reader.wrong(
                row_no,
                self._reader.caption("code"),
                Unfit("A template needs a code. Fill it in.", "Un modèle a besoin d’un code. Indiquez-le."),
            )
        self._reader.stand_in(given, "description", cells)
        return dict.fromkeys(CAPTIONS) | given | {"row_no": row_no, "known": False, "new_group": False}


def _readers(formats: Formats) -> dict[str, Callable[[str], Any]]:
    """How the cells of each field are read."""
    return {
        **dict.fromkeys(("code", "group_code", "campaign_no", "language_code_default"), code),
        **dict.fromkeys(MARKS, yes_or_no),
        "description": words,
        "information_flow": FLOW,
        "initiated_by": INITIATOR,
        "correspondence_type_default": CORRESPONDENCE,
        "unit_cost": partial(cost, formats.amount),
        "unit_duration": partial(minutes, formats.amount),
    }
