"""Adding, changing and removing single lines (R-LIN)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, FromClause, case, delete, literal, select

from persistence.enums import SegmentStepAction
from persistence.lists import listed_rows
from persistence.segments import Segment
from persistence.templates import InteractionTemplate
from resolvers.errors import Refusal, TooMany, UserErrorCode, refuse_any
from resolvers.segments import references, steps
from resolvers.segments.deriving import Facts, Values, initial, with_template
from resolvers.segments.fields import LineFields, kept_line
from resolvers.segments.filling import facts_of, fill
from resolvers.segments.marks import MARKS, is_marked, marks
from resolvers.segments.opening import claim, undone
from resolvers.segments.rewriting import CONTACT, LINE, rewrite
from resolvers.segments.selecting_lines import Chosen, choose
from resolvers.segments.tables import LINES, table
from resolvers.selections import SHOWN, Matching
from resolvers.work import Work

MOST_LINES = 1000
MOST_CHANGES = 100

GIVEN_AS_IS = tuple(name for name in MARKS if name != "template_code")
"""What is given to a line and fills nothing else."""

TEXTS = ("description", "subject", "language_code")

OWN_TEMPLATE = table(InteractionTemplate).alias("own_template")


class LineChange(TypedDict, total=False):
    """What shall happen to the lines with these numbers, or to those that match: first the reset, then `set`."""

    line_nos: list[int]
    matching: Matching
    set: LineFields | None
    reset_to_segment: bool


@dataclass(frozen=True)
class LinesAdded:
    segment_id: int
    line_nos: list[int]


@dataclass(frozen=True)
class LinesUpdated:
    """`changed` of the `matched` lines are different now. A line matched by two changes counts for each."""

    segment_id: int
    matched: int
    changed: int
    line_nos: list[int]


@dataclass(frozen=True)
class LinesRemoved:
    segment_id: int
    removed: int
    line_nos: list[int]


class OneLineForContact(Refusal):
    code = UserErrorCode.INVALID
    english = "A contact can be given to one line at a time; lines chosen: {count}. Choose one of them."
    french = (
        "Un contact ne s’attribue qu’à une seule ligne à la fois; lignes choisies\u00a0: {count}. "
        "Choisissez-en une seule."
    )


class LineNeedsContact(Refusal):
    """R-LIN-5, R-TMPL-1."""

    code = UserErrorCode.CONTACT_REQUIRED
    english = "A line without a contact takes no template. Give it a contact first."
    french = "Une ligne sans contact ne peut pas avoir de modèle. Attribuez-lui d’abord un contact."


class NoChanges(Refusal):
    code = UserErrorCode.INVALID
    english = "There is no change to make. Give at least one."
    french = "Il n’y a aucune modification à faire. Donnez-en au moins une."


def add_lines(work: Work, segment_no: str, lines: list[LineFields]) -> LinesAdded:
    """New lines in the order given. Each begins as the segment says; what is given for it wins (R-LIN-1, K11).

    A line may be without a contact, then also without a template of its own (R-LIN-5); a contact may stand twice
    (R-LIN-6). It becomes a step of the segment if there is a contact among them (R-LIN-9).
    """
    segment = claim(work, segment_no, "segment_no")
    refusals: list[Refusal] = []
    rows = _checked_lines(work, lines, refusals)
    refuse_any(refusals)
    assert segment.id is not None
    first = segment.last_line_no + 1
    if rows:
        source = _source(work, rows)
        fill(
            work,
            segment,
            source,
            also=partial(_with_template, source.c.template_code),
            altered=partial(_as_given, source),
        )
        numbers = [row["contact_no"] for row in rows if row.get("contact_no")]
        if numbers:
            steps.added(work, segment, steps.by_hand(SegmentStepAction.ADD, numbers), after=first - 1)
    return LinesAdded(segment.id, list(range(first, segment.last_line_no + 1))[:SHOWN])


def update_lines(
    work: Work,
    segment_no: str,
    changes: list[LineChange],
    *,
    dry_run: bool = False,
    expected_version: int | None = None,
) -> LinesUpdated:
    """Change lines, one change after the other, all or none. What is set is marked as the line's own (K11).

    A template fills the line (R-TMPL); what is set beside it wins. A contact, or a reset, lets the line begin anew from
    the segment (R-LIN-3); another contact than before becomes steps (R-LIN-9).
    """
    with undone(work, dry_run):
        segment = claim(work, segment_no, "segment_no", expected_version=expected_version)
        refusals: list[Refusal] = []
        given = _checked_changes(work, segment, changes, refusals)
        refuse_any(refusals)
        known = facts_of(work, segment)
        matched = changed = 0
        shown: set[int] = set()
        for place, (change, values) in enumerate(zip(changes, given, strict=True)):
            lines = choose(work, segment, refusals, "changes", str(place), **_selection(change))
            refusals += _unfit(lines, values, ("changes", str(place), "set"))
            if not refusals:
                matched += lines.count
                shown.update(lines.first)
                with _recorded(work, segment, lines, values):
                    changed += _change(work, segment, known, lines, values, reset=change.get("reset_to_segment", False))
        refuse_any(refusals)
        assert segment.id is not None
        return LinesUpdated(segment.id, matched, changed, sorted(shown)[:SHOWN])


def remove_lines(
    work: Work,
    segment_no: str,
    *,
    line_nos: list[int] | None = None,
    matching: Matching | None = None,
    dry_run: bool = False,
) -> LinesRemoved:
    """Take lines off the segment. Their numbers are not given again (K20). It becomes a step if there is a contact
    (R-LIN-9).
    """
    with undone(work, dry_run):
        segment = claim(work, segment_no, "segment_no")
        refusals: list[Refusal] = []
        lines = choose(work, segment, refusals, line_nos=line_nos, matching=matching)
        refuse_any(refusals)
        if lines.count > lines.without_contact:
            steps.take_off(work, segment, lines.where)
        else:
            doomed = select(LINE.c.line_no).where(LINE.c.segment_id == segment.id, lines.where)
            work.session.execute(delete(LINES).where(LINES.c.segment_id == segment.id, LINES.c.line_no.in_(doomed)))
        assert segment.id is not None
        return LinesRemoved(segment.id, lines.count, lines.first)


def _checked_lines(work: Work, lines: Sequence[LineFields], refusals: list[Refusal]) -> list[dict[str, Any]]:
    if len(lines) > MOST_LINES:
        refusals.append(TooMany("lines", most=MOST_LINES, count=len(lines)))
        return []
    rows = [(("lines", str(place)), kept_line(line, refusals, "lines", str(place))) for place, line in enumerate(lines)]
    refusals += references.check(work, rows)
    for path, values in rows:
        if values.get("template_code") and not values.get("contact_no"):
            refusals.append(LineNeedsContact(*path, "template_code"))
    return [values for _, values in rows]


def _source(work: Work, rows: Sequence[Mapping[str, Any]]) -> FromClause:
    """The lines as they were given, with the marks of what was given in `given`."""
    columns = {name: LINES.c[name].type for name in ("contact_no", *MARKS)} | {"given": LINES.c.customized.type}
    return listed_rows(work.session, [{**row, "given": marks(row)} for row in rows], columns)


def _with_template(code: ColumnElement[Any], joined: FromClause) -> FromClause:
    return joined.outerjoin(OWN_TEMPLATE, OWN_TEMPLATE.c.code == code)


def _as_given(source: FromClause, line: Values, segment: Facts, contact: Facts) -> Values:
    """A new line with what was given for it: first the template, then the rest over what the template filled (K12)."""
    given = source.c.given
    own = with_template(line, segment, {**OWN_TEMPLATE.c, "code": source.c.template_code}, contact)
    for name in own:
        if own[name] is not line[name]:
            own[name] = case((is_marked(given, "template_code"), own[name]), else_=line[name])
    for name in GIVEN_AS_IS:
        own[name] = case((is_marked(given, name), source.c[name]), else_=own[name])
    own["customized"] = own["customized"].bitwise_or(given.bitwise_and(marks(GIVEN_AS_IS)))
    return own


def _checked_changes(
    work: Work, segment: Segment, changes: Sequence[LineChange], refusals: list[Refusal]
) -> list[dict[str, Any]]:
    if not changes:
        refusals.append(NoChanges("changes"))
    if len(changes) > MOST_CHANGES:
        refusals.append(TooMany("changes", most=MOST_CHANGES, count=len(changes)))
        return []
    rows = []
    for place, change in enumerate(changes):
        path = ("changes", str(place), "set")
        unfit: list[Refusal] = []
        values = kept_line(change.get("set") or {}, unfit, *path)
        if unfit:
            kept_line(change.get("set") or {}, refusals, *path, before=_as_they_are(work, segment, change))
        rows.append((path, values))
    refusals += references.check(work, rows)
    return [values for _, values in rows]


def _as_they_are(work: Work, segment: Segment, change: LineChange) -> SimpleNamespace:
    """The texts that all lines have which a change is about."""
    texts = [LINE.c[name] for name in TEXTS if name in (change.get("set") or {})]
    if not texts:
        return SimpleNamespace()
    lines = choose(work, segment, [], **_selection(change))
    different = select(*texts).where(LINE.c.segment_id == segment.id, lines.where).distinct().limit(2)
    rows = work.session.execute(different).mappings().all()
    return SimpleNamespace(**rows[0]) if len(rows) == 1 else SimpleNamespace()


def _selection(change: LineChange) -> dict[str, Any]:
    return {name: change[name] for name in ("line_nos", "matching") if name in change}


def _unfit(lines: Chosen, values: Mapping[str, Any], path: tuple[str, ...]) -> list[Refusal]:
    """What speaks against setting this on these lines: one contact for several, a template without a contact
    (R-LIN-5).
    """
    refusals: list[Refusal] = []
    if "contact_no" in values and lines.count != 1:
        refusals.append(OneLineForContact(*path, "contact_no", count=lines.count))
    lacks_contact = values["contact_no"] is None if "contact_no" in values else lines.without_contact > 0
    if values.get("template_code") and lacks_contact:
        refusals.append(LineNeedsContact(*path, "template_code"))
    return refusals


@contextmanager
def _recorded(work: Work, segment: Segment, lines: Chosen, values: Mapping[str, Any]) -> Iterator[None]:
    """What gives a line another contact becomes steps (R-LIN-9)."""
    if "contact_no" not in values:
        yield
        return
    old = work.session.scalar(select(LINE.c.contact_no).where(LINE.c.segment_id == segment.id, lines.where))
    yield
    steps.exchanged(work, segment, lines.first[0], old, values["contact_no"])


def _change(
    work: Work, segment: Segment, known: tuple[Facts, Facts], lines: Chosen, values: Mapping[str, Any], *, reset: bool
) -> int:
    """Change the chosen lines; answer how many became different."""
    before: Values = dict(LINE.c)
    of_segment, contact = known[0], dict(CONTACT.c)
    constants = {name: literal(value, LINES.c[name].type) for name, value in values.items()}
    line = before | (initial(*known, contact) if reset or "contact_no" in values else {})
    if "template_code" in values:
        line = with_template(line, of_segment, {**OWN_TEMPLATE.c, "code": constants["template_code"]}, contact)
    as_is = {name: value for name, value in constants.items() if name != "template_code"}
    if given := marks(as_is):
        line["customized"] = line["customized"].bitwise_or(given)
    line |= as_is
    different = {name: value for name, value in line.items() if value is not before[name]}
    if not different:
        return 0
    also = partial(_with_template, constants["template_code"]) if "template_code" in values else None
    return rewrite(work, segment, different, lines.where, contact_no=constants.get("contact_no"), also=also)
