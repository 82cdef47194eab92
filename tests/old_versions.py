"""Databases of older versions, for tests of migrations."""

import pytest
from alembic import command
from sqlmodel import Session

from persistence import versions
from tests.conftest import is_on_citus

FIRST_VERSION_ON_CITUS = "0027"
"""The first version of the tables whose triggers Citus can execute. No company there has rows of an older one."""


def first_version(url: str) -> str:
    """The oldest version of the tables that a database with rows may have."""
    return FIRST_VERSION_ON_CITUS if is_on_citus(url) else "0001"


def skip_if_older_than_citus(url: str, version: str) -> None:
    """Skip a test of rows that were stored by this version, if the database is on Citus and cannot have such rows."""
    if version < first_version(url):
        pytest.skip(f"No company on Citus has rows of version {version}.")


def upgrade(session: Session, version: str) -> None:
    """Upgrade to a version in one transaction."""
    versions.lock(session)
    command.upgrade(versions.config(session.connection()), version)


def downgrade(session: Session, version: str) -> None:
    """Downgrade to a version in one transaction."""
    versions.lock(session)
    command.downgrade(versions.config(session.connection()), version)
