"""`carnet import interactions`: imports finished and postponed interactions with their numbers and dates."""

from functools import partial
from pathlib import Path

from persistence import entry_numbers
from persistence.campaigns import CampaignEntry
from persistence.enums import ImportKind
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from resolvers.errors import Translated
from resolvers.imports.existing import ExistingInteraction
from resolvers.imports.interactions import contacts, matching, writing
from resolvers.imports.interactions.checking import InteractionChecks
from resolvers.imports.interactions.columns import INTERACTION_LIST
from resolvers.imports.interactions.rows import InteractionRows
from resolvers.imports.interactions.staging import STAGING, STAGING_TABLE
from resolvers.imports.owners import set_salespeople
from resolvers.imports.reading import AS_DETECTED, ReadAs, open_file
from resolvers.imports.rejects import NO_OUTPUTS, Outputs
from resolvers.imports.report import ImportReport
from resolvers.imports.running import Import
from resolvers.imports.values.formats import Formats
from resolvers.progress import Progress, no_progress
from resolvers.work import Work

MISSING_CONTACTS = (
    Translated(
        "{} row has a contact that does not exist. It was imported without the contact.",
        "{} ligne nomme un contact qui n’existe pas. Elle a été importée sans contact.",
    ),
    Translated(
        "{} rows have a contact that does not exist. They were imported without the contact.",
        "{} lignes nomment un contact qui n’existe pas. Elles ont été importées sans contact.",
    ),
)
WITHOUT_CONTACT = (
    Translated("{} interaction has no contact.", "{} interaction n’a pas de contact."),
    Translated("{} interactions have no contact.", "{} interactions n’ont pas de contact."),
)
POSTPONED = (
    Translated("{} interaction is postponed.", "{} interaction est reportée."),
    Translated("{} interactions are postponed.", "{} interactions sont reportées."),
)
SKIPPED = (
    Translated(
        "{} row was skipped, because its interaction exists already (--existing skip).",
        "{} ligne a été ignorée, car son interaction existe déjà (--existing skip).",
    ),
    Translated(
        "{} rows were skipped, because their interactions exist already (--existing skip).",
        "{} lignes ont été ignorées, car leurs interactions existent déjà (--existing skip).",
    ),
)
DATE_FIELDS, AMOUNT_FIELDS = ("date", "start", "end", "resume_on"), ("cost", "duration", "seconds")


def run(
    work: Work,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
    formats: Formats | None = None,
    outputs: Outputs = NO_OUTPUTS,
    without_missing_contacts: bool = False,
    existing: ExistingInteraction = ExistingInteraction.SKIP,
    read_as: ReadAs = AS_DETECTED,
) -> ImportReport:
    """Create interactions from a file, marked as imported.

    Rows that are stored already are skipped (see `matching`), unless `existing` says that each row is a new one. An
    interaction keeps its date and its number, which must be free. Without a number it gets the next one after all
    others; later interactions get higher numbers. Contacts, templates, salespeople and campaigns must exist and may be
    blocked. With `without_missing_contacts`, contacts that do not exist are left out and counted. Logged segments are
    not created: an entry keeps the number of its segment as text. If there are errors and `outputs` has no file
    for rejected rows, raises `Refused` with the report as its detail, and nothing is imported. A dry run has the same
    counts and errors.
    """
    file = open_file(path, INTERACTION_LIST, read_as)
    detected = (formats or Formats()).in_time_zone(work.time_zone).detect(file, days=DATE_FIELDS, amounts=AMOUNT_FIELDS)
    steps = partial(_import, formats=detected, without_missing_contacts=without_missing_contacts, existing=existing)
    importing = Import(work, file, STAGING_TABLE, progress, outputs, detected, kind=ImportKind.INTERACTIONS)
    return importing.run(steps, dry_run=dry_run)


def _import(
    importing: Import, *, formats: Formats, without_missing_contacts: bool, existing: ExistingInteraction
) -> None:
    work, session, report = importing.work, importing.work.session, importing.report
    rows = InteractionRows(work, importing.file, report, formats)
    importing.stage_rows(rows.parse)
    report.notes += rows.notes()
    set_salespeople(session, report, STAGING)
    last_no = entry_numbers.lock(session)
    checks = InteractionChecks(session, report, STAGING, importing.file.columns)
    checks.report_duplicates("entry_no")
    with importing.staging.updating(session):
        missing = contacts.find_contacts(checks, without_missing=without_missing_contacts)
        if without_missing_contacts:
            report.add_note(missing + writing.clear_missing_contacts(session), *MISSING_CONTACTS)
        checks.check_contacts()
        checks.check_references()
        if not importing.file.is_own:
            writing.fill_blanks(session, has_company_column="company_no" in importing.file.columns.values())
    if existing == ExistingInteraction.SKIP:
        matching.mark_stored(checks)
    checks.check_numbers()
    if existing == ExistingInteraction.SKIP:
        report.unchanged = matching.skip_stored(checks)
        report.add_note(report.unchanged, *SKIPPED)
    checks.check_required_fields()
    importing.reject_rows()
    with importing.staging.updating(session, "entry_no"):
        highest = writing.assign_numbers(session, last_no)
    importing.add_created(CampaignEntry, writing.insert_campaign_entries(work))
    importing.add_created(InteractionLogEntry, writing.created_entries)
    importing.add_created(PostponedInteraction, writing.created_postponed)
    importing.progress("writing interactions", 1, 3)
    logged = writing.insert_entries(work)
    importing.progress("writing interactions", 2, 3)
    postponed = writing.insert_postponed(work)
    writing.insert_comments(session)
    entry_numbers.continue_after(session, highest)
    importing.progress("writing interactions", 3, 3)
    report.created = logged + postponed
    report.add_note(writing.count_without_contact(session), *WITHOUT_CONTACT)
    report.add_note(postponed, *POSTPONED)
