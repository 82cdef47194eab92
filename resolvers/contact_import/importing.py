"""`carnet import contacts`: from a file into the contacts, all of it or nothing."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from persistence.setup import NumberSeries
from persistence.vocabulary import ContactType
from resolvers.contact_import import numbering, staging, writing
from resolvers.contact_import.checking import Checks
from resolvers.contact_import.reading import ContactFile, open_file
from resolvers.contact_import.report import ImportFailed, ImportReport
from resolvers.contact_import.rows import Rows
from resolvers.errors import Refused
from resolvers.work import Work

PORTION = 2_000
Progress = Callable[[str, int, int], None]
"""Told the phase, how much of it is done, and how much there is."""


def nothing(phase: str, done: int, total: int) -> None:
    """Who does not want to know."""


def run(work: Work, path: Path, *, dry_run: bool = False, progress: Progress = nothing) -> ImportReport:
    """Create and change contacts from a CSV file.

    A row with the number of a contact changes it, any other creates one, under its number or one of the contact series.
    Columns that are not there and cells that are blank leave a contact as it is. A person's company is given by number or
    by name; a name that no company has makes a new company. What is wrong is refused all together, with the report as the
    refusal's detail, and nothing is written. A dry run does everything and takes it back, so it counts and refuses alike.
    """
    file = open_file(path)
    report = ImportReport(unknown_columns=file.unknown)
    with work.session.begin_nested() as trial:
        _import(work, file, report, progress)
        if dry_run:
            trial.rollback()
        else:
            staging.drop(work.session)
    return report


def _import(work: Work, file: ContactFile, report: ImportReport, progress: Progress) -> None:
    staging.create(work.session)
    for portion in _portions(Rows(file, report), file):
        staging.fill(work.session, portion)
        report.rows += len(portion)
        progress("rows read", report.rows, max(report.rows, file.line_count - 1))
    staging.finish(work.session)
    checks = Checks(work.session, report, file.columns)
    checks.match()
    checks.references(manual_nos=_manual_nos(work))
    _refuse_if_wrong(file, report)
    steps = iter(range(1, 4))
    writing.hold(work.session)
    writing.add_companies_by_name(work.session)
    numbering.draw(work)
    progress("contacts written", next(steps), 3)
    writing.name_companies(work.session)
    writing.tell_people(work)
    _store(work, ContactType.COMPANY, report)
    progress("contacts written", next(steps), 3)
    writing.join_companies(work)
    checks.moves()
    _refuse_if_wrong(file, report)
    _store(work, ContactType.PERSON, report)
    writing.rename_in_people(work)
    writing.take_postponed_along(work.session)
    report.unchanged = writing.count_known(work.session) - report.updated
    progress("contacts written", next(steps), 3)


def _portions(rows: Rows, file: ContactFile) -> Iterator[list[dict[str, Any]]]:
    """The file in pieces that fit anywhere."""
    records = file.rows()
    while portion := [rows.staged(row_no, cells) for row_no, cells in islice(records, PORTION)]:
        yield portion


def _store(work: Work, kind: ContactType, report: ImportReport) -> None:
    report.updated += writing.change(work, kind)
    report.created += writing.add(work, kind)


def _manual_nos(work: Work) -> bool:
    """Whether rows may bring new numbers (R-NUM-2)."""
    if work.setup.contact_nos is None:
        return True
    series = work.find(NumberSeries, code=work.setup.contact_nos)
    return series is None or series.manual_nos


def _refuse_if_wrong(file: ContactFile, report: ImportReport) -> None:
    if report.error_count:
        raise Refused(ImportFailed(file=file.path.name, count=report.error_count), detail=report)
