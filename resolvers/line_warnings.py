"""Warnings about an interaction before it is logged. They do not prevent logging (K27)."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from resolvers.errors import Translated, as_given
from resolvers.interactions.named_records import NamedRecords
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
    """A warning about one line or draft. `no` is the contact, `date` the day of the interaction, `first_line_no` the
    line with the same e-mail address.
    """

    code: LineWarningCode
    no: str | None
    date: dt.date | None = None
    first_line_no: int | None = None

    def message(self, language: str) -> str:
        """The sentence in `FR` or, for anything else, `EN`."""
        sentences = SENTENCES[self.code]
        sentence = sentences.french if language == "FR" else sentences.english
        return sentence.format(no=as_given(self.no), date=self.date, first_line_no=self.first_line_no)


def warnings_of_draft(work: Work, date: dt.date | None, records: NamedRecords) -> list[LineWarning]:
    """The warnings about a draft. A draft without a contact has none.

    The default date is no future date, although in the last minute before midnight it is the next day (K15).
    """
    if not records.contact.exists:
        return []
    applies = {
        LineWarningCode.EXCLUDED_FROM_SEGMENTS: records.contact_excluded,
        LineWarningCode.FUTURE_DATE: date is not None and date > work.next_minute.date(),
        LineWarningCode.NO_EMAIL: not records.contact_has_email,
    }
    return [LineWarning(code, records.contact.key, date) for code in applies if applies[code]]
