"""Check constraints that several tables share."""

from sqlalchemy import CheckConstraint

from persistence.columns import EnumCheck
from persistence.enums import CorrespondenceType, Evaluation, InformationFlow, InitiatedBy


def interaction_checks() -> tuple[CheckConstraint, ...]:
    """The constraints of a table with the values of an interaction: log entries, postponed interactions, lines."""
    return (
        EnumCheck("information_flow", InformationFlow),
        EnumCheck("initiated_by", InitiatedBy),
        EnumCheck("correspondence_type", CorrespondenceType),
        EnumCheck("evaluation", Evaluation),
        CheckConstraint("cost >= 0", name="cost"),
        CheckConstraint("duration BETWEEN 0 AND 525600", name="duration"),
    )


def default_value_checks() -> tuple[CheckConstraint, ...]:
    """The constraints of a table with default values of interactions: templates and segments."""
    return (
        EnumCheck("information_flow", InformationFlow),
        EnumCheck("initiated_by", InitiatedBy),
        EnumCheck("correspondence_type_default", CorrespondenceType),
        CheckConstraint("unit_cost >= 0", name="unit_cost"),
        CheckConstraint("unit_duration BETWEEN 0 AND 525600", name="unit_duration"),
    )
