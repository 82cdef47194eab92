"""The files that `carnet import` writes: rejected rows, and messages about rows."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from errno import EEXIST
from glob import escape
from itertools import combinations
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer

from resolvers.imports.rejects import Outputs
from schema.server.cli.output import fail, print_message
from schema.server.cli.texts import import_messages

WRONG_USAGE = 2
MAX_NAME = 50
"""How many characters of the name of a file are in that of its unfinished file."""

SkipErrors = Annotated[
    Path | None,
    typer.Option(
        "--skip-errors",
        help="Import the rows without errors, and write the others to this CSV file, to be corrected and imported.",
        metavar="REJECTS.csv",
        dir_okay=False,
    ),
]
Report = Annotated[
    Path | None,
    typer.Option(
        "--report",
        help="Write all errors and notes about rows to this CSV file. Without it the first 100 are shown.",
        metavar="FILE.csv",
        dir_okay=False,
    ),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace the files of --skip-errors and --report if they exist.")
]
IgnoreUnknownColumns = Annotated[
    bool, typer.Option("--ignore-unknown-columns", help="End with status 0 although columns were not read.")
]


@dataclass
class OutputFile:
    """A file that is written under another name beside it, and gets its name once it is complete. `is_kept`: it is not
    deleted at the end.
    """

    path: Path
    overwrite: bool
    is_kept: bool = False
    key: str = field(default_factory=lambda: token_hex(4))
    """Tells the unfinished file from those of other imports: of one that runs now, or that the system ended."""

    @property
    def unfinished(self) -> Path:
        """The file while it is written."""
        return self.path.with_name(f".{self.path.name[:MAX_NAME]}.{self.key}.part")

    def left_by_others(self) -> list[Path]:
        """The unfinished files of other imports that were to get the same name."""
        pattern = f".{escape(self.path.name[:MAX_NAME])}.{'[0-9a-f]' * len(self.key)}.part"
        return sorted(each for each in self.path.parent.glob(pattern) if each != self.unfinished)

    def prepare(self) -> None:
        """End the command if the file exists or cannot be written. Print which unfinished files others have left."""
        for left in self.left_by_others():
            print_message(import_messages.OUTPUT_LEFT(left=left, file=self.path), "yellow")
        if self.path.exists() and not self.overwrite:
            fail(import_messages.OUTPUT_EXISTS(file=self.path), WRONG_USAGE)
        try:
            self.unfinished.open("x").close()
        except OSError as error:
            fail(import_messages.OUTPUT_NOT_WRITABLE(file=self.path, reason=error.strerror), WRONG_USAGE)

    def keep(self) -> Path:
        """Give the file its name. Returns the path where it is: that of the unfinished file if this fails."""
        self.is_kept = True
        try:
            if not self.overwrite and self.path.exists():
                raise FileExistsError(EEXIST, os.strerror(EEXIST))
            self.unfinished.replace(self.path)
        except OSError as error:
            print_message(
                import_messages.OUTPUT_NOT_RENAMED(file=self.path, kept=self.unfinished, reason=error.strerror),
                "bold red",
            )
            return self.unfinished
        return self.path

    def clean_up(self) -> None:
        """Delete the unfinished file, unless it was kept."""
        if not self.is_kept:
            self.unfinished.unlink(missing_ok=True)


@dataclass(frozen=True)
class OutputFiles:
    """The files of one import; None where none is asked for."""

    rejects: OutputFile | None
    report: OutputFile | None

    @classmethod
    @contextmanager
    def prepared(
        cls, file: Path, skip_errors: Path | None, report: Path | None, *, overwrite: bool
    ) -> Iterator["OutputFiles"]:
        """Files to write while `file` is imported. Ends the command if one cannot be written. At the end, files that
        were not kept are deleted.
        """
        paths = [path for path in (file, skip_errors, report) if path]
        if any(_is_same(*pair) for pair in combinations(paths, 2)):
            fail(import_messages.OUTPUTS_EQUAL(), WRONG_USAGE)
        rejects, messages = (OutputFile(path, overwrite) if path else None for path in (skip_errors, report))
        found = cls(rejects, messages)
        try:
            for each in found._all():
                each.prepare()
            yield found
        finally:
            for each in found._all():
                each.clean_up()

    def outputs(self) -> Outputs:
        """The names under which the import writes the files."""
        return Outputs(
            rejects=self.rejects.unfinished if self.rejects else None,
            messages=self.report.unfinished if self.report else None,
        )

    def _all(self) -> list[OutputFile]:
        return [each for each in (self.rejects, self.report) if each]


def _is_same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, also by links and in file systems that ignore case."""
    return one.resolve() == other.resolve() or (one.exists() and other.exists() and one.samefile(other))
