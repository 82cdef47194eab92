"""Calling the resolvers of mutations without the wrappers of Strawberry, with arguments that are coerced once for each
document.

graphql-core and Strawberry look at every field of the input types for each request, which takes as long as the rule of
a small mutation.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

from graphql import FieldNode, GraphQLError, GraphQLField, get_argument_values
from graphql.execution.values import VariableValues

from schema.compiler.values import GraphQLValues
from schema.execution.graphql_internals import (
    ResolveInfo,
    StrawberryField,
    declaration_of,
    get_object_definition,
    strawberry_info,
    to_camel_case,
)
from schema.execution.request_size import are_large
from schema.inputs import filled_input


@dataclass(frozen=True)
class DirectCall:
    """A call of a resolver. `inputs` has the Python name and the input class of each argument, `arguments` their
    values with placeholders for values of variables; both by GraphQL name.
    """

    declared: StrawberryField
    resolver: Callable[..., Awaitable[object]]
    inputs: Mapping[str, tuple[str, type]]
    arguments: Mapping[str, Mapping[str, object]]

    def __call__(self, info: ResolveInfo, variables: GraphQLValues) -> Awaitable[object]:
        """The payload of a request with these variables."""
        given: dict[str, object] = {}
        for name, value in self.arguments.items():
            python_name, type_ = self.inputs[name]
            given[python_name] = filled_input(type_, value, variables)
        return self.resolver(info=strawberry_info(info, self.declared), **given)


def direct_call(field: GraphQLField, node: FieldNode, variables: VariableValues) -> DirectCall | None:
    """The call of the resolver of a root field. The variables have placeholders.

    None if Strawberry has to call it: because it is not an asynchronous function with `info` whose other arguments
    are inputs, or because its arguments are invalid or too large to be kept.
    """
    declared = declaration_of(field)
    resolver = None if declared is None else declared.base_resolver
    if declared is None or resolver is None or not resolver.is_async or resolver.info_parameter is None:
        return None
    inputs: dict[str, tuple[str, type]] = {}
    for argument in declared.arguments:
        if not isinstance(argument.type, type) or get_object_definition(argument.type) is None:
            return None
        inputs[argument.graphql_name or to_camel_case(argument.python_name)] = (argument.python_name, argument.type)
    try:
        arguments = get_argument_values(field, node, variables)
    except GraphQLError:
        return None
    function = cast(Callable[..., Awaitable[object]], resolver.wrapped_func)
    if resolver.self_parameter is not None:
        function = partial(function, None)
    return None if are_large(arguments) else DirectCall(declared, function, inputs, arguments)
