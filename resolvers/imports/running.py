"""Imports one file in one transaction: all its rows, or none; or, if it is asked to, all rows without an error."""

from collections.abc import Callable, Sequence
from itertools import islice

from sqlalchemy import delete

from persistence.columns import Table
from persistence.dialects import dialect_of
from persistence.enums import ImportKind
from persistence.imports import Import as ImportEntry
from resolvers.errors import Refused
from resolvers.imports import rejects
from resolvers.imports.created_rows import CreatedKeys, CreatedRows, record
from resolvers.imports.files.csv_files import CsvTable
from resolvers.imports.reading import ImportFile
from resolvers.imports.rejects import Outputs
from resolvers.imports.report import ImportFailed, ImportReport, NotWritable, counted
from resolvers.imports.row_messages import RowMessages
from resolvers.imports.staging import StagedRow, StagingTable
from resolvers.imports.values.escapes import has_value
from resolvers.imports.values.formats import Formats
from resolvers.progress import Progress
from resolvers.work import Work

BATCH = 2_000
MAX_FILE_NAME = 255
"""The last characters of a longer name are stored."""

RowParser = Callable[[int, list[str]], StagedRow]
"""From the number and the cells of a row to a row of the staging table."""


class Import:
    """The import of one file. `formats` are those of its dates and amounts."""

    def __init__(
        self,
        work: Work,
        file: ImportFile,
        staging: StagingTable,
        progress: Progress,
        outputs: Outputs,
        formats: Formats | None = None,
        *,
        kind: ImportKind,
    ) -> None:
        self.work, self.file, self.staging, self.progress = work, file, staging, progress
        self.report = ImportReport(ignored_columns=file.ignored, notes=[*file.notes])
        self._outputs, self._formats, self._kind = outputs, formats or Formats(), kind
        self._created: list[CreatedRows] = []

    def run(self, steps: Callable[["Import"], None], *, dry_run: bool) -> ImportReport:
        """Wait for other imports (R-IMP-5), run the steps and return the report. A dry run runs the same steps and
        then rolls them back, so its counts and errors are the same.
        """
        with self.work.session.begin_nested() as savepoint:
            dialect_of(self.work.session).lock_imports(self.work.session, waits=True)
            self.report.messages = self._messages = RowMessages(self.work.session)
            self.staging.create(self.work.session)
            steps(self)
            self._finish()
            if dry_run:
                savepoint.rollback()
            else:
                self._record()
                self._messages.drop()
                self.staging.drop(self.work.session)
        self.report.messages = None
        return self.report

    def stage_rows(self, parse: RowParser) -> None:
        """Insert all rows of the file into the staging table, in batches. Reports the unknown columns that have a value
        (R-IMP-12).
        """
        unknown = dict(self.file.unknown_columns)
        records = self.file.rows()
        while batch := [*islice(records, BATCH)]:
            self.staging.insert(self.work.session, [parse(row_no, cells) for row_no, cells in batch])
            unknown = self._without_values(unknown, [cells for _, cells in batch])
            self.report.rows += len(batch)
            self.progress("rows read", self.report.rows, max(self.report.rows, self.file.line_count - 1))
        self.report.unknown_columns = [caption for index, caption in self.file.unknown_columns if index not in unknown]
        self.file.add_to_report(self.report)
        self.progress("rows read", self.report.rows, self.report.rows)
        self.staging.create_indexes(self.work.session)
        dialect_of(self.work.session).analyze(self.work.session, self.staging.table.name)

    def reject_rows(self, prepare: Callable[[], None] = lambda: None) -> None:
        """Remove the rows with errors from the staging table (R-IMP-10). `prepare` runs before, if there are some.

        Raises `Refused` with the report as its detail if there are errors and rows are not to be skipped.
        """
        erroneous = self._messages.count_erroneous_rows()
        if not erroneous:
            return
        if self._outputs.rejects is None:
            self._refuse()
        prepare()
        row_no = self.staging.table.c.row_no
        removed = self.work.write(
            delete(self.staging.table).where(row_no.in_(self._messages.erroneous_rows().scalar_subquery()))
        )
        self._messages.discard_notes()
        self.report.unchanged -= erroneous - self.report.rejected - removed  # skipped before, as their records exist
        self.report.rejected = erroneous

    def write_rows(self, write: Callable[[], bool]) -> None:
        """Write the staged rows. `write` returns false if it found further errors: then what it wrote is rolled back,
        and it runs again without the rows that have them (R-IMP-11).
        """
        while True:
            before = self._messages.position()
            notes = len(self.report.notes)
            with self.work.session.begin_nested() as savepoint:
                if write():
                    return
                if self._outputs.rejects is None:
                    self._refuse()
                late = self._messages.added_after(before)
                savepoint.rollback()
            self.report.created = self.report.updated = 0
            self._created.clear()
            del self.report.notes[notes:]
            self._messages.restore(late)
            self.reject_rows()

    def has_errors(self) -> bool:
        """Whether there are errors in rows that were not rejected."""
        return self._messages.count_erroneous_rows() > self.report.rejected

    def add_created(self, model: type[Table], keys: CreatedKeys) -> None:
        """Say which rows of a table the import has created, see `CreatedRows`. `keys` is called when all are written,
        while the staging table is still there.
        """
        self._created.append(CreatedRows(model, keys))

    def _record(self) -> None:
        """Store the import with its counts and what it created, unless every row was rejected (R-IMP-20)."""
        report, work = self.report, self.work
        if not report.accepted:
            return
        done = ImportEntry(
            kind=self._kind.value,
            file_name=self.file.path.name[-MAX_FILE_NAME:],
            created_at=work.now.replace(microsecond=0),
            user_id=work.user.id,
            rows=report.rows,
            created=report.created,
            updated=report.updated,
            unchanged=report.unchanged,
            rejected=report.rejected,
        )
        work.session.add(done)
        work.session.flush()
        assert done.entry_no is not None
        report.entry_no = done.entry_no
        for rows in self._created:
            record(work.session, done.entry_no, rows)

    def _finish(self) -> None:
        """Write the files, and list the messages in the report. Raises `Refused` if a file cannot be written, or if the
        imported one was changed meanwhile.
        """
        french = self.work.language == "FR"
        try:
            if self._outputs.rejects is not None and self.report.rejected:
                rejects.write_rejects(
                    self._outputs.rejects,
                    self.file.captions,
                    self.file.rows(),
                    self._messages.errors(),
                    delimiter=self.file.table.delimiter if isinstance(self.file.table, CsvTable) else ",",
                    formats=self._formats.names(),
                    exactly=self.file.is_own,
                    french=french,
                )
            if self._outputs.messages is not None:
                rejects.write_messages(self._outputs.messages, self._messages.all(), french=french)
        except OSError as error:
            raise Refused(NotWritable(reason=error.strerror or error)) from error
        self.file.check_unchanged()
        self.report.list_messages()

    def _refuse(self) -> None:
        self._finish()
        raise Refused(
            ImportFailed(file=self.file.path.name, count=counted(self.report.error_count)), detail=self.report
        )

    def _without_values(self, columns: dict[int, str], rows: Sequence[list[str]]) -> dict[int, str]:
        """Those of these columns that have no value in any of the rows."""
        return {
            index: caption
            for index, caption in columns.items()
            if not any(index < len(cells) and has_value(cells[index]) for cells in rows)
        }
