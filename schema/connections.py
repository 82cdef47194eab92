"""Connections: lists that are read page by page, as Relay defines them."""

import asyncio
from typing import Any

import strawberry

from schema.compiler.declarations import module_of
from schema.compiler.default_execution import default_resolvers
from schema.compiler.fields import lazy_type
from schema.execution.context import Info


@strawberry.type(description="Where a page starts and ends, and whether there are more rows.")
class PageInfo:
    has_next_page: bool = strawberry.field(
        description="Whether there are rows after the page. With `first` and `before`, only those before the cursor "
        "count."
    )
    has_previous_page: bool = strawberry.field(
        description="Whether there are rows before the page. With `last` and `after`, only those after the cursor "
        "count."
    )
    start_cursor: str | None = strawberry.field(
        description="The cursor of the first row of the page. Null if the page is empty."
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last row of the page. Null if the page is empty."
    )


async def _node(root: Any, info: Info) -> Any:
    return await default_resolvers.list_item(root["node"], info)


async def _nodes(root: Any, info: Info) -> Any:
    return await asyncio.gather(*(default_resolvers.list_item(row, info) for row in root["nodes"]))


def connection_of(target: str) -> tuple[Any, Any]:
    """The connection and edge types of an entity, as `…Connection` and `…Edge`."""
    module, name = module_of(target)
    node = lazy_type(target)
    edge = type(
        f"{name}Edge",
        (),
        {
            "__module__": module,
            "__annotations__": {"cursor": str, "node": node},
            "cursor": strawberry.field(
                description="The position of the row in the list. Pass it as `after` or `before` to continue from here."
            ),
            "node": strawberry.field(
                _node,
                description="The object. Select `nodes` of the connection instead if you need no cursors.",
                graphql_type=node,
            ),
        },
    )
    edge = strawberry.type(edge, name=f"{name}Edge", description=f"{_with_article(name)} and its position in a list.")
    connection = type(
        f"{name}Connection",
        (),
        {
            "__module__": module,
            "__annotations__": {"edges": list[edge], "nodes": list[node], "page_info": PageInfo, "total_count": int},  # type: ignore[valid-type]  # built at run time
            "edges": strawberry.field(description="The objects of the page with their cursors."),
            "nodes": strawberry.field(_nodes, description="The objects of the page.", graphql_type=list[node]),  # type: ignore[valid-type]  # built at run time
            "page_info": strawberry.field(description="Where the page starts and ends."),
            "total_count": strawberry.field(
                description="Number of rows of all pages together. They are counted only if this field is selected."
            ),
        },
    )
    return strawberry.type(
        connection, name=f"{name}Connection", description=f"A page of a list of {name} objects."
    ), edge


def _with_article(name: str) -> str:
    return f"{'An' if name[0] in 'AEIOU' else 'A'} {name}"
