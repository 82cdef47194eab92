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
