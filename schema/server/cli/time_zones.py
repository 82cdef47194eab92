"""The time zone of a new company, from the option `--time-zone` or else from this machine."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from persistence import versions
from persistence.database import Database
from resolvers.company_calendar import zones
from resolvers.setup import rules as setup
from schema.server.cli import output, running
from schema.server.cli.texts import messages
from schema.server.locales import language


def _validated(name: str | None) -> str | None:
    """Validate the option; ends the command if the time zone does not exist."""
    with running.report_refusals():
        return None if name is None else setup.time_zone_of(name)


TimeZone = Annotated[
    str | None,
    typer.Option(
        "--time-zone",
        metavar="ZONE",
        callback=_validated,
        help=(
            "The time zone of a new company, an IANA name such as America/Toronto. Default: the time zone of this "
            "machine."
        ),
    ),
]
MAX_LINKS = 10
"""How many symbolic links are followed."""


async def make_tables(database: Database, requested: str | None) -> None:
    """Create or upgrade the tables. The time zone of a new company is set in the same transaction.

    Raises `Refused` if the company already has another one.
    """
    if await versions.with_lock(database, lambda session: upgrade(session, requested)):
        print_time_zone(requested)


def upgrade(session: Session, requested: str | None) -> bool:
    """Create or upgrade the tables, and set the time zone of a new company, inside a transaction of
    `versions.with_lock`. Returns whether the company is new.
    """
    is_new = versions.is_empty(session)
    versions.upgrade(session, language=language())
    work = running.work(session)
    if is_new:
        setup.set_first_time_zone(work, requested or _this_machine() or "UTC")
    else:
        setup.refuse_other_time_zone(work, requested)
    return is_new


def print_time_zone(requested: str | None) -> None:
    """Print the time zone of a new company."""
    machine_zone = _this_machine()
    message = (
        messages.ZONE_FROM_OPTION
        if requested
        else messages.ZONE_FROM_MACHINE
        if machine_zone
        else messages.ZONE_UNKNOWN
    )
    output.print_message(message(zone=requested or machine_zone, how=messages.HOW_TO_CHANGE_ZONE()))


async def refuse_other(database: Database, requested: str | None) -> None:
    """Raise `Refused` if an existing company has another time zone."""
    await database.querying(lambda session: setup.refuse_other_time_zone(running.work(session), requested))


def _this_machine() -> str | None:
    return machine_time_zone(os.environ, Path("/"))


def machine_time_zone(environment: Mapping[str, str], root: Path) -> str | None:
    """The time zone of a machine, from `TZ` if set, else /etc/localtime, else /etc/timezone. None if none of them
    names one.
    """
    if "TZ" in environment:
        return _name(environment["TZ"].removeprefix(":")) or ("UTC" if environment["TZ"] == "" else None)
    return _from_link(root / "etc/localtime") or _from_file(root / "etc/timezone")


def _from_link(path: Path) -> str | None:
    """The time zone of the file that a symbolic link points to, possibly through other links."""
    for _ in range(MAX_LINKS):
        if not path.is_symlink():
            return None
        path = path.parent / path.readlink()
        name = _name(str(path))
        if name is not None:
            return name
    return None


def _from_file(path: Path) -> str | None:
    try:
        return _name(path.read_text().strip())
    except (OSError, UnicodeError):  # the file does not exist on many systems
        return None


def _name(text: str) -> str | None:
    """The time zone of a name or of the path of its file."""
    name = text.rpartition("zoneinfo/")[2]
    for folder in ("posix/", "right/"):
        name = name.removeprefix(folder)
    return name if name in zones() else None
