"""The closed vocabularies of the domain (A.1). Blank is null: there is no NONE (K1)."""

from enum import StrEnum


class ContactType(StrEnum):
    COMPANY = "COMPANY"
    PERSON = "PERSON"


class CorrespondenceType(StrEnum):
    HARD_COPY = "HARD_COPY"
    EMAIL = "EMAIL"
    FAX = "FAX"


class InformationFlow(StrEnum):
    OUTBOUND = "OUTBOUND"
    INBOUND = "INBOUND"


class InitiatedBy(StrEnum):
    US = "US"
    THEM = "THEM"


class Evaluation(StrEnum):
    VERY_POSITIVE = "VERY_POSITIVE"
    POSITIVE = "POSITIVE"
    NEUTRAL = "NEUTRAL"
    NEGATIVE = "NEGATIVE"
    VERY_NEGATIVE = "VERY_NEGATIVE"


class SegmentStepAction(StrEnum):
    ADD = "ADD"
    KEEP_MATCHING = "KEEP_MATCHING"
    REMOVE_MATCHING = "REMOVE_MATCHING"


class ChangeAction(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    ANONYMIZED = "ANONYMIZED"


class ChangedType(StrEnum):
    """The types of objects in the change feed."""

    INTERACTION_LOG_ENTRY = "INTERACTION_LOG_ENTRY"
    POSTPONED_INTERACTION = "POSTPONED_INTERACTION"
    CONTACT = "CONTACT"
    SEGMENT = "SEGMENT"
    SEGMENT_LINE = "SEGMENT_LINE"
    LOGGED_SEGMENT = "LOGGED_SEGMENT"
    CAMPAIGN = "CAMPAIGN"
    CAMPAIGN_ENTRY = "CAMPAIGN_ENTRY"
    SALESPERSON = "SALESPERSON"
    INTERACTION_TEMPLATE = "INTERACTION_TEMPLATE"
    INTERACTION_GROUP = "INTERACTION_GROUP"
    NUMBER_SERIES = "NUMBER_SERIES"
    MARKETING_SETUP = "MARKETING_SETUP"


class ChangeKind(StrEnum):
    """What happened to the objects of a change in the change feed."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"


class ImportKind(StrEnum):
    SALESPEOPLE = "SALESPEOPLE"
    CAMPAIGNS = "CAMPAIGNS"
    CONTACTS = "CONTACTS"
    TEMPLATES = "TEMPLATES"
    INTERACTIONS = "INTERACTIONS"


class Role(StrEnum):
    READER = "READER"
    SALESPERSON = "SALESPERSON"
    MARKETER = "MARKETER"
    ADMIN = "ADMIN"


class WebhookDisabledReason(StrEnum):
    """Why a webhook is switched off."""

    USER = "USER"
    GONE = "GONE"
    FAILING = "FAILING"
    CHANGES_EXPIRED = "CHANGES_EXPIRED"
    SECRET_UNREADABLE = "SECRET_UNREADABLE"


class DeliveryStatus(StrEnum):
    """Whether the receiver of a webhook has accepted a change."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"


class DeliveryError(StrEnum):
    """Why an attempt to send a change to a webhook failed."""

    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    NAME_UNKNOWN = "NAME_UNKNOWN"
    UNREACHABLE = "UNREACHABLE"
    TLS = "TLS"
    TIMEOUT = "TIMEOUT"
    NO_ANSWER = "NO_ANSWER"
    STATUS = "STATUS"
