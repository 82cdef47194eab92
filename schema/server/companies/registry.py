"""The list of companies: a folder with a file `NAME.url` for each, which has the URL of its database."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""Names are part of paths, and of the names of files, schemas and roles."""

SUFFIX = ".url"
OWNER_ONLY = 0o600
"""The mode of the files: the URLs have passwords."""


def is_name(text: str) -> bool:
    """Whether a company can have this name."""
    return NAME.fullmatch(text) is not None


class CompanyRegistered(Exception):
    """There is a company with this name already."""


class Registry:
    """The companies of a folder. Other processes may add and remove some at any time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """The names of all companies, sorted. Raises OSError if there is a folder that cannot be read."""
        return sorted(self._names()) if self.folder.is_dir() else []

    def _names(self) -> Iterator[str]:
        for entry in os.scandir(self.folder):
            name, dot, suffix = entry.name.rpartition(".")
            if dot + suffix == SUFFIX and is_name(name):
                yield name

    def url_of(self, name: str) -> str | None:
        """The URL of a company's database; None if there is no such company. Raises OSError."""
        if not is_name(name):
            return None
        try:
            return self._file(name).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            return ""

    def add(self, name: str, url: str) -> None:
        """Add a company. Creates the folder if it is missing. Raises CompanyRegistered and OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.folder / f".{name}{SUFFIX}.{os.getpid()}"
        try:
            with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, OWNER_ONLY), "w") as file:
                file.write(f"{url}\n")
            os.link(unfinished, self._file(name))  # fails if the file exists, and never shows a part of it
        except FileExistsError:
            raise CompanyRegistered from None
        finally:
            with suppress(OSError):
                unfinished.unlink()

    def remove(self, name: str) -> None:
        """Remove a company from the list. Its database stays as it is. Raises OSError."""
        self._file(name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"
