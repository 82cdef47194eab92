"""The GraphQL field behind each declaration of `schema.compiler.fields`."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from resolvers.roles import Access
from schema.access import metadata_of
from schema.compiler.declarations import FieldDeclaration
from schema.compiler.default_execution import default_resolvers
from schema.execution.graphql_internals import CustomField, ResolveInfo, StrawberryArgument

Declaration: TypeAlias = Any
"""The value of a class attribute that declares a field. For mypy it fits every annotation of the attribute."""


class DeclaredField(CustomField):
    """A field that the compiler turns into SQL. In default execution a statement of its own reads its value."""

    plan: FieldDeclaration | None = None

    def value(self, source: Any, info: ResolveInfo) -> Any:
        assert self.plan is not None
        return default_resolvers.resolve(self.plan, source, info)


def declared_field(
    plan: FieldDeclaration,
    description: str,
    annotation: object = None,
    arguments: Callable[[], Sequence[StrawberryArgument]] | None = None,
    *,
    access: Access | None = None,
    name: str | None = None,
) -> Declaration:
    """The attribute of a class that declares a field. `arguments` is called when the schema is built. `name` is the
    GraphQL name, by default that of the attribute.
    """
    made = DeclaredField.declare(description, annotation, name)
    made.metadata = metadata_of(access)
    made.plan, made.declare_arguments = plan, arguments
    return made
