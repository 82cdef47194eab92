"""How long tests of chance and of many clients run: a moment in the suite, long where CARNET_SOAK is set."""

import os
from typing import Any

from hypothesis import HealthCheck, settings

SOAKING = bool(os.environ.get("CARNET_SOAK"))


def rounds(few: int, many: int) -> int:
    """How often something is tried."""
    return many if SOAKING else few


def chance(few: int, many: int) -> Any:
    """Decorates a hypothesis test: how many examples; those on a database share it and take their time."""
    return settings(
        max_examples=rounds(few, many),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
