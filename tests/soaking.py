"""How long tests of chance and of many clients run: a moment in the suite, long where CARNET_SOAK is set."""

import os
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings

Test = TypeVar("Test", bound=Callable[..., Any])

SOAKING = bool(os.environ.get("CARNET_SOAK"))


def rounds(few: int, many: int) -> int:
    """How often something is tried."""
    return many if SOAKING else few


def chance(few: int, many: int) -> Callable[[Test], Test]:
    """Decorates a hypothesis test: how many examples; those on a database share it and take their time."""
    decorate: Callable[[Test], Test] = settings(
        max_examples=rounds(few, many),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    return decorate
