"""Number series as cards: created, changed and deleted with their lines (A.5)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy import delete as delete_rows
from sqlmodel import col, select

from persistence.setup import NumberSeries, NumberSeriesLine
from resolvers import master_data
from resolvers import usages as uses
from resolvers.changes.rules import Beside, as_text, table
from resolvers.errors import Invalid, Refusal, TooManyKept, Translated, as_given, refuse_any
from resolvers.master_data import CardDeleted, CardUpdated, insert, new_key, required
from resolvers.number_series.drawing import numbers_left, parts, place
from resolvers.refusals import NumberSeriesNotFound
from resolvers.work import Work, key, unfit_texts

ROOM = "number_series"
MOST_LINES = 100
FLAGS = ("default_nos", "manual_nos", "date_order")
SHOWN = ("starting_date", "starting_no", "ending_no", "warning_no", "increment_by", "last_no_used")
INSTEAD = Translated(
    "Name another series in the marketing setup first.",
    "Indiquez d’abord une autre souche dans les paramètres marketing.",
)


class NumberSeriesLineFields(TypedDict, total=False):
    starting_date: dt.date | None
    starting_no: str
    ending_no: str | None
    warning_no: str | None
    increment_by: int
    last_no_used: str | None


class NumberSeriesFields(TypedDict, total=False):
    description: str | None
    default_nos: bool | None
    manual_nos: bool | None
    date_order: bool | None
    lines: list[NumberSeriesLineFields] | None


@dataclass(frozen=True)
class NumberSeriesCreated:
    id: int
    code: str


def create(work: Work, code: str, fields: NumberSeriesFields) -> NumberSeriesCreated:
    """A new series with its lines. Every number must end in digits, else there is no next one."""
    kept, refusals = new_key(NumberSeries, code, "code")
    values = _normalized({"description": None, "default_nos": True, **fields}, refusals)
    lines = _lines(kept, fields.get("lines") or [], refusals)
    refuse_any(refusals + unfit_texts(NumberSeries, values, ROOM))
    made = insert(work, NumberSeries, values | {"code": kept}, "code", beside={"lines": _shown(lines)})
    work.session.add_all(lines)
    work.session.flush()
    return NumberSeriesCreated(made, kept)


def update(work: Work, code: str, fields: NumberSeriesFields, *, expected_version: int | None = None) -> CardUpdated:
    """Change what is given; lines are replaced as a set, and one that starts on the same day goes on where it was."""
    series = _held(work, code, expected_version)
    refusals: list[Refusal] = []
    values = _normalized(fields, refusals)
    stored = _stored(work, series.code)
    lines = _lines(series.code, fields["lines"] or [], refusals, stored) if "lines" in fields else stored
    refuse_any(refusals + unfit_texts(NumberSeries, values, ROOM, before=series))
    if lines is not stored:
        _replace(work, series.code, stored, lines)
    return master_data.change(work, series, values, beside={"lines": Beside(_shown(stored), _shown(lines))})


def delete(work: Work, code: str) -> CardDeleted:
    """Delete a series that the marketing setup does not name."""
    series = _held(work, code)
    uses.refuse_if_used(work, NumberSeries, series.code, "code", INSTEAD)
    shown = _shown(_stored(work, series.code))
    _remove_lines(work, series.code)
    return master_data.remove(work, series, beside={"lines": shown})


def _held(work: Work, code: str, expected_version: int | None = None) -> NumberSeries:
    kept = key(code) or ""
    lost = NumberSeriesNotFound("code", key=kept)
    return master_data.held(work, NumberSeries, lost, expected_version=expected_version, code=kept)


def _normalized(fields: NumberSeriesFields, refusals: list[Refusal]) -> dict[str, Any]:
    given: dict[str, Any] = {**fields}
    values: dict[str, Any] = {name: bool(value) for name, value in given.items() if name in FLAGS}
    if "description" in given:
        values["description"] = required(given["description"], refusals, ROOM, "description")
    return values


def _stored(work: Work, code: str) -> list[NumberSeriesLine]:
    """The lines as they are; nobody draws while the series is held."""
    lines = select(NumberSeriesLine).where(NumberSeriesLine.series_code == code).order_by(col(NumberSeriesLine.line_no))
    return [*work.session.exec(lines.execution_options(populate_existing=True))]


def _shown(lines: Sequence[NumberSeriesLine]) -> str | None:
    return as_text([{name: getattr(line, name) for name in SHOWN} for line in lines])


def _replace(work: Work, code: str, stored: Sequence[NumberSeriesLine], lines: Sequence[NumberSeriesLine]) -> None:
    for line in stored:
        work.session.expunge(line)
    _remove_lines(work, code)
    work.session.add_all(lines)
    work.session.flush()


def _remove_lines(work: Work, code: str) -> None:
    rows = table(NumberSeriesLine)
    work.session.execute(delete_rows(rows).where(rows.c.series_code == code))


def _lines(
    code: str, given: Sequence[NumberSeriesLineFields], refusals: list[Refusal], stored: Sequence[NumberSeriesLine] = ()
) -> list[NumberSeriesLine]:
    """The lines as they will be; the last number of a stored one that starts on the same day is kept unless given."""
    going_on = {line.starting_date: line for line in stored}
    if len(given) > MOST_LINES:
        refusals.append(TooManyKept(ROOM, "lines", most=MOST_LINES, count=len(given)))
        return []
    lines: list[NumberSeriesLine] = []
    for line_no, fields in enumerate(given, start=1):
        line = NumberSeriesLine(
            series_code=code,
            line_no=line_no,
            starting_date=fields.get("starting_date"),
            starting_no=key(fields.get("starting_no")) or "",
            ending_no=key(fields.get("ending_no")),
            warning_no=key(fields.get("warning_no")),
            increment_by=fields.get("increment_by", 1),
            last_no_used=key(fields.get("last_no_used")),
        )
        before = going_on.get(line.starting_date)
        if before is not None and fields.get("last_no_used", before.last_no_used) == before.last_no_used:
            line.last_no_used, line.last_date_used = before.last_no_used, before.last_date_used
        path = (ROOM, "lines", str(line_no - 1))
        unfit = _unfit(line, path, before)
        refusals += unfit
        line.open = not unfit and next(numbers_left(line), None) is not None
        if any(line.starting_date == other.starting_date for other in lines):
            refusals.append(
                Invalid(
                    *path,
                    "starting_date",
                    english="Two lines of a series cannot start on the same day. Change one.",
                    french="Deux lignes d’une souche ne peuvent pas commencer le même jour. Changez-en une.",
                )
            )
        lines.append(line)
    return lines


def _unfit(line: NumberSeriesLine, path: tuple[str, ...], before: NumberSeriesLine | None) -> list[Refusal]:
    refusals = unfit_texts(NumberSeriesLine, line.model_dump(), *path, before=before)
    if line.increment_by < 1:
        refusals.append(
            Invalid(
                *path,
                "increment_by",
                english="Numbers rise by at least 1. Give 1 or more.",
                french="Les numéros augmentent d’au moins 1. Donnez 1 ou plus.",
            )
        )
    if not parts(line.starting_no)[1]:
        refusals.append(
            Invalid(
                *path,
                "starting_no",
                english="The starting number must end in digits, e.g. SM00001.",
                french="Le numéro de début doit se terminer par des chiffres, p. ex. SM00001.",
            )
        )
        return refusals
    first = as_given(line.starting_no)
    for name in ("ending_no", "warning_no", "last_no_used"):
        no = getattr(line, name)
        if no is not None and (parts(no)[0] != parts(line.starting_no)[0] or place(no) < place(line.starting_no)):
            refusals.append(
                Invalid(
                    *path,
                    name,
                    english=f"{as_given(no)} does not come after {first}. Give a number of the same form.",
                    french=f"{as_given(no)} ne vient pas après {first}. Donnez un numéro de la même forme.",
                )
            )
    return refusals
