"""Parses a row of the file into a row of the staging table."""

from functools import partial

from persistence.folding import comparable_email, fold
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from resolvers.french_grammar import number
from resolvers.imports.cells import (
    CellParser,
    InvalidCell,
    cell_parser,
    code,
    cost,
    line,
    max_lengths,
    minutes,
    yes_or_no,
)
from resolvers.imports.enum_words import CORRESPONDENCE, EVALUATION, FLOW, INITIATOR
from resolvers.imports.formats import Formats, time_of_day
from resolvers.imports.interactions.columns import CAPTIONS
from resolvers.imports.interactions.staging import COMMENTS
from resolvers.imports.own_files import exact_parsers
from resolvers.imports.reading import ImportFile
from resolvers.imports.report import ImportReport
from resolvers.imports.rows import RowReader, Values

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
TEXTS = ("description", "subject", "contact_via", "reason", "user_id")
FLAGS = ("campaign_target", "campaign_response", "attempt_failed", "canceled", "postponed")
MAX_LENGTHS = max_lengths(PostponedInteraction) | max_lengths(InteractionLogEntry)
HIGHEST_NO = 2_000_000_000
"""The highest number that may be imported; later interactions get higher ones."""


class InteractionRows:
    """Parses rows one by one and reports errors."""

    def __init__(self, file: ImportFile, report: ImportReport, formats: Formats) -> None:
        parsers = _parsers(formats)
        if file.is_own:
            parsers = exact_parsers(parsers, *CODES, *TEXTS)
        self._reader = RowReader(file, report, cell_parser(parsers, MAX_LENGTHS))

    def parse(self, row_no: int, cells: list[str]) -> Values:
        """The row of the staging table. Blank cells and missing columns are false for flags, else null."""
        given = self._reader.read(row_no, cells)
        if "date" not in given and not given.get("postponed") and not self._reader.has_text(cells, "date"):
            self._reader.add_error(
                row_no,
                self._reader.caption("date"),
                InvalidCell(
                    "An interaction needs a date. Fill it in.", "Une interaction a besoin d’une date. Indiquez-la."
                ),
            )
        self._reader.fill_invalid(given, "description", cells)
        if given.get("postponed") and given.get("canceled"):
            self._reader.add_error(
                row_no,
                self._reader.caption("canceled"),
                InvalidCell(
                    "A postponed interaction was never logged, so it cannot be canceled. Empty one of the two cells.",
                    "Une interaction reportée n’a jamais été journalisée et ne peut donc pas être annulée. "
                    "Videz l’une des deux cellules.",
                ),
            )
        contact = {
            "search_contact_name": fold(str(given.get("contact_name", "")))[:200] or None,
            "search_contact_email": (comparable_email(str(given.get("contact_email", ""))) or "")[:160] or None,
        }
        return dict.fromkeys(CAPTIONS) | dict.fromkeys(FLAGS, False) | given | contact | {"row_no": row_no}


def _parsers(formats: Formats) -> dict[str, CellParser]:
    """The parser of each field."""
    return {
        **dict.fromkeys(CODES, code),
        **dict.fromkeys(TEXTS, line),
        **dict.fromkeys(FLAGS, yes_or_no),
        "entry_no": _entry_no,
        "contact_name": line,
        "contact_email": line,
        "comments": COMMENTS.parse,
        "date": formats.day,
        "resume_on": formats.day,
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
        raise InvalidCell(
            f"The number of an entry is a whole number from 1 to {HIGHEST_NO:,}.",
            f"Le numéro d’une écriture est un nombre entier de 1 à {number(HIGHEST_NO)}.",
        )
    return int(digits)
