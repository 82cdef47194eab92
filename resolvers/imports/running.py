"""Imports one file in one transaction: all its rows, or none."""

from collections.abc import Callable
from itertools import islice

from persistence.dialects import dialect_of
from resolvers.errors import Refused
from resolvers.imports.reading import ImportFile
from resolvers.imports.report import ImportFailed, ImportReport, counted
from resolvers.imports.staging import StagedRow, StagingTable
from resolvers.progress import Progress
from resolvers.work import Work

BATCH = 2_000
RowParser = Callable[[int, list[str]], StagedRow]
"""From the number and the cells of a row to a row of the staging table."""


class Import:
    """The import of one file."""

    def __init__(self, work: Work, file: ImportFile, staging: StagingTable, progress: Progress) -> None:
        self.work, self.file, self.staging, self.progress = work, file, staging, progress
        self.report = ImportReport(unknown_columns=file.unknown, ignored_columns=file.ignored, notes=[*file.notes])

    def run(self, steps: Callable[["Import"], None], *, dry_run: bool) -> ImportReport:
        """Run the steps and return the report. A dry run runs the same steps and then rolls them back, so its counts
        and errors are the same.
        """
        with self.work.session.begin_nested() as savepoint:
            self.staging.create(self.work.session)
            steps(self)
            if dry_run:
                savepoint.rollback()
            else:
                self.staging.drop(self.work.session)
        return self.report

    def stage_rows(self, parse: RowParser) -> None:
        """Insert all rows of the file into the staging table, in batches. Then wait for other imports (R-IMP-5)."""
        records = self.file.rows()
        while batch := [parse(row_no, cells) for row_no, cells in islice(records, BATCH)]:
            self.staging.insert(self.work.session, batch)
            self.report.rows += len(batch)
            self.progress("rows read", self.report.rows, max(self.report.rows, self.file.line_count - 1))
        self.file.add_seen(self.report)
        self.progress("rows read", self.report.rows, self.report.rows)
        self.staging.create_indexes(self.work.session)
        dialect_of(self.work.session).lock_imports(self.work.session)

    def refuse_if_errors(self) -> None:
        """Raise `Refused` if the report has errors. The report is the detail of the refusal."""
        if self.report.error_count:
            raise Refused(
                ImportFailed(file=self.file.path.name, count=counted(self.report.error_count)), detail=self.report
            )
