"""The Strawberry field behind each declaration of `schema.compiler.fields`."""

from collections.abc import Callable, Sequence
from typing import Any

from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from schema.compiler import default_resolvers
from schema.compiler.declarations import FieldDeclaration


class DeclaredField(StrawberryField):
    """A field that the compiler puts into SQL. Outside compiled statements its value is read by itself."""

    plan: FieldDeclaration | None = None
    declare_arguments: Callable[[], Sequence[StrawberryArgument]] | None = None

    @property
    def is_basic_field(self) -> bool:
        return False

    @property
    def arguments(self) -> list[StrawberryArgument]:
        """Created when the schema is built: only then the modules of all subjects are imported."""
        if self._arguments is None:
            self._arguments = list(self.declare_arguments()) if self.declare_arguments else []
        return self._arguments

    @arguments.setter
    def arguments(self, value: list[StrawberryArgument]) -> None:
        self._arguments = value

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        assert self.plan is not None
        return default_resolvers.resolve(self.plan, source, info)

    def __copy__(self) -> "DeclaredField":
        made = super().__copy__()
        made.plan, made.declare_arguments = self.plan, self.declare_arguments
        return made


def declared_field(
    plan: FieldDeclaration,
    description: str,
    annotation: Any = None,
    arguments: Callable[[], Sequence[StrawberryArgument]] | None = None,
    name: str | None = None,
) -> Any:
    """The attribute of a class that declares a field. `arguments` is called when the schema is built."""
    made = DeclaredField(
        description=description,
        graphql_name=name,
        type_annotation=None if annotation is None else StrawberryAnnotation(annotation),
    )
    made.plan, made.declare_arguments = plan, arguments
    made.init = made.repr = made.compare = False
    return made
