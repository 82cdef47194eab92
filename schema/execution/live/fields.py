"""Declarations of the fields of Subscription."""

from collections.abc import Callable
from types import MappingProxyType
from typing import TypeVar

import strawberry

from resolvers.roles import Access
from schema.access import metadata_of
from schema.execution.live.operations import SOURCE, LiveSource

Resolver = TypeVar("Resolver", bound=Callable[..., object])


def subscription(description: str, *, access: Access, source: type[LiveSource]) -> Callable[[Resolver], Resolver]:
    """Makes a function a field of Subscription. It declares the arguments and the type of the events, and is not
    called: the source makes the events.
    """
    metadata = MappingProxyType({**metadata_of(access), SOURCE: source})
    made: Callable[[Resolver], Resolver] = strawberry.subscription(description=description, metadata=metadata)
    return made
