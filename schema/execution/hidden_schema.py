"""Errors that do not describe the schema, for servers that hide it from their clients.

The messages of graphql-core name types, fields and arguments that the client did not send. Which of several names are
wrong also says which exist. Tools guess the schema from both.
"""

import re
from collections.abc import Sequence

from graphql import DocumentNode, GraphQLError

from schema.execution.errors import with_code

HIDDEN = "This server does not describe its schema, because CARNET_INTROSPECTION is false."
INVALID_DOCUMENT = (
    f"The document does not fit the schema. Check it with the schema that `carnet schema` prints. {HIDDEN}"
)
VARIABLE = re.compile(r"Variable '\$(?P<name>\w+)' has invalid value(?: at \.?(?P<path>[^:]+))?:")


def of_document(
    own: Sequence[GraphQLError], of_validation: Sequence[GraphQLError], document: DocumentNode
) -> Sequence[GraphQLError]:
    """What a client is told about an invalid document: Carnet's `own` errors, if there are no others. The location of
    the error is the beginning of the document.
    """
    if any(error in of_validation for error in own):
        return [GraphQLError(INVALID_DOCUMENT, document.definitions[0])]
    return own


def of_variables(errors: Sequence[GraphQLError]) -> Sequence[GraphQLError]:
    """What a client is told about invalid variables: the path and format of values of known fields, if these are all
    that is wrong, else only the variables.
    """
    hints = [getattr(error.original_error, "hint", None) for error in errors]
    found = [VARIABLE.match(error.message) for error in errors]
    messages = [
        f"The variable “${match['name']}” has an invalid value at “{match['path'] or match['name']}”. {hint}"
        if match and all(hints)
        else f"The variable “${match['name']}” has an invalid value. {HIDDEN}"
        if match
        else f"The variables have an invalid value. {HIDDEN}"
        for match, hint in zip(found, hints, strict=True)
    ]
    nodes = {message: error.nodes for message, error in zip(messages, errors, strict=True)}
    return [with_code(GraphQLError(message, nodes[message]), "BAD_USER_INPUT") for message in nodes]
