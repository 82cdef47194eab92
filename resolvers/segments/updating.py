"""Updating the header of a segment, and the lines that follow it (R-SEG, R-HDR, R-HTMP, K11)."""

from dataclasses import dataclass

from resolvers.errors import Refusal, refuse_any
from resolvers.segments import references
from resolvers.segments.creating import set_values, template_values
from resolvers.segments.fields import SegmentFields, normalized_segment
from resolvers.segments.lines import propagating
from resolvers.segments.locking import lock_segment, rolled_back_if
from resolvers.work import Work


@dataclass(frozen=True)
class SegmentUpdated:
    """How many lines changed with the segment. `lines_kept` counts lines that did not take the whole change, because
    they have another template or customized fields.
    """

    segment_id: int
    lines_changed: int
    lines_kept: int


def update(
    work: Work,
    no: str,
    fields: SegmentFields,
    *,
    update_lines: bool = True,
    dry_run: bool = False,
    expected_version: int | None = None,
) -> SegmentUpdated:
    """Change the given fields of the segment and, unless `update_lines` is false, of the lines that follow it (R-HDR,
    K11).

    A new template is set on every line; customized fields stay. Any other field is set on the lines with the segment's
    template, also where it was customized.
    """
    with rolled_back_if(work, dry_run):
        segment = lock_segment(work, no, "no", expected_version=expected_version)
        assert segment.id is not None
        refusals: list[Refusal] = []
        values = normalized_segment(fields, refusals, "segment", before=segment)
        different = {name: value for name, value in values.items() if value != getattr(segment, name)}
        refusals += references.check(work, [(("segment",), different)])
        refuse_any(refusals)
        if "campaign_no" in values and values["campaign_no"] is None:  # which also clears both flags (R-SEG-4)
            values = {"campaign_target": False, "campaign_response": False, **values}
        old_subject = segment.subject_default
        new_template = "template_code" in different
        if new_template:
            set_values(segment, template_values(work, values["template_code"]))
        set_values(segment, values)
        work.session.flush()
        if not update_lines:
            propagation = propagating.header_only(work, segment)
        elif new_template:
            propagation = propagating.new_template(work, segment, values)
        else:
            propagation = propagating.same_template(work, segment, values, old_subject)
        return SegmentUpdated(segment.id, propagation.changed, propagation.kept)
