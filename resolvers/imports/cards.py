"""Imports cards that have a key and need nothing beside their own row: salespeople and campaigns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Boolean, Column, func, literal, not_, select, update
from sqlalchemy import Table as SqlTable

from persistence.columns import Table, table_of
from persistence.enums import ImportKind
from resolvers.changes import rules as changes
from resolvers.errors import Translated
from resolvers.imports.checking import RowChecks
from resolvers.imports.existing import EXISTS, SKIPPED, Existing, has_other_value, note_differences, remove_rows
from resolvers.imports.own_files import exact_parsers
from resolvers.imports.reading import AS_DETECTED, FileKind, ImportFile, ReadAs, open_file
from resolvers.imports.rejects import NO_OUTPUTS, Outputs
from resolvers.imports.report import ImportReport
from resolvers.imports.rows import RowReader, Values
from resolvers.imports.running import Import
from resolvers.imports.staging import StagingTable
from resolvers.imports.values.cells import CellParser, InvalidCell, cell_parser, max_lengths
from resolvers.imports.values.formats import Formats
from resolvers.imports.writing import insert_rows, with_defaults
from resolvers.progress import Progress, no_progress
from resolvers.work import Work


@dataclass(frozen=True)
class CardFile:
    """A kind of file that lists cards. `fields` are columns of the table; new cards need the `key` and `name`."""

    model: type[Table]
    import_kind: ImportKind
    kind: FileKind
    fields: tuple[str, ...]
    key: str
    name: str
    parsers: Callable[[Formats], Mapping[str, CellParser]]
    texts: tuple[str, ...]
    """The fields that a file of Carnet has exactly as they are stored."""
    key_missing: Translated
    name_missing: Translated
    """The message for a new card without a name; `{}` is its key."""
    check: Callable[[RowChecks, SqlTable], None]
    """The checks that only these cards need."""
    phase: str
    """The step that progress reports when the cards are written, see `schema.server.cli.texts.messages.PHASES`."""
    dates: tuple[str, ...] = ()
    folded: Callable[[Values], Values] = lambda given: {}
    """The further columns of a row, such as the folded name."""
    folded_fields: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The columns of the table that a row sets."""
        return [*self.fields, *self.folded_fields]

    def staging(self) -> StagingTable:
        """The staging table. `known`: a card with this key exists, so the row updates it."""
        types = table_of(self.model).c
        columns = (Column(name, types[name].type) for name in self.columns)
        name = f"{self.model.__tablename__}_import"
        return StagingTable(name, Column("known", Boolean, nullable=False), *columns, indexed=(self.key,))


def run(
    work: Work,
    path: Path,
    *,
    cards: CardFile,
    dry_run: bool = False,
    progress: Progress = no_progress,
    formats: Formats | None = None,
    outputs: Outputs = NO_OUTPUTS,
    existing: Existing = Existing.SKIP,
    read_as: ReadAs = AS_DETECTED,
) -> ImportReport:
    """Create and update cards from a file. `existing` says what becomes of rows whose key a card has (R-IMP-1); in an
    update, missing columns and blank cells change nothing.

    If there are errors and `outputs` has no file for rejected rows, raises `Refused` with the report as its detail, and
    nothing is imported. A dry run has the same counts and errors.
    """
    file = open_file(path, cards.kind, read_as)
    detected = (formats or Formats()).in_time_zone(work.time_zone).detect(file, days=cards.dates, amounts=())
    staging = cards.staging()
    return Import(work, file, staging, progress, outputs, detected, kind=cards.import_kind).run(
        lambda importing: _import(importing, cards, staging.table, detected, existing), dry_run=dry_run
    )


def _import(importing: Import, cards: CardFile, staging: SqlTable, formats: Formats, existing: Existing) -> None:
    work, report = importing.work, importing.report
    importing.stage_rows(_CardRows(importing.file, report, cards, formats).parse)
    row, card = staging.c, table_of(cards.model).c
    row_key, card_key = row[cards.key], card[cards.key]
    locked = select(card_key).where(card_key.in_(select(row_key))).order_by(card_key).with_for_update()
    work.session.execute(select(func.count()).select_from(locked.subquery()))
    work.session.execute(update(staging).where(card_key == row_key).values(known=True))
    checks = RowChecks(work.session, report, staging, importing.file.columns)
    checks.report_duplicates(cards.key)
    if existing == Existing.NEW:
        checks.report_rows(cards.key, row_key, checks.rows().where(row.known), *EXISTS)
    elif existing == Existing.SKIP:
        differs = {name: has_other_value(row[name], card[name]) for name in cards.fields if name != cards.key}
        note_differences(checks, card_key, differs, table_of(cards.model), card_key == row_key)
        report.add_note(remove_rows(checks, row.known), *SKIPPED)
    unnamed = checks.rows().where(not_(row.known), row_key.is_not(None), row[cards.name].is_(None))
    checks.report_rows(cards.name, row_key, unnamed, *cards.name_missing)
    cards.check(checks, staging)
    importing.reject_rows()
    new = {name: func.coalesce(row[name], card[name]) for name in cards.columns if name != cards.key}
    report.updated = changes.update_rows(work, cards.model, new, card_key == row_key, row.known)
    values = with_defaults(row, cards.columns, {"blocked": False}) | {"version": literal(1)}
    table = table_of(cards.model)
    report.created = insert_rows(work.session, table, values, not_(row.known), order_by=(row.row_no,))
    changes.record_created(work, cards.model, card_key == row_key, not_(row.known))
    importing.add_created(cards.model, lambda: select(card.id).where(card_key == row_key, not_(row.known)))
    report.unchanged = report.accepted - report.created - report.updated
    importing.progress(cards.phase, 1, 1)


class _CardRows:
    """Parses rows one by one and reports errors."""

    def __init__(self, file: ImportFile, report: ImportReport, cards: CardFile, formats: Formats) -> None:
        parsers = cards.parsers(formats)
        if file.is_own:
            parsers = exact_parsers(parsers, *cards.texts)
        self._reader = RowReader(file, report, cell_parser(parsers, max_lengths(cards.model)))
        self._cards = cards

    def parse(self, row_no: int, cells: list[str]) -> Values:
        """The row of the staging table; null where the cell is blank or the column is missing."""
        key, given = self._cards.key, self._reader.read(row_no, cells)
        if not self._reader.has_text(cells, key):
            self._reader.add_error(row_no, self._reader.caption(key), InvalidCell(*self._cards.key_missing))
        self._reader.fill_invalid(given, self._cards.name, cells)
        blank: Values = dict.fromkeys(self._cards.columns)
        return blank | given | self._cards.folded(given) | {"row_no": row_no, "known": False}
