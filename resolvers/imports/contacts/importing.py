"""`carnet import contacts`: imports a list of contacts."""

from functools import partial
from pathlib import Path

from persistence.enums import ContactType
from persistence.setup import NumberSeries
from resolvers.imports.contacts import existing as stored
from resolvers.imports.contacts import matching, numbering, writing
from resolvers.imports.contacts.checking import ContactChecks
from resolvers.imports.contacts.columns import CONTACT_LIST
from resolvers.imports.contacts.rows import ContactRows
from resolvers.imports.contacts.staging import STAGING, STAGING_TABLE
from resolvers.imports.existing import SKIPPED, Existing
from resolvers.imports.owners import set_salespeople
from resolvers.imports.reading import AS_DETECTED, ReadAs, open_file
from resolvers.imports.report import ImportReport
from resolvers.imports.running import Import
from resolvers.progress import Progress, no_progress
from resolvers.work import Work


def run(
    work: Work,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
    existing: Existing = Existing.SKIP,
    read_as: ReadAs = AS_DETECTED,
) -> ImportReport:
    """Create and update contacts from a file.

    A row with the number of a contact is this contact; a row without a number is the contact that `matching.match`
    finds. `existing` says what becomes of these rows; of an update, missing columns and blank cells change nothing. Any
    other row creates a contact, with its number or the next of the number series. The company of a person is given by
    number or by name; a new company is created for an unknown name. A new contact of a file of Carnet has just what its
    row has: it inherits nothing from its company and has no default salesperson. If there are errors, raises `Refused`
    with the report as its detail, and nothing is imported. A dry run has the same counts and errors.
    """
    steps = partial(_import, existing=existing)
    return Import(work, open_file(path, CONTACT_LIST, read_as), STAGING_TABLE, progress).run(steps, dry_run=dry_run)


def _import(importing: Import, *, existing: Existing) -> None:
    work, report = importing.work, importing.report
    importing.stage_rows(ContactRows(importing.file, report).parse)
    set_salespeople(work.session, report, STAGING)
    checks = ContactChecks(work.session, report, STAGING, importing.file.columns)
    checks.report_duplicates("no")
    if existing == Existing.SKIP:  # an update locks contacts first, as clients do
        numbering.wait_for_new_contacts(work)
    if existing != Existing.NEW:
        matching.match(work.session)
    checks.mark_known()
    if existing == Existing.NEW:
        stored.report_used_numbers(checks)
    else:
        stored.note_similar(checks)
        report.unchanged = stored.skip(checks, existing)
        if existing == Existing.SKIP:
            report.add_note(report.unchanged, *SKIPPED)
    exactly = importing.file.is_own
    checks.check_references(manual_nos=_allows_manual_nos(work))
    importing.refuse_if_errors()
    writing.lock_contacts(work.session)
    writing.stage_new_companies(work.session)
    numbering.draw_numbers(work)
    importing.progress("contacts written", 1, 3)
    writing.set_company_of_companies(work.session)
    writing.update_inherited_fields(work)
    _write(work, ContactType.COMPANY, report, exactly=exactly)
    importing.progress("contacts written", 2, 3)
    writing.set_company_of_people(work, exactly=exactly)
    checks.check_company_changes()
    importing.refuse_if_errors()
    _write(work, ContactType.PERSON, report, exactly=exactly)
    writing.update_company_names(work)
    writing.write_phone_columns(work)
    writing.update_postponed_interactions(work.session)
    writing.update_interactions(work)
    report.unchanged += writing.count_known(work.session) - report.updated
    importing.progress("contacts written", 3, 3)


def _write(work: Work, kind: ContactType, report: ImportReport, *, exactly: bool) -> None:
    report.updated += writing.update_contacts(work, kind)
    report.created += writing.insert_contacts(work, kind, exactly=exactly)


def _allows_manual_nos(work: Work) -> bool:
    """Whether new contacts may have a number from the file (R-NUM-2)."""
    if work.setup.contact_nos is None:
        return True
    series = work.find(NumberSeries, code=work.setup.contact_nos)
    return series is None or series.manual_nos
