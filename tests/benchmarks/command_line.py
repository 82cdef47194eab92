"""The command lines of benchmarks that compare figures with goals. They exit with 1 if a goal is missed."""

import argparse
import asyncio
from collections.abc import Coroutine
from typing import Protocol


class OfOne(Protocol):
    """Measures one database, and returns whether it reaches the goals."""

    def __call__(self, url: str, /, *, rounds: int) -> Coroutine[None, None, bool]: ...


class OfTwo(Protocol):
    """Compares a small with a large database, and returns whether they reach the goals."""

    def __call__(self, small: str, large: str, /, *, rounds: int, only: str) -> Coroutine[None, None, bool]: ...


def compare_one(compare: OfOne, description: str | None, *, rounds: int) -> None:
    """Run a benchmark of one database, by default with so many rounds."""
    parser = _parser(description, rounds)
    parser.add_argument("url")
    options = parser.parse_args()
    _exit(compare(options.url, rounds=options.rounds))


def compare_sizes(compare: OfTwo, description: str | None, names: str) -> None:
    """Run a benchmark of a small and a large database. `names` says what `--only` selects by name."""
    parser = _parser(description, 3)
    parser.add_argument("small")
    parser.add_argument("large")
    parser.add_argument("--only", default="", help=f"only {names} whose names contain this")
    options = parser.parse_args()
    _exit(compare(options.small, options.large, rounds=options.rounds, only=options.only))


def _parser(description: str | None, rounds: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=rounds)
    return parser


def _exit(comparing: Coroutine[None, None, bool]) -> None:
    raise SystemExit(0 if asyncio.run(comparing) else 1)
