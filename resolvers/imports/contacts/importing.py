"""`carnet import contacts`: imports a list of contacts."""

from functools import partial
from pathlib import Path

from persistence.contacts import Contact
from persistence.enums import ContactType, ImportKind
from persistence.setup import NumberSeries
from resolvers.errors import Translated
from resolvers.imports.contacts import existing as stored
from resolvers.imports.contacts import matching, numbering, writing
from resolvers.imports.contacts.checking import ContactChecks
from resolvers.imports.contacts.columns import CONTACT_LIST
from resolvers.imports.contacts.rows import ContactRows
from resolvers.imports.contacts.staging import STAGING, STAGING_TABLE
from resolvers.imports.existing import SKIPPED, Existing
from resolvers.imports.owners import set_salespeople
from resolvers.imports.reading import AS_DETECTED, ReadAs, open_file
from resolvers.imports.rejects import NO_OUTPUTS, Outputs
from resolvers.imports.report import ImportReport
from resolvers.imports.running import Import
from resolvers.progress import Progress, no_progress
from resolvers.work import Work

LINKED_PEOPLE = (
    Translated(
        "{} contact that only had the name of its company was put under the company.",
        "{} contact qui n’avait que le nom de sa compagnie a été rattaché à celle-ci.",
    ),
    Translated(
        "{} contacts that only had the name of their company were put under the company.",
        "{} contacts qui n’avaient que le nom de leur compagnie ont été rattachés à celle-ci.",
    ),
)


def run(
    work: Work,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
    outputs: Outputs = NO_OUTPUTS,
    existing: Existing = Existing.SKIP,
    read_as: ReadAs = AS_DETECTED,
) -> ImportReport:
    """Create and update contacts from a file.

    A row with the number of a contact is this contact; a row without a number is the contact that `matching.match`
    finds. `existing` says what becomes of these rows; in an update, missing columns and blank cells change nothing. Any
    other row creates a contact, with its number or the next of the number series. The company of a person is given by
    number or by name; a new company is created for an unknown name. A new contact of a file of Carnet has just what its
    row has: it inherits nothing from its company and has no default salesperson. If there are errors and `outputs` has
    no file for rejected rows, raises `Refused` with the report as its detail, and nothing is imported. A dry run has
    the same counts and errors.
    """
    file = open_file(path, CONTACT_LIST, read_as)
    steps = partial(_import, existing=existing)
    return Import(work, file, STAGING_TABLE, progress, outputs, kind=ImportKind.CONTACTS).run(steps, dry_run=dry_run)


def _import(importing: Import, *, existing: Existing) -> None:
    work, report = importing.work, importing.report
    importing.stage_rows(ContactRows(importing.file, report).parse)
    set_salespeople(work.session, report, STAGING)
    checks = ContactChecks(work.session, report, STAGING, importing.file.columns)
    checks.report_duplicates("no")
    if existing == Existing.SKIP:  # an update locks contacts first, as clients do
        numbering.wait_for_new_contacts(work)
    if existing != Existing.NEW:
        matching.match(checks)
    checks.mark_known()
    if existing == Existing.NEW:
        stored.report_used_numbers(checks)
    else:
        stored.note_similar(checks)
        report.unchanged = stored.skip(checks, existing, completes=importing.file.is_of_rejects)
        if existing == Existing.SKIP:
            report.add_note(report.unchanged, *SKIPPED)
    checks.check_references(manual_nos=_allows_manual_nos(work))
    importing.reject_rows(checks.keep_names_of_rejected_companies)
    importing.write_rows(partial(_write_rows, importing, checks))


def _write_rows(importing: Import, checks: ContactChecks) -> bool:
    """Write the rows. Returns false if there are errors that only show once the companies are written."""
    work, report, exactly = importing.work, importing.report, importing.file.is_own
    writing.lock_contacts(work.session)
    report.companies_of_people = writing.stage_new_companies(work)
    numbering.draw_numbers(work)
    importing.progress("writing contacts", 1, 3)
    writing.set_company_of_companies(work.session)
    writing.update_inherited_fields(work)
    _write(work, ContactType.COMPANY, report, exactly=exactly)
    importing.progress("writing contacts", 2, 3)
    writing.set_company_of_people(work, exactly=exactly)
    checks.check_company_changes()
    if importing.has_errors():
        return False
    _write(work, ContactType.PERSON, report, exactly=exactly)
    writing.update_company_names(work)
    if importing.file.is_of_rejects:
        report.add_note(writing.link_people(work, exactly=exactly), *LINKED_PEOPLE)
    writing.write_phone_columns(work)
    writing.update_postponed_interactions(work)
    writing.update_interactions(work)
    importing.add_created(Contact, writing.created_contacts)
    report.unchanged += writing.count_known(work.session) - report.updated
    importing.progress("writing contacts", 3, 3)
    return True


def _write(work: Work, kind: ContactType, report: ImportReport, *, exactly: bool) -> None:
    report.updated += writing.update_contacts(work, kind)
    report.created += writing.insert_contacts(work, kind, exactly=exactly)


def _allows_manual_nos(work: Work) -> bool:
    """Whether new contacts may have a number from the file (R-NUM-2)."""
    if work.setup.contact_nos is None:
        return True
    series = work.find(NumberSeries, code=work.setup.contact_nos)
    return series is None or series.manual_nos
