"""The enums of the API. A value that is not given is null (K1). Later versions may add values."""

from enum import StrEnum
from typing import Any

import strawberry

from persistence import enums as stored
from persistence.enums import ChangedType as ChangedTypeValues
from persistence.enums import ChangeKind as ChangeKindValues
from resolvers.contacts.duplicates import DuplicateReason as DuplicateReasonValues
from resolvers.contacts.next_contacts import NextReasonCode as NextReasonCodeValues
from resolvers.date_ranges import DateUnit as DateUnitValues
from resolvers.interactions.postponed_state import PostponedState as PostponedStateValues
from resolvers.line_warnings import LineWarningCode as LineWarningCodeValues
from resolvers.segments.logging.line_status import LineStatus as LineStatusValues
from resolvers.segments.logging.logging_plan import OnBlocked as OnBlockedValues
from schema.execution.graphql_internals import describe_enum_values


def described_enum(cls: type[StrEnum], about: str, /, **values: str) -> Any:
    """The GraphQL enum of these values, with a description for every value."""
    missing = {value.name for value in cls} ^ set(values)
    assert not missing, missing
    made: Any = strawberry.enum(
        cls, name=cls.__name__.removesuffix("Values"), description=f"{about} Later versions may add values."
    )
    describe_enum_values(made, values)
    return made


ContactType = described_enum(
    stored.ContactType,
    "Whether a contact is a company or a person.",
    COMPANY="A company or other organization.",
    PERSON="A person, with or without a company.",
)
CorrespondenceType = described_enum(
    stored.CorrespondenceType,
    "How a contact is written to.",
    HARD_COPY="On paper.",
    EMAIL="By e-mail.",
    FAX="By fax. Kept for history; nothing is delivered by fax.",
)
InformationFlow = described_enum(
    stored.InformationFlow,
    "The direction of the information in an interaction.",
    OUTBOUND="From the company to the contact.",
    INBOUND="From the contact to the company.",
)
InitiatedBy = described_enum(
    stored.InitiatedBy, "Who initiated an interaction.", US="The company that uses Carnet.", THEM="The contact."
)
ImportKind = described_enum(
    stored.ImportKind,
    "The kind of records in an imported file.",
    SALESPEOPLE="Salespeople.",
    CAMPAIGNS="Campaigns.",
    CONTACTS="Companies and people.",
    TEMPLATES="Interaction templates with their groups.",
    INTERACTIONS="Interactions, finished or postponed.",
)
Evaluation = described_enum(
    stored.Evaluation,
    "How an interaction was evaluated.",
    VERY_POSITIVE="Very positive: 2 points in an average.",
    POSITIVE="Positive: 1 point in an average.",
    NEUTRAL="Neutral: 0 points in an average.",
    NEGATIVE="Negative: -1 point in an average.",
    VERY_NEGATIVE="Very negative: -2 points in an average.",
)
SegmentStepAction = described_enum(
    stored.SegmentStepAction,
    "What a step does to the contacts of a segment.",
    ADD="Adds the selected contacts.",
    KEEP_MATCHING="Removes all contacts but the selected ones.",
    REMOVE_MATCHING="Removes the selected contacts.",
)
ChangeAction = described_enum(
    stored.ChangeAction,
    "What a change did to an object.",
    CREATED="The object was created.",
    UPDATED="Some of its fields were changed.",
    DELETED="The object was deleted.",
    ANONYMIZED="The contact's personal data was erased for good, from the change log too.",
)
DuplicateReason = described_enum(
    DuplicateReasonValues,
    "What possible duplicates have in common. SAME_EMAIL or SAME_NAME alone makes two contacts possible duplicates; "
    "the others are only given beside one of these.",
    SAME_EMAIL="The same e-mail address, which is not the one of the person's company.",
    SAME_NAME="The same name, ignoring case and accents.",
    SAME_PHONE="A telephone or mobile phone number in common.",
    SAME_COMPANY="The same company.",
)
PostponedState = described_enum(
    PostponedStateValues,
    "How the day to resume a postponed interaction compares with today in the company's time zone.",
    OVERDUE="The day has passed.",
    TODAY="The day is today.",
    LATER="The day is still to come.",
    UNDATED="No day is planned.",
)
DateUnit = described_enum(
    DateUnitValues,
    "A unit of the calendar.",
    DAY="A day.",
    WEEK="A week. It begins on the day set in the marketing setup.",
    MONTH="A calendar month.",
    QUARTER="A quarter of a calendar year.",
    YEAR="A calendar year.",
)


class OrderDirectionValues(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


OrderDirection = described_enum(
    OrderDirectionValues,
    "The direction of an order. Nulls come last in both directions.",
    ASC="Ascending: smallest, earliest or A first.",
    DESC="Descending: largest, latest or Z first.",
)


class LanguageValues(StrEnum):
    EN = "EN"
    FR = "FR"


Language = described_enum(
    LanguageValues,
    "A language of messages and titles. Translations in the company's data have language codes such as ENU or FRC.",
    EN="English.",
    FR="French.",
)


LineStatus = described_enum(
    LineStatusValues,
    "What logging a segment does with a line.",
    READY="The line becomes an interaction.",
    SKIPPED="The line is skipped: it has no contact, or a warning listed in leaveOut.",
    BLOCKED="The line cannot be logged; `reasons` says why.",
)
LineWarningCode = described_enum(
    LineWarningCodeValues,
    "What to check before an interaction is logged. Warnings do not prevent logging.",
    EXCLUDED_FROM_SEGMENTS="The contact is excluded from segments, possibly since after it was added.",
    FUTURE_DATE="The date is after today in the company's time zone.",
    SAME_EMAIL="A line with a lower number has the same e-mail address, ignoring case.",
    NO_EMAIL="The contact has no e-mail address.",
)
OnBlocked = described_enum(
    OnBlockedValues,
    "What logging does if some lines of the segment cannot be logged.",
    FAIL="Logs nothing.",
    SKIP="Logs the other lines. The blocked lines are closed with the segment.",
    LEAVE_IN_SEGMENT="Logs the other lines. The blocked lines stay unchanged on an open segment with the same number.",
)


class RemoveModeValues(StrEnum):
    KEEP_MATCHING = "KEEP_MATCHING"
    REMOVE_MATCHING = "REMOVE_MATCHING"


RemoveMode = described_enum(
    RemoveModeValues,
    "Which contacts are removed from a segment.",
    KEEP_MATCHING="Those that do not match the filter are removed.",
    REMOVE_MATCHING="Those that match the filter are removed.",
)
ChangedType = described_enum(
    ChangedTypeValues,
    "A type of objects in the change feed.",
    INTERACTION_LOG_ENTRY="Interactions of the log, with their comments.",
    POSTPONED_INTERACTION="Postponed interactions, with their comments.",
    CONTACT="Contacts: companies and people.",
    SEGMENT="Open segments. A segment that is logged counts as deleted; undoing that creates it again.",
    SEGMENT_LINE="Lines of open segments. If a segment is logged or deleted, its lines have no change of their own.",
    LOGGED_SEGMENT="Logged segments.",
    CAMPAIGN="Campaigns.",
    CAMPAIGN_ENTRY="Campaign entries.",
    SALESPERSON="Salespeople.",
    INTERACTION_TEMPLATE="Interaction templates, with their translations.",
    INTERACTION_GROUP="Interaction groups, with their translations.",
    NUMBER_SERIES="Number series, with their lines. Drawing a number changes a line.",
    MARKETING_SETUP="The marketing setup.",
)
ChangeKind = described_enum(
    ChangeKindValues,
    "What happened to an object.",
    CREATED="It was created.",
    UPDATED="A field of it changed.",
    DELETED="It was deleted.",
)
NextReasonCode = described_enum(
    NextReasonCodeValues,
    "Why a contact is due.",
    POSTPONED_DUE="An interaction with the contact was postponed to the day for which the list is read.",
    POSTPONED_OVERDUE="An interaction with the contact was postponed to an earlier day.",
    FOLLOW_UP="The template of the newest interaction has `followUpAfterDays`, and so many days have passed since.",
    SILENT="The contact's `contactEveryDays` have passed since `dateOfLastInteraction`, or since its creation if that "
    "is null.",
    RETRY="The attempt of the newest interaction failed, at least one day ago.",
)
WebhookDisabledReason = described_enum(
    stored.WebhookDisabledReason,
    "Why a webhook is switched off.",
    USER="A user switched it off.",
    GONE="The receiver answered with the status 410, Gone.",
    FAILING="A change could not be delivered for three days. It is sent again when the webhook is enabled.",
    CHANGES_EXPIRED="Changes that were not sent yet are no longer kept. Use replayWebhook before you enable it.",
    SECRET_UNREADABLE="The secret was encrypted with another CARNET_WEBHOOK_KEY. Set that one again and enable the "
    "webhook, or create a new webhook.",
)
DeliveryStatus = described_enum(
    stored.DeliveryStatus,
    "Whether the receiver of a webhook has accepted a change.",
    PENDING="Not yet. The change is sent again, for up to three days after the first attempt.",
    DELIVERED="Yes: the status of its response was 200 to 299.",
)
DeliveryError = described_enum(
    stored.DeliveryError,
    "Why an attempt to send a change to a webhook failed.",
    ADDRESS_REFUSED="The host name of the URL has no public address, and the server does not allow others.",
    NAME_UNKNOWN="The host name of the URL has no address.",
    UNREACHABLE="No connection could be made.",
    TLS="The encrypted connection could not be made, for instance because of an invalid certificate.",
    TIMEOUT="There was no complete response within 15 seconds, or no connection within 5.",
    NO_ANSWER="The connection was closed without a valid response.",
    STATUS="The status of the response was not 200 to 299. Redirects are not followed.",
)
