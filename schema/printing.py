"""The schema as text, in the schema definition language of GraphQL."""

from functools import cache

from schema.execution.graphql_internals import graphql_schema
from schema.root import schema

SPECIFIED_BY = "directive @specifiedBy(url: String!) on SCALAR"
"""Strawberry does not print this definition, and older programs refuse a directive that is not defined."""


@cache
def printed_schema() -> str:
    """The schema with its description and the definitions of all directives that it uses."""
    graph = graphql_schema(schema)
    roots = {"query": graph.query_type, "mutation": graph.mutation_type, "subscription": graph.subscription_type}
    members = "".join(f"  {name}: {type_.name}\n" for name, type_ in roots.items() if type_ is not None)
    return f'"""{graph.description}"""\nschema {{\n{members}}}\n\n{SPECIFIED_BY}\n\n{schema.as_str()}'
