"""What only shows when all rows are there. Each check is one statement over the staging table."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy import Table as SqlTable
from sqlmodel import Session

from resolvers.imports.report import SHOWN, ImportReport, RowError


class Findings:
    """Adds to the report what is wrong, row by row."""

    def __init__(self, session: Session, report: ImportReport, staging: SqlTable, captions: Mapping[str, str]) -> None:
        self.session, self._report, self._staging = session, report, staging
        self._captions = {field: caption for caption, field in reversed([*captions.items()])}

    def rows(self) -> Select[Any]:
        """The numbers of all rows, to be narrowed."""
        return select(self._staging.c.row_no)

    def there(self, condition: ColumnElement[bool]) -> Any:
        """Whether another table, or the staging table under another name, has a row that meets the condition."""
        return select(1).where(condition).correlate(self._staging).exists()

    def find(self, field: str, fact: ColumnElement[Any], rows: Select[Any], english: str, french: str) -> None:
        """Report these rows, with the fact put into the sentence. All are counted, the first are listed."""
        row_no = rows.selected_columns[0]
        listed = rows.add_columns(fact.label("fact"), func.count().over().label("total")).order_by(row_no).limit(SHOWN)
        found = self.session.execute(listed).all()
        caption = self._captions.get(field)
        errors = [RowError(row_no, caption, english.format(fact), french.format(fact)) for row_no, fact, _ in found]
        self._report.count(found[0].total if found else 0, errors)

    def repeated(self, field: str) -> None:
        """A number or code may stand in one row only."""
        row_no, value = self._staging.c.row_no, self._staging.c[field]
        time = func.row_number().over(partition_by=value, order_by=row_no).label("time")
        again = select(row_no, value.label("value"), time).where(value.is_not(None)).subquery()
        self.find(
            field,
            again.c.value,
            select(again.c.row_no).where(again.c.time > 1),
            "{} is the number of an earlier row too. Keep one of them.",
            "{} est aussi le numéro d’une ligne précédente. Gardez-en une.",
        )

    def lost(
        self, field: str, key: ColumnElement[Any], english: str, french: str, *, only: ColumnElement[bool] | None = None
    ) -> None:
        """Values that name nothing that is there; `only` narrows what may be named."""
        value = self._staging.c[field]
        named = key == value if only is None else (key == value) & only
        self.find(field, value, self.rows().where(value.is_not(None), ~self.there(named)), english, french)
