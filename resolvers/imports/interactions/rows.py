"""Parses a row of the file into a row of the staging table."""

from functools import partial

from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.sql.folding import comparable_email, fold
from resolvers.errors import Translated
from resolvers.french_grammar import number
from resolvers.imports.interactions.activities import Activities
from resolvers.imports.interactions.columns import CAPTIONS, is_of_nav
from resolvers.imports.interactions.durations import duration, seconds
from resolvers.imports.interactions.staging import COMMENTS, NAMES
from resolvers.imports.own_files import exact_parsers
from resolvers.imports.reading import ImportFile
from resolvers.imports.report import ImportReport
from resolvers.imports.rows import RowReader, Values
from resolvers.imports.values.cells import (
    CellParser,
    InvalidCell,
    cell_parser,
    code,
    cost,
    line,
    max_lengths,
    yes_or_no,
)
from resolvers.imports.values.dates_and_times import Moment
from resolvers.imports.values.enum_words import CORRESPONDENCE, EVALUATION, FLOW, INITIATOR
from resolvers.imports.values.formats import Formats, time_of_day
from resolvers.work import Work

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
OTHER_TEXTS = (*NAMES, "title", "activity_type", "direction", "status", "outcome")
FLAGS = ("campaign_target", "campaign_response", "attempt_failed", "canceled", "postponed")
MAX_LENGTHS = max_lengths(PostponedInteraction) | max_lengths(InteractionLogEntry)
MAX_LENGTHS_OF_ACTIVITIES = {
    name: length for name, length in MAX_LENGTHS.items() if name not in ("description", "subject")
}
BLANK: Values = dict.fromkeys(CAPTIONS) | dict.fromkeys(FLAGS, False)
HIGHEST_NO = 2_000_000_000
"""The highest number that may be imported; later interactions get higher ones."""


class InteractionRows:
    """Parses rows one by one and reports errors."""

    def __init__(self, work: Work, file: ImportFile, report: ImportReport, formats: Formats) -> None:
        parsers = _parsers(formats)
        if file.is_own:
            parsers = exact_parsers(parsers, *CODES, *TEXTS)
        lengths = MAX_LENGTHS if is_of_nav(file.recognized) else MAX_LENGTHS_OF_ACTIVITIES
        parse = cell_parser(parsers, lengths)
        self._reader = RowReader(file, report, lambda field, cell: parse(field.rpartition(".")[2], cell))
        self._activities = None if file.is_own else Activities(file.recognized, self._reader, work.user.id, work.today)

    def parse(self, row_no: int, cells: list[str]) -> Values:
        """The row of the staging table. Blank cells and missing columns are false for flags, else null."""
        given = self._reader.read(row_no, cells)
        self._set_moment(row_no, given)
        if self._activities is not None:
            self._activities.adapt(row_no, given)
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
            "search_contact_company": fold(str(given.get("contact_company_name", "")))[:200] or None,
        }
        return BLANK | given | contact | {"row_no": row_no}

    def notes(self) -> list[Translated]:
        """Notes about the rows that were parsed."""
        return [] if self._activities is None else self._activities.unused_words()

    def _set_moment(self, row_no: int, given: Values) -> None:
        """Split the date and its time. A blank day such as 0001-01-01 is an error, unless the row is postponed."""
        moment, start = given.pop("date", None), given.pop("start", None)
        if not isinstance(moment, Moment):
            return
        if isinstance(start, Moment) and start.day == moment.day and moment.time is None:
            moment = start
        elif isinstance(start, Moment) and start.day and start != moment:
            self._reader.add_note(
                row_no,
                self._reader.caption("start"),
                f"Not imported: the start {start}. The value of the column {self._reader.caption('date')} was taken.",
                f"Valeur non importée\u00a0: le début {start}. Celle de la colonne {self._reader.caption('date')} a "
                "été retenue.",
            )
        if moment.day is not None:
            given["date"] = moment.day
            if moment.time is not None:
                given.setdefault("time_of_interaction", moment.time)
        elif not given.get("postponed"):
            self._reader.add_error(
                row_no,
                self._reader.caption("date"),
                InvalidCell(
                    "This day stands for a blank date, and an interaction needs a date. Fill it in.",
                    "Ce jour représente une date vide, et une interaction a besoin d’une date. Indiquez-la.",
                ),
            )


def _parsers(formats: Formats) -> dict[str, CellParser]:
    """The parser of each field."""
    return {
        **dict.fromkeys(CODES, code),
        **dict.fromkeys(TEXTS, line),
        **dict.fromkeys(FLAGS, yes_or_no),
        **dict.fromkeys(OTHER_TEXTS, line),
        "entry_no": _entry_no,
        "comments": COMMENTS.parse,
        "comment": str,
        "date": formats.moment,
        "start": formats.moment,
        "end": formats.moment,
        "resume_on": formats.day,
        "time_of_interaction": time_of_day,
        "information_flow": FLOW,
        "initiated_by": INITIATOR,
        "correspondence_type": CORRESPONDENCE,
        "evaluation": EVALUATION,
        "cost": partial(cost, formats.amount),
        "duration": partial(duration, formats.amount),
        "seconds": partial(seconds, formats.amount),
    }


def _entry_no(cell: str) -> int:
    digits = cell.translate({ord(blank): None for blank in " \u00a0\u202f\u2009,.'"})
    if not (digits.isascii() and digits.isdigit() and 1 <= int(digits) <= HIGHEST_NO):
        raise InvalidCell(
            f"The number of an entry is a whole number from 1 to {HIGHEST_NO:,}.",
            f"Le numéro d’une écriture est un nombre entier de 1 à {number(HIGHEST_NO)}.",
        )
    return int(digits)
