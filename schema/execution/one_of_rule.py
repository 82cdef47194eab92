"""A validation rule: an input object with `@oneOf` has exactly one field, and its value is not null."""

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    NonNullTypeNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    ValidationRule,
    get_named_type,
)

from schema.execution.graphql_internals import is_one_of


class OneOfRule(ValidationRule):
    """The rule of the GraphQL specification. Strawberry's own fails for variables that no operation declares, and in
    fragments that come before the operation.
    """

    def enter_object_value(self, node: ObjectValueNode, *_: object) -> None:
        """Check the fields of an object."""
        type_ = get_named_type(self.context.get_input_type())
        if not _is_one_of(type_):
            return
        if len(node.fields) != 1:
            self.report_error(GraphQLError(f"An input of type {type_} must have exactly one field.", [node]))
        elif isinstance(node.fields[0].value, NullValueNode):
            self.report_error(GraphQLError(f"The field of an input of type {type_} must not be null.", [node]))

    def leave_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
        """Check the types of the variables that the operation and its fragments use as fields of such objects."""
        declared = {variable.variable.name.value: variable for variable in node.variable_definitions or ()}
        for usage in self.context.get_recursive_variable_usages(node):
            variable = declared.get(usage.node.name.value)
            parent = get_named_type(usage.parent_type)
            if variable is None or isinstance(variable.type, NonNullTypeNode) or not _is_one_of(parent):
                continue
            message = (
                f"The variable ${usage.node.name.value} is the field of an input of type {parent} and must "
                "not be null. Declare its type with `!`."
            )
            self.report_error(GraphQLError(message, [usage.node]))


def _is_one_of(type_: object) -> bool:
    return isinstance(type_, GraphQLInputObjectType) and is_one_of(type_)
