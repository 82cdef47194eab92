"""Errors about values of arguments: which argument of which root field is wrong.

`extensions.path` is the path of the value, from the name of the argument: `["filter", "date", "eq"]`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from graphql import (
    ArgumentNode,
    ASTValidationRule,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    StringValueNode,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    VariableNode,
)

from schema.execution.graphql_internals import printed_by_python
from schema.scalars import text_of_value

NUL = "\0"
UNSTORABLE = "Text must not contain the NUL character. Leave it out."

Steps = tuple[str | int, ...]
PATH_IN_VARIABLE = re.compile(r"Variable '\$\w+' has invalid value at ((?:\.\w+|\[\d+\])+):")
NOT_NULL_IN_PYTHON, NOT_NULL = "not to be None.", "not to be null."
STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


class StorableTextsRule(ASTValidationRule):
    """Databases can store the texts in a document. Its errors name the argument."""

    def enter_string_value(
        self, node: StringValueNode, _key: object, parent: object, _path: object, ancestors: Sequence[object]
    ) -> None:
        """Check a text."""
        if NUL not in node.value:
            return
        argument = next((each for each in (parent, *ancestors) if isinstance(each, ArgumentNode)), None)
        in_operation = any(isinstance(each, OperationDefinitionNode) for each in ancestors)
        root = next((each for each in ancestors if isinstance(each, FieldNode) and in_operation), None)
        error = GraphQLError(UNSTORABLE, node, extensions={"code": "BAD_USER_INPUT"})
        self.report_error(error if argument is None else _with_place(error, argument, node, root))


class ArgumentValuesRule(ValuesOfCorrectTypeRule):
    """The rule of the GraphQL specification about values in a document. Its errors name the argument."""

    _argument: ArgumentNode | None = None
    _root: FieldNode | None = None

    def enter_argument(
        self, node: ArgumentNode, _key: object, _parent: object, _path: object, ancestors: Sequence[object]
    ) -> None:
        """Remember the argument, and the root field if it is not inside a fragment."""
        in_operation = any(isinstance(each, OperationDefinitionNode) for each in ancestors)
        self._argument = node
        self._root = next((each for each in ancestors if isinstance(each, FieldNode) and in_operation), None)

    def leave_argument(self, *_: object) -> None:
        """Forget the argument, whose end is reached."""
        self._argument = self._root = None

    def report_error(self, error: GraphQLError) -> None:
        """Report an error about a value."""
        argument, nodes = self._argument, error.nodes or ()
        if argument is None or not nodes:
            super().report_error(error)
            return
        super().report_error(_with_place(error, argument, nodes[0], self._root))


def _with_place(error: GraphQLError, argument: ArgumentNode, value: Node, root: FieldNode | None) -> GraphQLError:
    """An error about a value inside an argument, with its path."""
    steps = (argument.name.value, *next(_paths(argument.value, lambda node: node is value), ()))
    extensions = {**(error.extensions or {}), "path": list(steps)}
    path = None if root is None else [_key(root)]
    return GraphQLError(f"`{text_of_path(steps)}`: {error.message}", error.nodes, path=path, extensions=extensions)


def check_texts(
    path: Steps | None, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> None:
    """Raise an error if the variables have a text at this path that a database cannot store."""
    if path is None:
        return
    name, *inside = path
    definitions = [each for each in operation.variable_definitions or () if each.variable.name.value == name]
    error = with_argument(GraphQLError(UNSTORABLE, definitions), operation, fragments)
    steps: list[str | int] = [*(error.extensions or {}).get("path", [f"${name}"]), *inside]
    error.extensions = {"code": "BAD_USER_INPUT", "path": steps}
    error.message = f"`{text_of_path(tuple(steps))}`: {UNSTORABLE}"
    raise error


def with_argument(
    error: GraphQLError, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> GraphQLError:
    """An error of graphql-core about the value of a variable, with the argument that uses the variable, and with the
    root field if there is only one.
    """
    (definition, *_) = error.nodes or (None,)
    if not isinstance(definition, VariableDefinitionNode):
        return error
    uses = list(_uses(operation, definition.variable.name.value, fragments))
    if uses:
        path = [*uses[0][1], *_path_in_variable(error.message)]
        error.extensions = {**(error.extensions or {}), "path": path}
    keys = {key for key, _ in uses}
    return GraphQLError(
        error.message,
        error.nodes,
        path=[*keys] if len(keys) == 1 else None,
        original_error=error.original_error,
        extensions=error.extensions,
    )


def with_json(error: GraphQLError, variables: Mapping[str, object]) -> GraphQLError:
    """An error of graphql-core about the value of a variable, with the value as JSON and not as Python prints it."""
    (definition, *_) = error.nodes or (None,)
    if not isinstance(definition, VariableDefinitionNode):
        return error
    value: Any = variables.get(definition.variable.name.value)
    with suppress(LookupError, TypeError):  # should a new version of graphql-core name another path
        for step in _path_in_variable(error.message):
            value = value[step]
    message = error.message.replace(NOT_NULL_IN_PYTHON, NOT_NULL)
    if not isinstance(value, str):
        before, found, after = message.rpartition(printed_by_python(value))
        message = f"{before}{text_of_value(value) if found else ''}{after}"
    return GraphQLError(message, error.nodes, original_error=error.original_error, extensions=error.extensions)


def with_location_of_last(errors: Sequence[GraphQLError]) -> list[GraphQLError]:
    """The errors of graphql-core, all with a location. If there are too many, the last one only says so: it gets the
    location and path of the error before it.
    """
    *others, last = errors
    if others and not last.nodes and not last.path:
        before = others[-1]
        extensions = {**(before.extensions or {}), **(last.extensions or {})}
        last = GraphQLError(last.message, before.nodes, path=before.path, extensions=extensions)
    return [*others, last]


def _path_in_variable(message: str) -> list[str | int]:
    """The path inside a variable that a message of graphql-core names."""
    found = PATH_IN_VARIABLE.match(message)
    return [int(index) if index else name for name, index in STEP.findall(found[1] if found else "")]


def _uses(
    operation: OperationDefinitionNode, variable: str, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[tuple[str, Steps]]:
    """The arguments that use a variable: the response key of their root field, and the path of the variable in them."""
    entered: set[tuple[str, str | None]] = set()
    waiting: list[tuple[Any, str | None]] = [(operation, None)]
    while waiting:
        parent, root = waiting.pop()
        for node in parent.selection_set.selections if parent.selection_set else ():
            if isinstance(node, FragmentSpreadNode):
                fragment = fragments.get(node.name.value)
                if fragment is not None and (node.name.value, root) not in entered:
                    entered.add((node.name.value, root))
                    waiting.append((fragment, root))
                continue
            key = root
            if isinstance(node, FieldNode):
                key = root or _key(node)
                for argument in node.arguments or ():
                    for path in _paths(argument.value, lambda node: _is_variable(node, variable)):
                        yield key, (argument.name.value, *path)
            waiting.append((node, key))


def _paths(value: Node, wanted: Callable[[Node], bool]) -> Iterator[Steps]:
    """The paths of the wanted nodes inside the value of an argument."""
    if wanted(value):
        yield ()
    elif isinstance(value, ObjectValueNode):
        for field in value.fields:
            if wanted(field):
                yield (field.name.value,)
            else:
                yield from ((field.name.value, *path) for path in _paths(field.value, wanted))
    elif isinstance(value, ListValueNode):
        for index, item in enumerate(value.values):
            yield from ((index, *path) for path in _paths(item, wanted))


def _is_variable(node: Node, name: str) -> bool:
    return isinstance(node, VariableNode) and node.name.value == name


def _key(field: FieldNode) -> str:
    return field.alias.value if field.alias else field.name.value


def text_of_path(steps: Steps) -> str:
    """The path of a value as messages show it: `filter.or[0].date`."""
    first, *more = steps
    return f"{first}" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in more)
