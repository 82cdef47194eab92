"""One file on its way into the tables: through a staging table, all of it or nothing."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from resolvers.errors import Refused
from resolvers.imports.reading import CsvFile
from resolvers.imports.report import ImportFailed, ImportReport, counted
from resolvers.imports.staging import Staging
from resolvers.work import Work

PORTION = 2_000
Progress = Callable[[str, int, int], None]
"""Told the phase, how much of it is done, and how much there is."""

Staged = Callable[[int, list[str]], dict[str, Any]]
"""From the number and the cells of a row to a row of the staging table."""


def nothing(phase: str, done: int, total: int) -> None:
    """Who does not want to know."""


class Import:
    """The import of one file in one transaction."""

    def __init__(self, work: Work, file: CsvFile, staging: Staging, progress: Progress) -> None:
        self.work, self.file, self.staging, self.progress = work, file, staging, progress
        self.report = ImportReport(unknown_columns=file.unknown)

    def whole(self, steps: Callable[["Import"], None], *, dry_run: bool) -> ImportReport:
        """Do the steps and say what was done. A dry run does everything and takes it back, so it counts and refuses
        alike.
        """
        with self.work.session.begin_nested() as trial:
            self.staging.create(self.work.session)
            steps(self)
            if dry_run:
                trial.rollback()
            else:
                self.staging.drop(self.work.session)
        return self.report

    def read(self, staged: Staged) -> None:
        """Fill the staging table in portions that fit anywhere."""
        records = self.file.rows()
        while portion := [staged(row_no, cells) for row_no, cells in islice(records, PORTION)]:
            self.staging.fill(self.work.session, portion)
            self.report.rows += len(portion)
            self.progress("rows read", self.report.rows, max(self.report.rows, self.file.line_count - 1))
        self.progress("rows read", self.report.rows, self.report.rows)
        self.staging.finish(self.work.session)

    def refuse_if_wrong(self) -> None:
        """What is wrong so far is refused all together, with the report as the refusal's detail."""
        if self.report.error_count:
            raise Refused(
                ImportFailed(file=self.file.path.name, count=counted(self.report.error_count)), detail=self.report
            )
