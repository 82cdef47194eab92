"""One check of a database: a query that finds the rows that break an invariant, and what to tell about them."""

from dataclasses import dataclass

from sqlalchemy import Unicode, func, literal_column, select
from sqlalchemy.engine import Dialect

from persistence.sql_types import SqlExpression, SqlQuery, Statement
from resolvers.errors import Translated

SHOWN = 5
"""How many keys of wrong rows a message names."""

SEPARATOR = "|"


@dataclass(frozen=True)
class Check:
    """`wrong` selects the key of each wrong row, no row if all is well. `message` has the placeholders `{count}` and
    `{keys}`.
    """

    wrong: SqlQuery
    message: Translated

    def statement(self, dialect: Dialect) -> Statement:
        """Finds the number of wrong rows and the first keys as one text: see `Fault.parse`."""
        wrong = self.wrong.cte("wrong").prefix_with("MATERIALIZED")  # it is read twice
        first = select(wrong).order_by(*wrong.c).limit(literal_column(str(SHOWN))).subquery("first")
        parts: list[SqlExpression] = [func.coalesce(column.cast(Unicode), literal_column("'-'")) for column in first.c]
        key = parts[0]
        for part in parts[1:]:
            key = key + literal_column("' '") + part
        shown = select(func.aggregate_strings(key, ", ")).scalar_subquery()
        count = select(func.count()).select_from(wrong).scalar_subquery()
        text = count.cast(Unicode) + literal_column(f"'{SEPARATOR}'") + func.coalesce(shown, literal_column("''"))
        return compiled(select(text), dialect)


@dataclass(frozen=True)
class Fault:
    """What is wrong: the message of the check, how many rows are wrong, and the keys of the first of them."""

    message: Translated
    count: int
    keys: str

    @classmethod
    def parse(cls, check: Check, found: str | None) -> "Fault | None":
        """The fault in what the statement of a check found; None if all is well."""
        count, _, keys = (found or "0").partition(SEPARATOR)
        number = int(count)
        return cls(check.message, number, keys + (", …" if number > SHOWN else "")) if number else None

    def __add__(self, other: "Fault") -> "Fault":
        """The same fault in two parts of the database."""
        shown = self.keys if self.count >= SHOWN else f"{self.keys}, {other.keys}"
        return Fault(self.message, self.count + other.count, shown)


def compiled(query: SqlQuery, dialect: Dialect) -> Statement:
    """The statement of a query, with its values as literals."""
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True})), ()
