"""Updating single lines of a segment (R-LIN)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import TypedDict

from sqlalchemy import literal, select

from persistence.segments import Segment
from resolvers.errors import Refusal, TooMany, UserErrorCode, refuse_any
from resolvers.segments import references, steps
from resolvers.segments.fields import LineFields, normalized_line
from resolvers.segments.lines.customized_fields import bits
from resolvers.segments.lines.deriving import Columns, LineValues, new_line, with_template
from resolvers.segments.lines.inserting_lines import segment_columns
from resolvers.segments.lines.line_updates import CONTACT, LINE, write_values
from resolvers.segments.lines.own_template import OWN_TEMPLATE, LineNeedsContact, join_template
from resolvers.segments.lines.selecting_lines import SelectedLines, select_lines
from resolvers.segments.locking import lock_segment, rolled_back_if
from resolvers.segments.tables import LINES
from resolvers.selections import MAX_SHOWN, Matching
from resolvers.work import Work

MAX_CHANGES = 100

TEXTS = ("description", "subject", "language_code")


class LineSelection(TypedDict, total=False):
    """The lines with these numbers, or those that match."""

    line_nos: list[int]
    matching: Matching


class LineChange(LineSelection, total=False):
    """A change of the selected lines: first they are reset to the values of the segment if asked for, then the fields
    are `set`.
    """

    set: LineFields | None
    reset_to_segment: bool


@dataclass(frozen=True)
class LinesUpdated:
    """How many lines were selected, how many of them changed, and the first 100 numbers. A line that two changes
    select counts twice.
    """

    segment_id: int
    matched: int
    changed: int
    line_nos: list[int]


class OneLineForContact(Refusal):
    """A contact was given for none or several lines."""

    code = UserErrorCode.INVALID
    english = "A contact can be set on only one line at a time; selected lines: {count}. Select one line."
    french = (
        "Un contact ne peut être attribué qu’à une seule ligne à la fois; lignes sélectionnées\u00a0: {count}. "
        "Sélectionnez une seule ligne."
    )


class NoChanges(Refusal):
    """The list of changes is empty."""

    code = UserErrorCode.INVALID
    english = "There is no change to make. Give at least one."
    french = "Il n’y a aucune modification à faire. Donnez-en au moins une."


def update_lines(
    work: Work,
    segment_no: str,
    changes: list[LineChange],
    *,
    dry_run: bool = False,
    expected_version: int | None = None,
) -> LinesUpdated:
    """Make the changes one after the other, all or none. Fields that are set are customized from then on (K11).

    A template fills in the line (R-TMPL), except for fields that are set with it. A contact resets the line to the
    values of the segment (R-LIN-3); if it is another contact, that is recorded as steps (R-LIN-9).
    """
    with rolled_back_if(work, dry_run):
        segment = lock_segment(work, segment_no, "segment_no", expected_version=expected_version)
        refusals: list[Refusal] = []
        given = _checked_changes(work, segment, changes, refusals)
        refuse_any(refusals)
        known = segment_columns(work, segment)
        matched = changed = 0
        first_line_nos: set[int] = set()
        for index, (change, values) in enumerate(zip(changes, given, strict=True)):
            lines = select_lines(work, segment, refusals, "changes", str(index), **_selection(change))
            refusals += _check_set(lines, values, ("changes", str(index), "set"))
            if not refusals:
                matched += lines.count
                first_line_nos.update(lines.first)
                with _recorded(work, segment, lines, values):
                    changed += _change(work, segment, known, lines, values, reset=change.get("reset_to_segment", False))
        refuse_any(refusals)
        assert segment.id is not None
        return LinesUpdated(segment.id, matched, changed, sorted(first_line_nos)[:MAX_SHOWN])


def _checked_changes(
    work: Work, segment: Segment, changes: Sequence[LineChange], refusals: list[Refusal]
) -> list[LineFields]:
    """The fields that each change sets, as they are stored. Adds refusals for wrong values."""
    if not changes:
        refusals.append(NoChanges("changes"))
    if len(changes) > MAX_CHANGES:
        refusals.append(TooMany("changes", maximum=MAX_CHANGES, count=len(changes)))
        return []
    rows = []
    for index, change in enumerate(changes):
        path = ("changes", str(index), "set")
        fields: LineFields = change.get("set") or {}
        wrong: list[Refusal] = []
        values = normalized_line(fields, wrong, *path)
        if wrong:
            normalized_line(fields, refusals, *path, before=_common_texts(work, segment, change))
        rows.append((path, values))
    refusals += references.check(work, rows)
    return [values for _, values in rows]


def _common_texts(work: Work, segment: Segment, change: LineChange) -> SimpleNamespace:
    """The stored texts that all selected lines have in common, of the fields that the change sets."""
    texts = [LINE.c[name] for name in TEXTS if name in (change.get("set") or {})]
    if not texts:
        return SimpleNamespace()
    lines = select_lines(work, segment, [], **_selection(change))
    different = select(*texts).where(LINE.c.segment_id == segment.id, lines.where).distinct().limit(2)
    rows = work.session.execute(different).mappings().all()
    return SimpleNamespace(**rows[0]) if len(rows) == 1 else SimpleNamespace()


def _selection(change: LineChange) -> LineSelection:
    selection: LineSelection = {}
    if "line_nos" in change:
        selection["line_nos"] = change["line_nos"]
    if "matching" in change:
        selection["matching"] = change["matching"]
    return selection


def _check_set(lines: SelectedLines, values: LineFields, path: tuple[str, ...]) -> list[Refusal]:
    """Refusals for setting one contact on several lines, or a template on a line without a contact (R-LIN-5)."""
    refusals: list[Refusal] = []
    if "contact_no" in values and lines.count != 1:
        refusals.append(OneLineForContact(*path, "contact_no", count=lines.count))
    lacks_contact = values["contact_no"] is None if "contact_no" in values else lines.without_contact > 0
    if values.get("template_code") and lacks_contact:
        refusals.append(LineNeedsContact(*path, "template_code"))
    return refusals


@contextmanager
def _recorded(work: Work, segment: Segment, lines: SelectedLines, values: LineFields) -> Iterator[None]:
    """Records as steps that the change made inside gives a line another contact (R-LIN-9)."""
    if "contact_no" not in values:
        yield
        return
    old = work.session.scalar(select(LINE.c.contact_no).where(LINE.c.segment_id == segment.id, lines.where))
    yield
    steps.record_replaced_contact(work, segment, lines.first[0], old, values["contact_no"])


def _change(
    work: Work,
    segment: Segment,
    known: tuple[Columns, Columns],
    lines: SelectedLines,
    values: LineFields,
    *,
    reset: bool,
) -> int:
    """Set these fields on the selected lines and return how many changed. `known` are the columns of segment and
    template.
    """
    before: LineValues = dict(LINE.c)
    segment_values, contact = known[0], dict(CONTACT.c)
    given: LineValues = {name: literal(value, LINES.c[name].type) for name, value in values.items()}
    line = before | (new_line(*known, contact) if reset or "contact_no" in values else {})
    if "template_code" in values:
        line = with_template(line, segment_values, {**OWN_TEMPLATE.c, "code": given["template_code"]}, contact)
    others = {name: value for name, value in given.items() if name != "template_code"}
    if given_bits := bits(others):
        line["customized"] = line["customized"].bitwise_or(given_bits)
    line |= others
    different = {name: value for name, value in line.items() if value is not before[name]}
    if not different:
        return 0
    join = partial(join_template, given["template_code"]) if "template_code" in values else None
    return write_values(work, segment, different, lines.where, contact_no=given.get("contact_no"), join=join)
