"""Text comparison inside the databases: `fold` for search and sorting, `visible` for exact comparison without invisible
characters.

SQLite calls the functions of `persistence.texts.texts_v1`; on PostgreSQL a migration created equal ones. A test
compares them.
"""

from sqlalchemy import Unicode

from persistence.dialects.sql_writer import SqlWriter
from persistence.sql.conditions import Condition
from persistence.sql.constructs import Compilation, Construct
from persistence.sql_types import SqlExpression
from persistence.texts.quick_folding import rough_pattern
from persistence.texts.texts_v1 import comparable_email, composed, fold, stored_key, stored_text, visible

__all__ = [
    "Folded",
    "FoldedIsLike",
    "Visible",
    "comparable_email",
    "composed",
    "fold",
    "rough_pattern",
    "stored_key",
    "stored_text",
    "visible",
]


class Folded(Construct[str]):
    """`fold` inside the database, compared byte by byte."""

    type = Unicode()

    def __init__(self, value: SqlExpression) -> None:
        self.value = value

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.folded(compiled(self.value))


class FoldedIsLike(Condition):
    """The folded text matches a LIKE pattern, with `\\` as escape. The other pattern is its `rough_pattern`."""

    def __init__(self, value: SqlExpression, pattern: SqlExpression, rough_pattern: SqlExpression) -> None:
        self.value, self.pattern, self.rough_pattern = value, pattern, rough_pattern

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        value, pattern = compiled(self.value), compiled(self.pattern)
        return writer.is_folded_like(value, pattern, lambda: compiled(self.rough_pattern))


class Visible(Folded):
    """`visible` inside the database, compared byte by byte."""

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.visible(compiled(self.value))
