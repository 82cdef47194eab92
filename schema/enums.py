"""The closed vocabularies as clients see them. Blank is null (K1); enums may grow."""

from enum import StrEnum
from typing import Any

import strawberry

from persistence import enums as words
from resolvers.date_ranges import DateUnit as DateUnitWord
from resolvers.interactions.postponed import PostponedState as PostponedStateWord
from resolvers.line_warnings import LineWarningCode as LineWarningCodeWord
from resolvers.segments.line_status import LineStatus as LineStatusWord
from resolvers.segments.plan import OnBlocked as OnBlockedWord


def _enum(cls: type[StrEnum], description: str, **values: str) -> Any:
    """The enum with a description for every value. More values may come in later versions."""
    missing = {word.name for word in cls} ^ set(values)
    assert not missing, missing
    made: Any = strawberry.enum(
        cls, name=cls.__name__.removesuffix("Word"), description=f"{description} More values may come."
    )
    for value in made.__strawberry_definition__.values:
        value.description = values[value.name]
    return made


ContactType = _enum(
    words.ContactType, "What a contact is.", COMPANY="An organisation.", PERSON="A human being, of a company or alone."
)
CorrespondenceType = _enum(
    words.CorrespondenceType,
    "By what means a contact is written to (R-CORR).",
    HARD_COPY="On paper.",
    EMAIL="By e-mail.",
    FAX="By fax; kept for history, never delivered.",
)
InformationFlow = _enum(
    words.InformationFlow,
    "Which way the information went.",
    OUTBOUND="From us to the contact.",
    INBOUND="From the contact to us.",
)
InitiatedBy = _enum(words.InitiatedBy, "Who began.", US="We did.", THEM="The contact did.")
Evaluation = _enum(
    words.Evaluation,
    "How the interaction went.",
    VERY_POSITIVE="Very well.",
    POSITIVE="Well.",
    NEUTRAL="Neither well nor badly.",
    NEGATIVE="Badly.",
    VERY_NEGATIVE="Very badly.",
)
SegmentStepAction = _enum(
    words.SegmentStepAction,
    "What a step does to the contacts of a segment (R-ADD, R-REF, R-RED).",
    ADD="Puts them on it.",
    KEEP_MATCHING="Takes all others off.",
    REMOVE_MATCHING="Takes them off.",
)
ChangeAction = _enum(
    words.ChangeAction,
    "What was done to a card or setting.",
    CREATED="It was created.",
    UPDATED="Some of it was changed.",
    DELETED="It was deleted.",
    ANONYMIZED="Who it was was blanked for good; the change log forgot it too.",
)
PostponedState = _enum(
    PostponedStateWord,
    "When a postponed interaction is to be resumed, by the company's today (K15).",
    OVERDUE="Its day has passed.",
    TODAY="Its day is today.",
    LATER="Its day is still to come.",
    UNDATED="It has no day.",
)
DateUnit = _enum(
    DateUnitWord,
    "A unit of the calendar.",
    DAY="A day.",
    WEEK="A week; it begins on the day that the marketing setup says.",
    MONTH="A calendar month.",
    QUARTER="A quarter of the calendar year.",
    YEAR="A calendar year.",
)


class OrderDirectionWord(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


OrderDirection = _enum(
    OrderDirectionWord, "Which way to sort. Nulls come last in both.", ASC="Smallest first.", DESC="Largest first."
)


class LanguageWord(StrEnum):
    EN = "EN"
    FR = "FR"


Language = _enum(
    LanguageWord,
    "A language of Carnet's own words; texts of the data carry language codes.",
    EN="English.",
    FR="French.",
)


LineStatus = _enum(
    LineStatusWord,
    "What logging does with a line.",
    READY="It becomes an entry of the log.",
    SKIPPED="It has no contact, or a warning listed in leaveOut.",
    BLOCKED="It cannot be logged; the reasons say why.",
)
LineWarningCode = _enum(
    LineWarningCodeWord,
    "What to check before an interaction is logged. Warnings do not prevent logging.",
    EXCLUDED_FROM_SEGMENTS="The contact is excluded from segments, possibly since after it was added.",
    FUTURE_DATE="The date is after the company's today.",
    SAME_EMAIL="A line with a lower number has the same e-mail address, ignoring case.",
    NO_EMAIL="The contact has no e-mail address.",
)
OnBlocked = _enum(
    OnBlockedWord,
    "What happens to lines of a segment that cannot be logged.",
    FAIL="Nothing is logged.",
    SKIP="The others are logged; these stay with the logged segment.",
    LEAVE_IN_SEGMENT="The others are logged; these stay unchanged in an open segment with the same number.",
)


class RemoveModeWord(StrEnum):
    KEEP_MATCHING = "KEEP_MATCHING"
    REMOVE_MATCHING = "REMOVE_MATCHING"


RemoveMode = _enum(
    RemoveModeWord,
    "Which contacts go from a segment.",
    KEEP_MATCHING="All but those that pass the filter: who passes stays (R-REF).",
    REMOVE_MATCHING="Those that pass the filter: who does not pass stays (R-RED).",
)
