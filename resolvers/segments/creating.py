"""Creating segments, and the values that a segment takes from its template (R-SEG, R-HTMP)."""

from collections.abc import Mapping
from dataclasses import dataclass

from persistence.segments import Segment
from persistence.templates import InteractionTemplate
from resolvers import change_feed, number_series
from resolvers.errors import Refusal, refuse_any
from resolvers.segments import references
from resolvers.segments.adding_contacts import add_numbers, check_numbers
from resolvers.segments.fields import SegmentFields, normalized_segment
from resolvers.segments.tables import SEGMENTS
from resolvers.work import Work

FROM_TEMPLATE = (
    "group_code",
    "unit_cost",
    "unit_duration",
    "information_flow",
    "initiated_by",
    "campaign_target",
    "campaign_response",
    "correspondence_type_default",
    "ignore_contact_correspondence_type",
    "language_code_default",
)
"""The columns that a segment takes from its template, which has them under the same names (R-HTMP-2)."""


@dataclass(frozen=True)
class SegmentCreated:
    """The id of the new segment."""

    segment_id: int


def create(
    work: Work, fields: SegmentFields, *, no: str | None = None, contact_nos: list[str] | None = None
) -> SegmentCreated:
    """Create a segment. Its date is today and its salesperson the user's own, unless others are given (R-SEG-1, K16).

    The template fills in the fields that are not given (R-HTMP-2). Contacts are added in the given order; those
    excluded from segments are skipped, as always (R-ADD-5). A manual number needs a number series that allows it
    (R-NUM-2).
    """
    refusals: list[Refusal] = [] if no is None else number_series.check_manual_no(work, "segment_nos", no)
    values = normalized_segment(fields, refusals, "segment")
    refusals += references.check(work, [(("segment",), values)])
    numbers = check_numbers(work, contact_nos or [], refusals, "contact_nos")
    refuse_any(refusals)
    if "salesperson_code" not in values:
        values["salesperson_code"] = references.own_salesperson(work)
    segment = Segment(id=None, no="", date=work.today)
    set_values(segment, template_values(work, values.get("template_code")))
    set_values(segment, values)
    segment.no = (
        number_series.next_no(work, "segment_nos") if no is None else number_series.manual_no(work, "segment_nos", no)
    )
    work.session.add(segment)
    work.session.flush()
    assert segment.id is not None
    change_feed.record_one(work, change_feed.CREATED, SEGMENTS, segment.id)
    if numbers:
        add_numbers(work, segment, numbers, "contact_nos")
    return SegmentCreated(segment.id)


def template_values(work: Work, code: str | None) -> dict[str, object]:
    """The values that a segment takes from a template; blank ones without a template (R-HTMP-1, R-HTMP-2).

    The campaign is among them only if the template has one. The subject is always cleared.
    """
    template = (code and work.find(InteractionTemplate, code=code)) or InteractionTemplate(
        id=None, code="", description=""
    )
    values: dict[str, object] = {name: getattr(template, name) for name in FROM_TEMPLATE} | {"subject_default": None}
    return values | ({"campaign_no": template.campaign_no} if template.campaign_no else {})


def set_values(segment: Segment, values: Mapping[str, object]) -> None:
    """Set these columns of the segment."""
    for name, value in values.items():
        setattr(segment, name, value)
