"""A folder in memory, for databases of tests that need not survive a power cut."""

import shutil
from pathlib import Path

REQUIRED_MEMORY = 4 << 30
"""The free bytes of memory that are required to keep the databases of the tests in memory."""


def in_memory() -> str | None:
    """A folder in memory for the databases of the tests, or None if there is not enough memory: then they are in the
    folder of temporary files.
    """
    return "/dev/shm" if Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").free > REQUIRED_MEMORY else None
