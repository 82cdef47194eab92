"""Checks that need all rows of a file. Each check is one statement over the staging table."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Exists, Select, func, select
from sqlalchemy import Table as SqlTable
from sqlmodel import Session

from persistence.campaigns import Campaign
from persistence.columns import table_of
from persistence.salespeople import Salesperson
from resolvers.errors import Translated
from resolvers.imports.report import ImportReport
from resolvers.imports.row_messages import MessageKind

REFERENCES: dict[str, tuple[ColumnElement[str], Translated]] = {
    "salesperson_code": (
        table_of(Salesperson).c.code,
        Translated(
            "There is no salesperson {}. Import the salespeople first with `carnet import salespeople FILE`, or empty "
            "the cell.",
            "Le représentant {} n’existe pas. Importez d’abord les représentants avec `carnet import salespeople "
            "FICHIER`, ou videz la cellule.",
        ),
    ),
    "campaign_no": (
        table_of(Campaign).c.no,
        Translated(
            "There is no campaign {}. Import the campaigns first with `carnet import campaigns FILE`, or empty the "
            "cell.",
            "La campagne {} n’existe pas. Importez d’abord les campagnes avec `carnet import campaigns FICHIER`, ou "
            "videz la cellule.",
        ),
    ),
}
"""For fields of several kinds of files: the key they refer to, and the message if there is no such row."""


class RowChecks:
    """Checks the rows of a staging table and adds errors to the report."""

    def __init__(self, session: Session, report: ImportReport, staging: SqlTable, captions: Mapping[str, str]) -> None:
        self.session, self._report, self.staging = session, report, staging
        self._captions = {field: caption for caption, field in reversed([*captions.items()])}

    def rows(self) -> Select[tuple[int]]:
        """Selects the numbers of all rows."""
        return select(self.staging.c.row_no)

    def has_error(self, row_no: ColumnElement[int]) -> Exists:
        """Whether a row of an alias of the staging table has an error, given its number."""
        assert self._report.messages is not None, "only while the import runs"
        return self._report.messages.has_error(row_no)

    def exists(self, condition: ColumnElement[bool]) -> Exists:
        """Whether another table, or an alias of the staging table, has a row that meets the condition."""
        return select(1).where(condition).correlate(self.staging).exists()

    def report_rows(
        self,
        field: str,
        value: ColumnElement[object],
        rows: Select[tuple[int]],
        english: str,
        french: str,
        *,
        shared: bool = False,
    ) -> None:
        """Report an error for each of these rows; `{}` in the message is replaced with the value of the row.

        With `shared`, the rows with the same value are listed as one error.
        """
        self._add(MessageKind.ERROR, field, value, rows, Translated(english, french), shared=shared)

    def note_rows(
        self, field: str | None, value: ColumnElement[object], rows: Select[tuple[int]], english: str, french: str
    ) -> None:
        """Add a note about each of these rows, as `report_rows` adds errors."""
        self._add(MessageKind.NOTE, field, value, rows, Translated(english, french), shared=False)

    def caption(self, field: str) -> str | None:
        """The caption of a column from which the field can come, such as that of `business.city` for `city`; None if
        the file has no such column.
        """
        fields = (field, *(name for name in self._captions if name.rpartition(".")[2] == field))
        return next((self._captions[name] for name in fields if name in self._captions), None)

    def report_duplicates(self, field: str) -> None:
        """Report the rows whose number or code is also in an earlier row."""
        row_no, value = self.staging.c.row_no, self.staging.c[field]
        occurrence = func.row_number().over(partition_by=value, order_by=row_no).label("occurrence")
        numbered = select(row_no, value.label("value"), occurrence).where(value.is_not(None)).subquery()
        self.report_rows(
            field,
            numbered.c.value,
            select(numbered.c.row_no).where(numbered.c.occurrence > 1),
            "An earlier row also has the number {}. Keep only one of them.",
            "{} est aussi le numéro d’une ligne précédente. Gardez-en une.",
        )

    def report_unknown(
        self, field: str, key: ColumnElement[str], english: str, french: str, *, only: ColumnElement[bool] | None = None
    ) -> None:
        """Report the rows whose value is not the key of a row; `only` limits the rows that count. Each missing key is
        listed once (R-IMP-14).
        """
        value = self.staging.c[field]
        refers = key == value if only is None else (key == value) & only
        missing = self.rows().where(value.is_not(None), ~self.exists(refers))
        self.report_rows(field, value, missing, english, french, shared=True)

    def report_unknown_references(self, *fields: str) -> None:
        """Report the rows in which these fields, keys of `REFERENCES`, name a record that does not exist."""
        for field in fields:
            key, message = REFERENCES[field]
            self.report_unknown(field, key, *message)

    def _add(
        self,
        kind: MessageKind,
        field: str | None,
        value: ColumnElement[object],
        rows: Select[tuple[int]],
        message: Translated,
        *,
        shared: bool,
    ) -> None:
        assert self._report.messages is not None, "only while the import runs"
        caption = None if field is None else self._captions.get(field)
        self._report.messages.add_selected(kind, caption, value, rows, message, shared=shared)
