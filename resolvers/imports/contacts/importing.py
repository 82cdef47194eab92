"""`carnet import contacts`: from a file into the contacts, all of it or nothing."""

from pathlib import Path

from persistence.enums import ContactType
from persistence.setup import NumberSeries
from resolvers.imports.contacts import numbering, writing
from resolvers.imports.contacts.checking import Checks
from resolvers.imports.contacts.columns import CONTACTS
from resolvers.imports.contacts.rows import Rows
from resolvers.imports.contacts.staging import STAGING, WAITING
from resolvers.imports.reading import open_file
from resolvers.imports.report import ImportReport
from resolvers.imports.running import Import, Progress, nothing
from resolvers.work import Work


def run(work: Work, path: Path, *, dry_run: bool = False, progress: Progress = nothing) -> ImportReport:
    """Create and change contacts from a CSV file.

    A row with the number of a contact changes it, any other creates one, under its number or one of the contact series.
    Columns that are not there and cells that are blank leave a contact as it is. A person's company is given by number
    or by name; a name that no company has makes a new company. What is wrong is refused all together, with the report
    as the refusal's detail, and nothing is written. A dry run does everything and takes it back, so it counts and
    refuses alike.
    """
    return Import(work, open_file(path, CONTACTS), WAITING, progress).whole(_import, dry_run=dry_run)


def _import(run: Import) -> None:
    work, report = run.work, run.report
    run.read(Rows(run.file, report).staged)
    checks = Checks(work.session, report, STAGING, run.file.columns)
    checks.match()
    checks.references(manual_nos=_manual_nos(work))
    run.refuse_if_wrong()
    steps = iter(range(1, 4))
    writing.hold(work.session)
    writing.add_companies_by_name(work.session)
    numbering.draw(work)
    run.progress("contacts written", next(steps), 3)
    writing.name_companies(work.session)
    writing.tell_people(work)
    _store(work, ContactType.COMPANY, report)
    run.progress("contacts written", next(steps), 3)
    writing.join_companies(work)
    checks.moves()
    run.refuse_if_wrong()
    _store(work, ContactType.PERSON, report)
    writing.rename_in_people(work)
    writing.write_phone_columns(work)
    writing.take_postponed_along(work.session)
    report.unchanged = writing.count_known(work.session) - report.updated
    run.progress("contacts written", next(steps), 3)


def _store(work: Work, kind: ContactType, report: ImportReport) -> None:
    report.updated += writing.change(work, kind)
    report.created += writing.add(work, kind)


def _manual_nos(work: Work) -> bool:
    """Whether rows may bring new numbers (R-NUM-2)."""
    if work.setup.contact_nos is None:
        return True
    series = work.find(NumberSeries, code=work.setup.contact_nos)
    return series is None or series.manual_nos
