"""Parses a row of the file into a row of the staging table."""

from functools import partial

from persistence.templates import InteractionGroup, InteractionTemplate
from resolvers.imports.own_files import exact_parsers
from resolvers.imports.reading import ImportFile
from resolvers.imports.report import ImportReport
from resolvers.imports.rows import RowReader, Values
from resolvers.imports.templates.columns import CAPTIONS
from resolvers.imports.templates.staging import OF_GROUP, OF_TEMPLATE
from resolvers.imports.values.cells import (
    CellParser,
    InvalidCell,
    cell_parser,
    code,
    cost,
    line,
    max_lengths,
    minutes,
    number_of_days,
    yes_or_no,
)
from resolvers.imports.values.enum_words import CORRESPONDENCE, FLOW, INITIATOR
from resolvers.imports.values.formats import Formats

MAX_LENGTHS = max_lengths(InteractionTemplate) | {"group_description": max_lengths(InteractionGroup)["description"]}
CODES = ("code", "group_code", "campaign_no", "language_code_default")
TEXTS = ("description", "group_description")
FLAGS = ("ignore_contact_correspondence_type", "campaign_target", "campaign_response", "blocked")


class TemplateRows:
    """Parses rows one by one and reports errors."""

    def __init__(self, file: ImportFile, report: ImportReport, formats: Formats) -> None:
        parsers = _parsers(formats)
        if file.is_own:
            parsers = exact_parsers(parsers, *CODES, *TEXTS)
        self._reader = RowReader(file, report, cell_parser(parsers, MAX_LENGTHS))

    def parse(self, row_no: int, cells: list[str]) -> Values:
        """The row of the staging table; null where the cell is blank or the column is missing."""
        given = self._reader.read(row_no, cells)
        if not self._reader.has_text(cells, "code"):
            self._reader.add_error(
                row_no,
                self._reader.caption("code"),
                InvalidCell("A template needs a code. Fill it in.", "Un modèle a besoin d’un code. Indiquez-le."),
            )
        self._reader.fill_invalid(given, "description", cells)
        return dict.fromkeys(CAPTIONS) | given | {"row_no": row_no, "known": False, "new_group": False}


def _parsers(formats: Formats) -> dict[str, CellParser]:
    """The parser of each field."""
    return {
        **dict.fromkeys(CODES, code),
        **dict.fromkeys(TEXTS, line),
        **dict.fromkeys(FLAGS, yes_or_no),
        "translations": OF_TEMPLATE.parse,
        "group_translations": OF_GROUP.parse,
        "information_flow": FLOW,
        "initiated_by": INITIATOR,
        "correspondence_type_default": CORRESPONDENCE,
        "unit_cost": partial(cost, formats.amount),
        "follow_up_after_days": number_of_days,
        "unit_duration": partial(minutes, formats.amount),
    }
