"""Notices that a file was changed or replaced while it is imported: imports read a file several times."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from resolvers.errors import Refused
from resolvers.imports.files.refusals import ReadableOnce


@dataclass(frozen=True)
class FileState:
    """What changes when a file is written or replaced. `changed_at` is in nanoseconds."""

    device: int
    inode: int
    size: int
    changed_at: int


def file_state(path: Path) -> FileState:
    """The state of a file. Raises OSError if there is none, and `Refused` for a pipe or a device."""
    found = path.stat()
    if S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not S_ISREG(found.st_mode):
        raise Refused(ReadableOnce(file=path.name))
    return FileState(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
