"""How long operations report their progress."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the phase, the amount done, and the total, 0 if it is not known."""


def no_progress(phase: str, done: int, total: int) -> None:
    """A `Progress` that does nothing."""
