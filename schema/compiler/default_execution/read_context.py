"""What default execution needs of the context of an operation."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from persistence.sql_types import SqlQuery
from resolvers.visibility import Viewer
from schema.compiler.declarations import Entity
from schema.compiler.values import RequestValues
from schema.execution.graphql_internals import ResolveInfo

StoredRow: TypeAlias = dict[str, Any]
"""All columns of a row by name, and under `__entity__` the name of its GraphQL type."""

Key: TypeAlias = int | str
"""A part of the key of a row."""


class HasLanguage(Protocol):
    """The part of the caller on which messages depend."""

    @property
    def language(self) -> str: ...


class ReadContext(Protocol):
    """The part of the context of an operation that default execution needs."""

    @property
    def caller(self) -> HasLanguage: ...

    @property
    def now(self) -> datetime: ...

    @property
    def viewer(self) -> Viewer: ...

    @property
    def prepared(self) -> Mapping[str, object]: ...

    def values_without_calendar(self) -> RequestValues: ...

    async def request_values(self) -> RequestValues: ...

    async def select(self, make: Callable[[], SqlQuery]) -> list[StoredRow]: ...

    async def read_if_planned(
        self, info: ResolveInfo, entity: Entity, keys: Sequence[Key], columns: Sequence[str] | None = None
    ) -> object | None: ...
