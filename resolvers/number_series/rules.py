"""Creating, updating and deleting number series with their lines (A.5)."""

import datetime as dt
from collections.abc import Sequence
from typing import TypedDict, cast

from sqlalchemy import delete as delete_rows
from sqlmodel import col, select

from persistence.columns import table_of
from persistence.setup import NumberSeries, NumberSeriesLine
from resolvers import master_data
from resolvers.changes.rules import ChildRowsChange, as_text
from resolvers.errors import Invalid, Refusal, TooManyItems, Translated, as_given, refuse_any
from resolvers.master_data import (
    CardCreated,
    CardDeleted,
    CardKind,
    CardUpdated,
    ChildRows,
    Normalizer,
    check_new_key,
    insert,
    normalized,
    required_text,
)
from resolvers.number_series.drawing import numbers_left, parts, sort_key
from resolvers.refusals import NumberSeriesNotFound
from resolvers.work import Work, check_texts, key

INPUT = "number_series"
NORMALIZERS: dict[str, Normalizer] = {"default_nos": bool, "manual_nos": bool, "date_order": bool}
NUMBER_SERIES = CardKind(
    NumberSeries,
    "code",
    NumberSeriesNotFound,
    advice=Translated(
        "Name another series in the marketing setup first.",
        "Indiquez d’abord une autre souche dans les paramètres marketing.",
    ),
)
MAX_LINES = 100
LINE_COLUMNS = ("starting_date", "starting_no", "ending_no", "warning_no", "increment_by", "last_no_used")


class NumberSeriesLineFields(TypedDict, total=False):
    """The fields of a line. `increment_by` is 1 unless given, the other fields null."""

    starting_date: dt.date | None
    starting_no: str
    ending_no: str | None
    warning_no: str | None
    increment_by: int
    last_no_used: str | None


class NumberSeriesColumns(TypedDict, total=False):
    """The fields of a number series that are columns. Absent fields are not changed; a null flag is false."""

    description: str | None
    default_nos: bool | None
    manual_nos: bool | None
    date_order: bool | None


class NumberSeriesFields(NumberSeriesColumns, total=False):
    """The fields of a number series. `lines` replaces all lines."""

    lines: list[NumberSeriesLineFields] | None


def create(work: Work, code: str, fields: NumberSeriesFields) -> CardCreated:
    """Create a number series with its lines. All numbers must end in digits, so that there is a next number."""
    new_code, refusals = check_new_key(NumberSeries, code, "code")
    values = _normalized({"description": None, "default_nos": True, **fields}, refusals)
    lines = _lines(new_code, fields.get("lines") or [], refusals)
    refuse_any(refusals + check_texts(NumberSeries, values, INPUT))
    columns = {**values, "code": new_code}
    id = insert(work, NumberSeries, columns, "code", child_rows={"lines": _as_text(lines)})
    work.session.add_all(lines)
    work.session.flush()
    return CardCreated(id, new_code)


def update(work: Work, code: str, fields: NumberSeriesFields, *, expected_version: int | None = None) -> CardUpdated:
    """Change the given fields of a number series. Given lines replace all lines.

    A line that starts on the same day as a stored one continues after the last number of that line.
    """
    series = NUMBER_SERIES.lock(work, code, expected_version)
    refusals: list[Refusal] = []
    values = _normalized(fields, refusals)
    stored = _stored_lines(work, series.code)
    lines = _lines(series.code, fields["lines"] or [], refusals, stored) if "lines" in fields else stored
    refuse_any(refusals + check_texts(NumberSeries, values, INPUT, before=series))
    if lines is not stored:
        _replace_lines(work, series.code, stored, lines)
    change = ChildRowsChange(_as_text(stored), _as_text(lines))
    return master_data.update(work, series, values, child_rows={"lines": change})


def delete(work: Work, code: str) -> CardDeleted:
    """Delete a number series that the marketing setup does not name."""
    return NUMBER_SERIES.delete(work, code, _remove_lines)


def _normalized(fields: NumberSeriesFields, refusals: list[Refusal]) -> NumberSeriesColumns:
    """The columns as they are stored. The description is required."""
    values = normalized(fields, NORMALIZERS)
    values.pop("lines", None)
    if "description" in values:
        values["description"] = required_text(values["description"], refusals, INPUT, "description")
    return cast(NumberSeriesColumns, values)


def _stored_lines(work: Work, code: str) -> list[NumberSeriesLine]:
    """The stored lines. No other transaction draws numbers from them while the series is locked."""
    lines = select(NumberSeriesLine).where(NumberSeriesLine.series_code == code).order_by(col(NumberSeriesLine.line_no))
    return [*work.session.exec(lines.execution_options(populate_existing=True))]


def _as_text(lines: Sequence[NumberSeriesLine]) -> str | None:
    """The lines for the change log."""
    return as_text([{name: getattr(line, name) for name in LINE_COLUMNS} for line in lines])


def _replace_lines(
    work: Work, code: str, stored: Sequence[NumberSeriesLine], lines: Sequence[NumberSeriesLine]
) -> None:
    for line in stored:
        work.session.expunge(line)
    _delete_lines(work, code)
    work.session.add_all(lines)
    work.session.flush()


def _remove_lines(work: Work, code: str) -> ChildRows:
    lines = _as_text(_stored_lines(work, code))
    _delete_lines(work, code)
    return {"lines": lines}


def _delete_lines(work: Work, code: str) -> None:
    rows = table_of(NumberSeriesLine)
    work.session.execute(delete_rows(rows).where(rows.c.series_code == code))


def _lines(
    code: str, given: Sequence[NumberSeriesLineFields], refusals: list[Refusal], stored: Sequence[NumberSeriesLine] = ()
) -> list[NumberSeriesLine]:
    """The lines that replace the stored ones. Adds refusals for wrong lines."""
    if len(given) > MAX_LINES:
        refusals.append(TooManyItems(INPUT, "lines", maximum=MAX_LINES, count=len(given)))
        return []
    stored_by_date = {line.starting_date: line for line in stored}
    lines: list[NumberSeriesLine] = []
    for index, fields in enumerate(given):
        path = (INPUT, "lines", str(index))
        before = stored_by_date.get(fields.get("starting_date"))
        line = _line(code, index + 1, fields, before)
        wrong = _check_line(line, path, before)
        refusals += wrong
        line.open = not wrong and next(numbers_left(line), None) is not None
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


def _line(code: str, line_no: int, fields: NumberSeriesLineFields, before: NumberSeriesLine | None) -> NumberSeriesLine:
    """A line with the given fields. It keeps the last number of the stored line `before`, unless another is given."""
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
    if before is not None and fields.get("last_no_used", before.last_no_used) == before.last_no_used:
        line.last_no_used, line.last_date_used = before.last_no_used, before.last_date_used
    return line


def _check_line(line: NumberSeriesLine, path: tuple[str, ...], before: NumberSeriesLine | None) -> list[Refusal]:
    refusals = check_texts(NumberSeriesLine, line.model_dump(), *path, before=before)
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
        if no is not None and (parts(no)[0] != parts(line.starting_no)[0] or sort_key(no) < sort_key(line.starting_no)):
            refusals.append(
                Invalid(
                    *path,
                    name,
                    english=(
                        f"{as_given(no)} does not come after {first}. Give a higher number with the same letters "
                        "before the digits."
                    ),
                    french=(
                        f"{as_given(no)} ne vient pas après {first}. Donnez un numéro plus élevé, avec les mêmes "
                        "lettres avant les chiffres."
                    ),
                )
            )
    return refusals
