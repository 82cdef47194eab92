"""What clients give for a segment or a line, as it is kept, and what speaks against it.

A field that is absent is left alone. Null clears it: amounts become 0, flags false; a date cannot be cleared.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypedDict

from persistence.columns import Table
from persistence.segments import Segment, SegmentLine
from resolvers.amounts import check_cost, check_duration
from resolvers.errors import Refusal, UserErrorCode
from resolvers.master_data import text
from resolvers.work import key, unfit_texts


class SegmentFields(TypedDict, total=False):
    description: str | None
    campaign_no: str | None
    salesperson_code: str | None
    date: dt.date | None
    template_code: str | None
    unit_cost: Decimal | None
    unit_duration: int | None
    information_flow: str | None
    initiated_by: str | None
    campaign_target: bool | None
    campaign_response: bool | None
    correspondence_type_default: str | None
    ignore_contact_correspondence_type: bool | None
    language_code_default: str | None
    subject_default: str | None


class LineFields(TypedDict, total=False):
    contact_no: str | None
    template_code: str | None
    salesperson_code: str | None
    campaign_no: str | None
    description: str | None
    subject: str | None
    date: dt.date | None
    time_of_interaction: dt.time | None
    cost: Decimal | None
    duration: int | None
    information_flow: str | None
    initiated_by: str | None
    correspondence_type: str | None
    language_code: str | None
    evaluation: str | None
    attempt_failed: bool | None
    campaign_target: bool | None
    campaign_response: bool | None


REFERENCES = ("contact_no", "template_code", "salesperson_code", "campaign_no")
KEYS = (*REFERENCES, "language_code", "language_code_default")
TEXTS = ("description", "subject", "subject_default")
COSTS = ("cost", "unit_cost")
DURATIONS = ("duration", "unit_duration")
FLAGS = ("attempt_failed", "campaign_target", "campaign_response", "ignore_contact_correspondence_type")


class SegmentDateRequired(Refusal):
    """K24."""

    code = UserErrorCode.DATE_REQUIRED
    english = "A segment and its lines always have a date. Give one, or leave the field out."
    french = "Un segment et ses lignes ont toujours une date. Donnez-en une, ou omettez le champ."


def kept_segment(
    fields: SegmentFields, refusals: list[Refusal], *field: str, before: Segment | None = None
) -> dict[str, Any]:
    """The given fields of a segment as its columns; adds what speaks against those that `before` has not."""
    return _kept(Segment, fields, refusals, field, before)


def kept_line(fields: LineFields, refusals: list[Refusal], *field: str, before: Any = None) -> dict[str, Any]:
    """The given fields of a line as its columns; adds what speaks against those that `before` has not."""
    return _kept(SegmentLine, fields, refusals, field, before)


def _kept(
    model: type[Table], fields: Mapping[str, Any], refusals: list[Refusal], field: tuple[str, ...], before: Any
) -> dict[str, Any]:
    values = {name: _normalized(name, value) for name, value in fields.items()}
    for name in COSTS:
        refusals += check_cost(values.get(name), *field, name)
    for name in DURATIONS:
        refusals += check_duration(values.get(name), *field, name)
    if "date" in values and values["date"] is None:
        refusals.append(SegmentDateRequired(*field, "date"))
    refusals += unfit_texts(
        model, {name: value for name, value in values.items() if name not in REFERENCES}, *field, before=before
    )
    return values


def _normalized(name: str, value: Any) -> Any:
    if name in KEYS:
        return key(value)
    if name in TEXTS:
        return text(value)
    if name in COSTS:
        return value or Decimal(0)
    if name in DURATIONS:
        return value or 0
    return bool(value) if name in FLAGS else value
