"""`carnet import interactions`: history with its own numbers and days, all of it or nothing."""

from functools import partial
from pathlib import Path

from persistence import numbers
from resolvers.errors import Translated
from resolvers.imports.formats import Formats
from resolvers.imports.interactions import writing
from resolvers.imports.interactions.checking import Checks
from resolvers.imports.interactions.columns import INTERACTIONS
from resolvers.imports.interactions.rows import Rows
from resolvers.imports.interactions.staging import STAGING, WAITING
from resolvers.imports.reading import open_file
from resolvers.imports.report import ImportReport
from resolvers.imports.running import Import, Progress, nothing
from resolvers.work import Work

FORGOTTEN = (
    Translated(
        "{} row named a contact that is not there, and was taken over without.",
        "{} ligne nommait un contact qui n’existe pas et a été importée sans contact.",
    ),
    Translated(
        "{} rows named a contact that is not there, and were taken over without.",
        "{} lignes nommaient un contact qui n’existe pas et ont été importées sans contact.",
    ),
)
WITHOUT_CONTACT = (
    Translated("{} has no contact.", "{} interaction n’a pas de contact."),
    Translated("{} have no contact.", "{} interactions n’ont pas de contact."),
)
POSTPONED = (
    Translated("{} waits among the postponed interactions.", "{} attend parmi les interactions reportées."),
    Translated("{} wait among the postponed interactions.", "{} attendent parmi les interactions reportées."),
)
DAYS, AMOUNTS = ("date",), ("cost", "duration")


def run(
    work: Work,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress = nothing,
    formats: Formats | None = None,
    without_missing_contacts: bool = False,
) -> ImportReport:
    """Take over interactions from a CSV file, marked as imported.

    An interaction keeps its number, which must be free, and its day; without number it gets one after all others.
    Numbers given later are higher. What a row names must be there – blocked or not –, but for contacts if
    `without_missing_contacts`: then they are left blank and counted. Postponed rows become postponed interactions.
    Logged segments are not moved: an entry keeps the number of its segment. What is wrong is refused all together, with
    the report as the refusal's detail, and nothing is written. A dry run does everything and takes it back, so it
    counts and refuses alike.
    """
    file = open_file(path, INTERACTIONS)
    found = (formats or Formats()).within(file, days=DAYS, amounts=AMOUNTS)
    steps = partial(_import, formats=found, without_missing_contacts=without_missing_contacts)
    return Import(work, file, WAITING, progress).whole(steps, dry_run=dry_run)


def _import(run: Import, *, formats: Formats, without_missing_contacts: bool) -> None:
    work, session, report = run.work, run.work.session, run.report
    run.read(Rows(run.file, report, formats).staged)
    last_no = numbers.lock(session)
    checks = Checks(session, report, STAGING, run.file.columns)
    checks.numbers()
    if without_missing_contacts:
        forgotten = writing.forget_missing_contacts(session)
        report.note(forgotten, *FORGOTTEN)
    checks.contacts()
    checks.references()
    writing.complete(session, companies_given="company_no" in run.file.columns.values())
    checks.enough()
    run.refuse_if_wrong()
    highest = writing.number(session, last_no)
    writing.make_campaign_entries(work)
    run.progress("interactions written", 1, 3)
    logged = writing.log(work)
    run.progress("interactions written", 2, 3)
    postponed = writing.postpone(work)
    numbers.continue_after(session, highest)
    run.progress("interactions written", 3, 3)
    report.created = logged + postponed
    report.note(writing.without_contact(session), *WITHOUT_CONTACT)
    report.note(postponed, *POSTPONED)
