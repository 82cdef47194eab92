"""The interface of all objects that have a global id."""

import strawberry

ID = "Identifies the object among the objects of all types. Clients should not parse it."
VERSION = (
    "Increases with every change. Pass it as expectedVersion to have a change refused if the object has changed in the "
    "meantime."
)


@strawberry.interface(description="An object that can be found again by its `id`, with `node` or `nodes`.")
class Node:
    id: strawberry.ID = strawberry.field(description=ID)
