"""Sums over contacts for a database that groups by hash tables, where the keys of groups are numbers."""

from collections.abc import Mapping, Sequence

from sqlalchemy import FromClause, Integer, Subquery, literal_column, select

from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.statistics.contact_sums import BothSums
from resolvers.statistics.derived import DerivedColumns
from resolvers.statistics.entry_sums import EntrySums
from resolvers.statistics.numbered_keys import NUMBER, NumberedKeys
from resolvers.statistics.second_step import Part


class NumberedSums:
    """The sums of groups and of contacts like those of `BothSums`, from the rows of a first step with numbers as keys.
    Its rows have the names and keys of the rows of `plain`, a first step without numbers.
    """

    def __init__(
        self,
        numbered: EntrySums,
        plain: EntrySums,
        numbers: NumberedKeys,
        of_groups: Mapping[str, SqlExpression],
        *,
        with_attempts: bool,
    ) -> None:
        self._plain, self._numbers, self._of_groups = plain, numbers, of_groups
        self._with_numbers = "attempts" in of_groups
        key = {NUMBER: numbered.c[NUMBER]}
        self.both = BothSums(
            numbered, key, of_groups, with_attempts=with_attempts, numbers=self._with_numbers, is_inside=True
        )

    def parts(self, keys: Sequence[SqlExpression]) -> list[Part]:
        """The SELECTs whose sums are to be added up for each group, with the `keys` of the groups."""
        names = [*self._of_groups]
        sums = DerivedColumns(self._plain.name, lambda _: Integer())
        groups: SqlQuery = select(*keys, *(sums[name].label(name) for name in names))
        found = [Part(groups.select_from(self._with_keys(self.both.group_rows(), names)), names)]
        if self._with_numbers:
            exact: SqlQuery = select(*keys, self._plain.exact_attempt().label("attempts"))
            rows = self._with_keys(self.both.unknown(), ["contact_no", "first_success"])
            found.append(Part(exact.select_from(rows), ["attempts"]))
        return found

    def _with_keys(self, rows: FromClause, names: Sequence[str]) -> Subquery:
        """The rows with these columns, and with the keys that their numbers stand for."""
        columns = DerivedColumns("numbered", lambda _: Integer())
        chosen: SqlQuery = select(*(literal_column(f'"{name}"').label(name) for name in (NUMBER, *names)))
        source, keys = self._numbers.keys(chosen.select_from(rows).subquery("numbered"), columns[NUMBER])
        found: SqlQuery = select(
            *(columns[name].label(name) for name in names), *(key.label(name) for name, key in keys.items())
        )
        return found.select_from(source).subquery(self._plain.name)
