"""Adds up sums over contacts for each group, and for each contact in all groups, in one pass: the second step.

The first step has a row for each contact and group, which may be nearly as many as there are entries. PostgreSQL would
write them to a file to read them several times: for the groups, for the totals, and for attempts that are to be
numbered. `BothSums` reads them once, by GROUPING SETS.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Subquery, false, func, literal_column, select, table, tuple_

from persistence.sql.constructs import EitherRows
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import SqlCondition
from resolvers.statistics import attempts
from resolvers.statistics.derived import ANY_COLUMN, DerivedColumns
from resolvers.statistics.entry_sums import EntrySums
from resolvers.statistics.queries import ONE, ZERO

CONTACTS = "contact_sums"
"""The subquery with one row for each contact."""

IS_GROUP = "is_group"
"""The column that is 1 in the rows of groups, and 0 in those of contacts."""

CONTACT_NO: SqlExpression = literal_column("contact_no")


class BothSums:
    """Rows of groups with their keys and the sums `of_groups`, and rows of contacts with their sums of `ATTEMPTS` if
    `with_attempts`. With `numbers`, entries whose number of attempts is unknown can be read with `unknown`. The first
    step is a subquery inside this one if `is_inside`, otherwise beside it.
    """

    name = "both_sums"

    def __init__(
        self,
        first: EntrySums,
        keys: Mapping[str, SqlExpression],
        of_groups: Mapping[str, SqlExpression],
        *,
        with_attempts: bool,
        numbers: bool,
        is_inside: bool = False,
    ) -> None:
        self._first, self._keys, self._of_groups, self._is_inside = first, keys, of_groups, is_inside
        self._of_contacts = of_contacts(first.c) if with_attempts else {}
        self._unknown = [*keys, "first_success"] if numbers else []

    def select(self) -> SqlQuery:
        """The rows of groups and of contacts. A database without GROUPING SETS has none."""
        none: SqlQuery = select(*ANY_COLUMN).where(false())
        return select(literal_column("*")).select_from(EitherRows(none.subquery("rows"), self._in_one_pass()))

    def groups(self, keys: Sequence[SqlExpression]) -> SqlQuery:
        """The rows of groups, with `keys` that are computed from those of the first step."""
        found: SqlQuery = select(*keys, *_named([*self._of_groups]))
        rows = table(self.name).alias(self._first.name)
        return found.select_from(rows).where(literal_column(IS_GROUP) == ONE)

    def group_rows(self) -> Subquery:
        """The rows of groups, with their keys as `groups` are given them."""
        found: SqlQuery = select(*_named([*self._keys, *self._of_groups])).select_from(table(self.name))
        return found.where(literal_column(IS_GROUP) == ONE).subquery("groups")

    def contacts(self) -> SqlQuery:
        """The rows of contacts."""
        found: SqlQuery = select(*_named(["contact_no", *self._of_contacts])).select_from(table(self.name))
        return found.where(literal_column(IS_GROUP) == ZERO, CONTACT_NO.is_not(None))

    def unknown(self) -> Subquery:
        """The contacts, keys and first successes of rows of the first step whose number of attempts is unknown. The
        rows have the name of the first step.
        """
        kept = (func.unnest(literal_column(_list_of(name))).label(name) for name in self._unknown)
        listed: SqlQuery = select(CONTACT_NO, *kept).select_from(table(self.name))
        listed = listed.where(literal_column(IS_GROUP) == ZERO, CONTACT_NO.is_not(None))
        return listed.subquery(self._first.name)

    def _is_unknown(self) -> SqlCondition:
        return attempts.is_unknown(self._first.c.__getitem__)

    def _in_one_pass(self) -> Subquery:
        contact_no = self._first.c["contact_no"]
        lists = (
            func.array_agg(self._first.c[name]).filter(self._is_unknown()).label(_list_of(name))
            for name in self._unknown
        )
        sets = func.grouping_sets(tuple_(contact_no), tuple_(*self._keys.values()))
        found: SqlQuery = select(
            func.grouping(contact_no).label(IS_GROUP),
            contact_no.label("contact_no"),
            *(value.label(name) for name, value in {**self._keys, **self._of_groups, **self._of_contacts}.items()),
            *lists,
        )
        source = self._first.select().subquery(self._first.name) if self._is_inside else table(self._first.name)
        return found.select_from(source).group_by(sets).subquery("rows")


def _named(names: Sequence[str]) -> list[SqlExpression]:
    return [literal_column(f'"{name}"').label(name) for name in names]


def _list_of(name: str) -> str:
    return f"unknown_{name}"


def of_contacts(sums: DerivedColumns) -> dict[str, SqlExpression]:
    """The sums of a contact in all groups, from those in each."""
    together: Mapping[str, Callable[[SqlExpression], SqlExpression]] = attempts.TOGETHER
    return {name: add(sums[name]) for name, add in together.items()}
