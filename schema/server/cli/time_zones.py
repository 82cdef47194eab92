"""The time zone of a new company: the one that `--time-zone` names, else that of this machine."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from persistence import versions
from persistence.database import Database
from resolvers import setup
from resolvers.moments import zones
from schema.server.cli import running, sentences, speaking
from schema.server.language import language


def _known(name: str | None) -> str | None:
    """Ends the command before it does anything where there is no such zone."""
    with running.refusals_told():
        return None if name is None else setup.time_zone_of(name)


TimeZone = Annotated[str | None, typer.Option(
    "--time-zone", metavar="ZONE", callback=_known,
    help="The time zone of a new company, an IANA name such as America/Toronto. Unless said, that of this machine.",
)]
MOST_LINKS = 10


async def make_tables(database: Database, asked: str | None) -> None:
    """Create the tables, or bring old ones up to date. A new company gets its time zone in the same transaction.

    Raises `Refused` where the company is not new and has another one.
    """
    if await versions.alone(database, lambda session: begin(session, asked)):
        say(asked)


def begin(session: Session, asked: str | None) -> bool:
    """The same inside a transaction that `versions.alone` began; whether the company is new."""
    is_new = versions.is_empty(session)
    versions.upgrade(session, language=language())
    work = running.work(session)
    if is_new:
        setup.begin(work, asked or _here() or "UTC")
    else:
        setup.keep_time_zone(work, asked)
    return is_new


def say(asked: str | None) -> None:
    """Tell which time zone a new company has."""
    here = _here()
    sentence = sentences.ZONE_ASKED if asked else sentences.ZONE_OF_MACHINE if here else sentences.ZONE_UNKNOWN
    speaking.say(sentence(zone=asked or here, how=sentences.CHANGE_ZONE()))


async def keep(database: Database, asked: str | None) -> None:
    """Raise `Refused` where a company that is not new has another time zone."""
    await database.asking(lambda session: setup.keep_time_zone(running.work(session), asked))


def _here() -> str | None:
    return of_machine(os.environ, Path("/"))


def of_machine(environment: Mapping[str, str], root: Path) -> str | None:
    """The zone of a machine: of `TZ` if that is set, else of /etc/localtime, else of /etc/timezone. None where they name none."""
    if "TZ" in environment:
        return _name(environment["TZ"].removeprefix(":")) or ("UTC" if environment["TZ"] == "" else None)
    return _of_link(root / "etc/localtime") or _of_text(root / "etc/timezone")


def _of_link(path: Path) -> str | None:
    """The zone whose file a link leads to, over other links maybe."""
    for _ in range(MOST_LINKS):
        if not path.is_symlink():
            return None
        path = path.parent / path.readlink()
        name = _name(str(path))
        if name is not None:
            return name
    return None


def _of_text(path: Path) -> str | None:
    try:
        return _name(path.read_text().strip())
    except (OSError, UnicodeError):  # many systems have no such file
        return None


def _name(text: str) -> str | None:
    """The zone that a name, or the path of its file, means."""
    name = text.rpartition("zoneinfo/")[2]
    for folder in ("posix/", "right/"):
        name = name.removeprefix(folder)
    return name if name in zones() else None

