"""Warnings: what to check before an interaction is logged. They do not prevent logging (K27)."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from resolvers.errors import Translated, as_given
from resolvers.interactions.references import Facts
from resolvers.work import Work


class LineWarningCode(StrEnum):
    """The warnings, in the order in which a line lists them."""

    EXCLUDED_FROM_SEGMENTS = "EXCLUDED_FROM_SEGMENTS"
    FUTURE_DATE = "FUTURE_DATE"
    SAME_EMAIL = "SAME_EMAIL"
    NO_EMAIL = "NO_EMAIL"


SENTENCES = {
    LineWarningCode.EXCLUDED_FROM_SEGMENTS: Translated(
        "Contact {no} is excluded from segments.", "Le contact {no} est exclu des segments."
    ),
    LineWarningCode.FUTURE_DATE: Translated(
        "The date {date} is after today.", "La date {date} est postérieure à aujourd’hui."
    ),
    LineWarningCode.SAME_EMAIL: Translated(
        "The e-mail address of contact {no} is already on line {first_line_no}.",
        "L’adresse courriel du contact {no} figure déjà à la ligne {first_line_no}.",
    ),
    LineWarningCode.NO_EMAIL: Translated(
        "Contact {no} has no e-mail address.", "Le contact {no} n’a pas d’adresse courriel."
    ),
}


@dataclass(frozen=True)
class LineWarning:
    """A warning about one line or draft: `no` is the contact, `date` the day of the interaction."""

    code: LineWarningCode
    no: str | None
    date: dt.date | None = None
    first_line_no: int | None = None

    def message(self, language: str) -> str:
        """The sentence in `FR` or, for anything else, `EN`."""
        words = SENTENCES[self.code]
        sentence = words.french if language == "FR" else words.english
        return sentence.format(no=as_given(self.no), date=self.date, first_line_no=self.first_line_no)


def of_draft(work: Work, date: dt.date | None, facts: Facts) -> list[LineWarning]:
    """The warnings of an interaction that is not stored yet; without a contact there are none.

    The default date does not count as a future date, although just before midnight it is the next day (K15).
    """
    if not facts.contact_there:
        return []
    holds = {
        LineWarningCode.EXCLUDED_FROM_SEGMENTS: facts.contact_excluded,
        LineWarningCode.FUTURE_DATE: date is not None and date > work.next_minute.date(),
        LineWarningCode.NO_EMAIL: not facts.contact_has_email,
    }
    return [LineWarning(code, facts.contact_no, date) for code in holds if holds[code]]
