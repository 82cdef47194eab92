"""`carnet import templates`: templates and the groups they name, all of it or nothing."""

from functools import partial
from pathlib import Path

from sqlalchemy import not_

from persistence.campaigns import Campaign
from resolvers.errors import Translated
from resolvers.imports.checking import Findings
from resolvers.imports.formats import Formats
from resolvers.imports.reading import open_file
from resolvers.imports.report import ImportReport
from resolvers.imports.running import Import, Progress, nothing
from resolvers.imports.staging import table_of
from resolvers.imports.templates import writing
from resolvers.imports.templates.columns import TEMPLATES
from resolvers.imports.templates.rows import Rows
from resolvers.imports.templates.staging import STAGING, WAITING
from resolvers.work import Work

ROW = STAGING.c


def run(
    work: Work, path: Path, *, dry_run: bool = False, progress: Progress = nothing, formats: Formats | None = None
) -> ImportReport:
    """Create and change interaction templates from a CSV file, by their codes.

    Columns that are not there and cells that are blank leave a template as it is. A group that is not there is made,
    its code for description. A default language becomes a translation (R-TPL-2). What is wrong is refused all together,
    with the report as the refusal's detail, and nothing is written. A dry run does everything and takes it back, so it
    counts and refuses alike.
    """
    file = open_file(path, TEMPLATES)
    found = (formats or Formats()).within(file, days=(), amounts=("unit_cost", "unit_duration"))
    return Import(work, file, WAITING, progress).whole(partial(_import, formats=found), dry_run=dry_run)


def _import(run: Import, *, formats: Formats) -> None:
    work, session, report = run.work, run.work.session, run.report
    run.read(Rows(run.file, report, formats).staged)
    writing.match(session)
    _check(Findings(session, report, STAGING, run.file.columns))
    run.refuse_if_wrong()
    groups = writing.make_groups(work)
    report.updated = writing.change(work)
    report.created = writing.add(work)
    writing.translate(session)
    report.unchanged = report.rows - report.created - report.updated
    if groups:
        listed = ", ".join(groups)
        report.notes.append(
            Translated(
                f"New groups, with their code for description: {listed}.",
                f"Nouveaux groupes, avec leur code pour désignation\u00a0: {listed}.",
            )
        )
    run.progress("templates written", 1, 1)


def _check(findings: Findings) -> None:
    findings.repeated("code")
    new = findings.rows().where(not_(ROW.known), ROW.code.is_not(None), ROW.description.is_(None))
    findings.find(
        "description",
        ROW.code,
        new,
        "{} is a new template and needs a description.",
        "{} est un nouveau modèle et a besoin d’une description.",
    )
    findings.lost(
        "campaign_no",
        table_of(Campaign).c.no,
        "There is no campaign {}. Create it first, or empty the cell.",
        "La campagne {} n’existe pas. Créez-la d’abord, ou videz la cellule.",
    )
