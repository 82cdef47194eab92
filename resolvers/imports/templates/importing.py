"""`carnet import templates`: imports a list of interaction templates and their groups."""

from functools import partial
from pathlib import Path

from sqlalchemy import not_

from persistence.enums import ImportKind
from persistence.templates import InteractionGroup, InteractionTemplate
from resolvers.errors import Translated
from resolvers.imports.checking import RowChecks
from resolvers.imports.existing import EXISTS, SKIPPED, Existing
from resolvers.imports.reading import AS_DETECTED, ReadAs, open_file
from resolvers.imports.rejects import NO_OUTPUTS, Outputs
from resolvers.imports.report import ImportReport
from resolvers.imports.running import Import
from resolvers.imports.templates import writing
from resolvers.imports.templates.columns import TEMPLATE_LIST
from resolvers.imports.templates.rows import TemplateRows
from resolvers.imports.templates.staging import STAGING, STAGING_TABLE
from resolvers.imports.values.formats import Formats
from resolvers.progress import Progress, no_progress
from resolvers.work import Work

ROW = STAGING.c


def run(
    work: Work,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
    formats: Formats | None = None,
    outputs: Outputs = NO_OUTPUTS,
    existing: Existing = Existing.SKIP,
    read_as: ReadAs = AS_DETECTED,
) -> ImportReport:
    """Create and update interaction templates from a file.

    `existing` says what becomes of rows whose code a template has (R-IMP-1); in an update, missing columns and blank
    cells change nothing. A missing interaction group is created, with its code as description. The default language
    gets a translation (R-TPL-2). If there are errors and `outputs` has no file for rejected rows, raises `Refused` with
    the report as its detail, and nothing is imported. A dry run has the same counts and errors.
    """
    file = open_file(path, TEMPLATE_LIST, read_as)
    detected = (formats or Formats()).detect(file, days=(), amounts=("unit_cost", "unit_duration"))
    steps = partial(_import, formats=detected, existing=existing)
    importing = Import(work, file, STAGING_TABLE, progress, outputs, detected, kind=ImportKind.TEMPLATES)
    return importing.run(steps, dry_run=dry_run)


def _import(importing: Import, *, formats: Formats, existing: Existing) -> None:
    work, session, report = importing.work, importing.work.session, importing.report
    importing.stage_rows(TemplateRows(importing.file, report, formats).parse)
    writing.mark_known(session)
    checks = RowChecks(session, report, STAGING, importing.file.columns)
    checks.report_duplicates("code")
    if existing == Existing.NEW:
        checks.report_rows("code", ROW.code, checks.rows().where(ROW.known), *EXISTS)
    elif existing == Existing.SKIP:
        report.add_note(writing.skip_known(checks), *SKIPPED)
    _check(checks)
    importing.reject_rows()
    groups = writing.create_groups(work)
    report.updated = writing.update_templates(work)
    report.created = writing.insert_templates(work)
    writing.insert_translations(session)
    importing.add_created(InteractionGroup, writing.created_groups)
    importing.add_created(InteractionTemplate, writing.created_templates)
    report.unchanged = report.accepted - report.created - report.updated
    if groups and not importing.file.is_own:
        listed = ", ".join(groups)
        report.notes.append(
            Translated(
                f"New interaction groups, with their code as description: {listed}.",
                f"Nouveaux groupes interaction, avec leur code pour désignation\u00a0: {listed}.",
            )
        )
    importing.progress("writing templates", 1, 1)


def _check(checks: RowChecks) -> None:
    new = checks.rows().where(not_(ROW.known), ROW.code.is_not(None), ROW.description.is_(None))
    checks.report_rows(
        "description",
        ROW.code,
        new,
        "{} is a new template and needs a description.",
        "{} est un nouveau modèle et a besoin d’une description.",
    )
    checks.report_unknown_references("campaign_no")
