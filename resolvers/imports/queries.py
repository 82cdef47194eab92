"""Imports of files that were made before."""

from collections.abc import Sequence

from sqlmodel import col, select

from persistence.imports import Import
from resolvers.work import Work


def newest(work: Work, count: int) -> Sequence[Import]:
    """The last imports, at most `count`, newest first."""
    return work.session.exec(select(Import).order_by(col(Import.entry_no).desc()).limit(count)).all()
