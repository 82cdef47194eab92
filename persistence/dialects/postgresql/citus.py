"""Citus: which sessions of rules use it.

A company is on one worker. Citus sends what a WITH or a subquery of the coordinator finds to all workers, so that such
a statement fails while any of them is down. Statements on the tables of one company, and INSERT … VALUES with a number
of a sequence, concern the worker of the company only. So on Citus, changes have more statements, each of one kind.
"""

from sqlalchemy.orm import Session

IS_CITUS = "SELECT current_setting('citus.enable_schema_based_sharding', true) IS NOT NULL"

ON_CITUS = "carnet_on_citus"
"""A key of `Session.info`. The value is true if the session uses a coordinator of Citus."""


def is_on_citus(session: Session) -> bool:
    """Whether changes of this session go through a coordinator of Citus."""
    return bool(session.info.get(ON_CITUS))
