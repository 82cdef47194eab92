"""The segment's header: creating one, and changes of it that reach its lines (R-SEG, R-HDR, R-HTMP under K11)."""

from dataclasses import dataclass
from typing import Any

from persistence.segments import Segment
from persistence.templates import InteractionTemplate
from resolvers import number_series
from resolvers.errors import Refusal, refuse_any
from resolvers.segments import reaching, references
from resolvers.segments.contacts import add_numbers, checked_numbers
from resolvers.segments.fields import SegmentFields, kept_segment
from resolvers.segments.opening import claim, undone
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
"""What a segment takes from its template, under the same names (R-HTMP-2)."""


@dataclass(frozen=True)
class SegmentCreated:
    segment_id: int


@dataclass(frozen=True)
class SegmentUpdated:
    """`lines_kept` did not take the change, or not whole: another template, or fields of their own."""

    segment_id: int
    lines_changed: int
    lines_kept: int


def create(
    work: Work, fields: SegmentFields, *, no: str | None = None, contact_nos: list[str] | None = None
) -> SegmentCreated:
    """A new segment of today for the user's own salesperson, unless the fields say otherwise (R-SEG-1, K16).

    The template fills what is not given (R-HTMP-2). Contacts are added in the order given; as whenever contacts are
    added, who wants to be left out of segments is (R-ADD-5). A number of one's own needs a series that allows it
    (R-NUM-2).
    """
    refusals: list[Refusal] = [] if no is None else number_series.check_manual_no(work, "segment_nos", no)
    values = kept_segment(fields, refusals, "segment")
    refusals += references.check(work, [(("segment",), values)])
    numbers = checked_numbers(work, contact_nos or [], refusals, "contact_nos")
    refuse_any(refusals)
    if "salesperson_code" not in values:
        values["salesperson_code"] = references.usable_salesperson(work)
    segment = Segment(id=None, no="", date=work.today)
    assign(segment, of_template(work, values.get("template_code")) | values)
    segment.no = (
        number_series.next_no(work, "segment_nos") if no is None else number_series.manual_no(work, "segment_nos", no)
    )
    work.session.add(segment)
    work.session.flush()
    assert segment.id is not None
    if numbers:
        add_numbers(work, segment, numbers, "contact_nos")
    return SegmentCreated(segment.id)


def update(
    work: Work,
    no: str,
    fields: SegmentFields,
    *,
    update_lines: bool = True,
    dry_run: bool = False,
    expected_version: int | None = None,
) -> SegmentUpdated:
    """Change the header and, unless told not to, the lines that follow it (R-HDR, K11).

    A new template goes to every line; what was given to a line stays. Any other field goes to the lines with the
    segment's template and replaces what was given to them.
    """
    with undone(work, dry_run):
        segment = claim(work, no, "no", expected_version=expected_version)
        assert segment.id is not None
        refusals: list[Refusal] = []
        values = kept_segment(fields, refusals, "segment", before=segment)
        different = {name: value for name, value in values.items() if value != getattr(segment, name)}
        refusals += references.check(work, [(("segment",), different)])
        refuse_any(refusals)
        if "campaign_no" in values and values["campaign_no"] is None:  # R-SEG-4
            values = {"campaign_target": False, "campaign_response": False} | values
        old_subject = segment.subject_default
        new_template = "template_code" in different
        if new_template:
            assign(segment, of_template(work, values["template_code"]))
        assign(segment, values)
        work.session.flush()
        if not update_lines:
            reached = reaching.untouched(work, segment)
        elif new_template:
            reached = reaching.new_template(work, segment, values)
        else:
            reached = reaching.same_template(work, segment, values, old_subject)
        return SegmentUpdated(segment.id, reached.changed, reached.kept)


def of_template(work: Work, code: str | None) -> dict[str, Any]:
    """What the segment takes from a template; blank without one. A campaign stays if the template has none
    (R-HTMP-1, 2).
    """
    template = (code and work.find(InteractionTemplate, code=code)) or InteractionTemplate(
        id=None, code="", description=""
    )
    values = {name: getattr(template, name) for name in FROM_TEMPLATE} | {"subject_default": None}
    return values | ({"campaign_no": template.campaign_no} if template.campaign_no else {})


def assign(segment: Segment, values: dict[str, Any]) -> None:
    """Give the header these values."""
    for name, value in values.items():
        setattr(segment, name, value)
