"""How often tests with random input or many clients repeat: a few times in `make test`, many times in `make soak`,
which sets CARNET_SOAK.
"""

import os
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings

Test = TypeVar("Test", bound=Callable[..., Any])

SOAKING = bool(os.environ.get("CARNET_SOAK"))


def repetitions(few: int, many: int) -> int:
    """The number of repetitions: `few` in `make test`, `many` in `make soak`."""
    return many if SOAKING else few


def examples(few: int, many: int) -> Callable[[Test], Test]:
    """Decorates a hypothesis test with its number of examples: `few` in `make test`, `many` in `make soak`."""
    decorate: Callable[[Test], Test] = settings(
        max_examples=repetitions(few, many),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    return decorate
