"""The option `--company` of all commands that use a database."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Annotated, ParamSpec, TypeVar

import typer

from schema.server.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

WITHOUT_COMPANY = ("serve", "settings", "schema")
"""Commands that are not about the database of one company."""

Company = Annotated[
    str | None,
    typer.Option(
        "--company", metavar="NAME", help="The company whose database to use. Default: that of CARNET_DATABASE_URL."
    ),
]

_chosen: ContextVar[str | None] = ContextVar("company", default=None)
_option: ContextVar[str | None] = ContextVar("option", default=None)


def chosen_company() -> str | None:
    """The company whose database the command uses; None for that of CARNET_DATABASE_URL."""
    return _chosen.get()


@contextmanager
def company(name: str | None) -> Iterator[None]:
    """Use the database of a company while the block runs."""
    before = _chosen.set(name)
    try:
        yield
    finally:
        _chosen.reset(before)


@contextmanager
def url_from(option: str | None) -> Iterator[None]:
    """Messages say that the URL of the database comes from this option while the block runs, if there is one."""
    before = _option.set(option)
    try:
        yield
    finally:
        _option.reset(before)


def source_of_url() -> str:
    """What gives the URL of the database, in messages: an option, the file of a company, or CARNET_DATABASE_URL."""
    name = _chosen.get()
    if name is not None:
        return str(Settings().companies.absolute() / f"{name}.url")
    return _option.get() or "CARNET_DATABASE_URL"


def add_option(commands: typer.Typer) -> None:
    """Give the option to the commands of this application or group."""
    for each in commands.registered_commands:
        if each.callback is not None and (each.name or each.callback.__name__) not in WITHOUT_COMPANY:
            each.callback = _with_option(each.callback)


def _with_option(command: Callable[P, T]) -> Callable[P, T]:
    """The command with one more option, which it does not take itself."""
    signature = inspect.signature(command)
    option = inspect.Parameter("company", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Company)

    @wraps(command)
    def with_company(*arguments: P.args, **named: P.kwargs) -> T:
        name = named.pop("company", None)
        with company(name if isinstance(name, str) else None):
            return command(*arguments, **named)

    with_company.__signature__ = signature.replace(  # type: ignore[attr-defined]  # typer reads the options from it
        parameters=[*signature.parameters.values(), option]
    )
    with_company.__annotations__ = {**command.__annotations__, "company": Company}
    return with_company
