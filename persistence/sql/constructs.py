"""SQL constructs that each dialect writes in its own way.

A construct compiles its operands and passes their SQL to the `SqlWriter` of the dialect.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, FromClause, Integer, SelectBase, Subquery, Unicode, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.functions import FunctionElement

from persistence.dialects import dialect_of
from persistence.dialects.sql_writer import SqlWriter
from persistence.sql_types import SqlExpression, SqlQuery
from persistence.sqlalchemy_internals import already_written, select_around

T = TypeVar("T")
Class = TypeVar("Class", bound=type)


class Compilation:
    """The compilation of the statement that a construct stands in. Call it to compile an operand of the construct."""

    def __init__(self, compiler: SQLCompiler, options: dict[str, Any]) -> None:
        self._compiler, self._options = compiler, options

    def __call__(self, operand: ClauseElement) -> str:
        return self._compiler.process(operand, **self._options)

    def once(self, construct: ClauseElement, write: Callable[[], str]) -> str:
        """The SQL of a construct that occurs several times in a statement: `write` makes it once, for all of them."""
        written = already_written(self._compiler)
        if construct not in written:
            written[construct] = write()
        return written[construct]

    def subquery_over_same_rows(self, value: SqlExpression) -> str:
        """A subquery that selects this value from the rows that the enclosing SELECT reads, under the same name.

        Columns of a row around both must be literal, as those of `Row` are: a column of a table would bring its table
        along.
        """
        return self(self.same_rows(value).scalar_subquery())

    def same_rows(self, *columns: SqlExpression) -> SqlQuery:
        """A SELECT of these columns of the same rows."""
        return select_around(self._compiler).with_only_columns(*columns).correlate(None)


class WrittenByDialect(Protocol):
    """A construct whose SQL each dialect writes in its own way."""

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        """The SQL in a dialect."""
        ...


def compiled_by_dialect(construct: Class) -> Class:
    """Class decorator: SQLAlchemy compiles the construct, and its subclasses, with their `sql` method."""
    compiles(construct)(_compile)
    return construct


def _compile(element: WrittenByDialect, compiler: SQLCompiler, **options: Any) -> str:
    return element.sql(dialect_of(compiler.dialect).sql, Compilation(compiler, options))


@compiled_by_dialect
class Construct(ColumnElement[T]):
    """A value that each dialect writes in its own way. Statements that contain one are not cached by SQLAlchemy,
    because it does not know the operands.
    """

    inherit_cache = False

    def __init_subclass__(cls, **arguments: object) -> None:
        cls.inherit_cache = False
        super().__init_subclass__(**arguments)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        """The SQL in a dialect."""
        raise NotImplementedError


@compiled_by_dialect
class CachedConstruct(FunctionElement[T]):
    """A construct whose operands are SQL expressions only: SQLAlchemy knows them, and caches the compiled statement."""

    inherit_cache = True

    def __init_subclass__(cls, **arguments: object) -> None:
        cls.inherit_cache = True
        super().__init_subclass__(**arguments)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        """The SQL in a dialect."""
        raise NotImplementedError


class OverSameRows(Construct[T]):
    """A value that a subquery computes from columns of the rows that the enclosing SELECT without groups reads: see
    `Compilation.subquery_over_same_rows`.
    """

    def __init__(self, columns: Sequence[SqlExpression], compute: Callable[[FromClause], ColumnElement[T]]) -> None:
        self.columns, self.compute = columns, compute

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return compiled(self.compute(compiled.same_rows(*self.columns).subquery()))


class NumberOfRows(CachedConstruct[int]):
    """The number of all rows of a table: see `SqlWriter.number_of_rows`."""

    type = Integer()

    def __init__(self, key: ColumnElement[T]) -> None:
        super().__init__(key)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.number_of_rows(*map(compiled, self.clauses))


class WithoutIndex(CachedConstruct[T]):
    """A value to group many rows by, or a condition where another one has a better index: see
    `SqlWriter.without_index`.
    """

    def __init__(self, value: ColumnElement[T]) -> None:
        super().__init__(value)
        self.type = value.type

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        return writer.without_index(*map(compiled, self.clauses))


@compiled_by_dialect
class EitherRows(FromClause):
    """The rows of one of two SELECTs that have the same rows: `by_sorting` if the database always sorts rows to group
    them, otherwise `by_hashing`. SQLAlchemy does not cache statements that contain it.
    """

    inherit_cache = False
    named_with_column = False

    def __init__(self, by_sorting: Subquery, by_hashing: Subquery) -> None:
        self.by_sorting, self.by_hashing = by_sorting, by_hashing

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        """The SQL of the SELECT for this database."""
        return compiled(self.by_sorting if writer.groups_by_sorting else self.by_hashing)


def either(by_sorting: SelectBase, by_hashing: SelectBase) -> SqlQuery:
    """A SELECT of the rows of one of two SELECTs: see `EitherRows`."""
    columns = [
        literal_column(f'rows."{each.name}"', each.type).label(each.name) for each in by_sorting.selected_columns
    ]
    return select(*columns).select_from(EitherRows(by_sorting.subquery("rows"), by_hashing.subquery("rows")))


class IfSorting(CachedConstruct[T]):
    """A value if the database always sorts rows to group them, otherwise null."""

    def __init__(self, value: ColumnElement[T]) -> None:
        super().__init__(value)
        self.type = value.type

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        (value,) = self.clauses
        return compiled(value) if writer.groups_by_sorting else "NULL"


class JoinedTexts(CachedConstruct[str]):
    """One text for several values and the hour of a time, to group rows by: see `SqlWriter.joined_texts`."""

    type = Unicode()

    def __init__(self, *values: SqlExpression, hour_of: SqlExpression) -> None:
        super().__init__(hour_of, *values)

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        time, *values = map(compiled, self.clauses)
        return writer.joined_texts(values, time)


class WithBits(CachedConstruct[T]):
    """`with_bits` if the database has `bit_or`, otherwise `without`."""

    def __init__(self, with_bits: ColumnElement[T], without: ColumnElement[T]) -> None:
        super().__init__(with_bits, without)
        self.type = with_bits.type

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        with_bits, without = self.clauses
        return compiled(with_bits if writer.has_bit_or else without)
