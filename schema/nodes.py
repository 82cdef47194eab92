"""Objects that can be found again by their id."""

import strawberry

VERSION = (
    "Increases with every change. Pass it as expectedVersion to have a change refused if the object has changed in the "
    "meantime."
)


@strawberry.interface(description="Something with an id that identifies it everywhere in the API.")
class Node:
    id: strawberry.ID = strawberry.field(description="Identifies the object everywhere in the API. Opaque.")
