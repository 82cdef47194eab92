"""Which rows a user may see. Every read selects from `visible`, and every rule of salespeople looks rows up with
`is_visible`.

A user with the role SALESPERSON and no other role sees interactions of the log, postponed interactions and their
comments only if they are their own: if the interaction, or its contact, has their salesperson. The salesperson of the
contact's company does not count (K30). Of calendar feeds they see those of their salesperson. All other rows are
visible to everybody.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

from sqlalchemy import FromClause, Unicode, and_, exists, literal, or_, select, true, union_all

from persistence.calendar_feeds import CalendarFeed
from persistence.change_feed.items import ItemKeys
from persistence.columns import Table, table_of
from persistence.contacts import Contact
from persistence.enums import Role
from persistence.interactions import InteractionComment, InteractionLogEntry, PostponedInteraction
from persistence.sql.conditions import IsInRows
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import Columns, SqlCondition
from resolvers.roles import reads_own_only


class Viewer(NamedTuple):
    """The properties of a caller that decide which rows they see. Part of the key of every plan, and a tuple because
    plans are looked up for each request: tuples are compared without calling Python functions.

    The salesperson is not part of it: plans for salespeople have a parameter for the code.
    """

    own_only: bool = False


EVERYBODY = Viewer()
"""Sees all rows."""

OWNER = Viewer(own_only=True)
"""Sees only their own interactions."""


@cache
def viewer_of(roles: frozenset[Role]) -> Viewer:
    """The viewer with these roles. Cached, because every request needs it."""
    return OWNER if reads_own_only(roles) else EVERYBODY


def visible(table: type[Table], viewer: Viewer, salesperson_code: Callable[[], SqlExpression]) -> FromClause:
    """The rows of a table that the viewer may see. `salesperson_code` makes the code of the viewer's salesperson, if it
    is needed.
    """
    rows = table_of(table)
    if not viewer.own_only or table not in WAYS_TO_OWN:
        return rows
    return select(rows).where(is_own(table, rows.c, salesperson_code())).subquery()


def is_visible(table: type[Table], row: Columns, viewer: Viewer, salesperson_code: str | None) -> SqlCondition:
    """Whether the viewer may see a row of a table, for rules: they know the code of the viewer's salesperson."""
    if not viewer.own_only or table not in WAYS_TO_OWN:
        return true()
    return is_own(table, row, literal(salesperson_code, Unicode()))


def is_own(table: type[Table], row: Columns, salesperson_code: SqlExpression) -> SqlCondition:
    """Whether a row is a salesperson's own: if one of the `WAYS_TO_OWN` applies."""
    return or_(*(way(row, salesperson_code) for way in WAYS_TO_OWN[table]))


def owned(table: type[Table], keys: ItemKeys) -> SqlQuery:
    """The salespeople of the interactions with these keys: `code` and `key`, for each interaction up to two rows."""
    rows = table_of(table)
    source, condition = keys.of(rows.c.entry_no)
    if table is PostponedInteraction:
        contacts = table_of(Contact)
        source = source.outerjoin(contacts, contacts.c.no == rows.c.contact_no)
        of_contact = contacts.c.salesperson_code
    else:
        of_contact = rows.c.contact_salesperson_code
    each = (
        select(code.label("code"), rows.c.entry_no.label("key")).select_from(source).where(condition, code.is_not(None))
        for code in (rows.c.salesperson_code, of_contact)
    )
    both = union_all(*each).subquery("both")
    return select(both.c.code, both.c.key)


def _has_salesperson(row: Columns, salesperson_code: SqlExpression) -> SqlCondition:
    return row.salesperson_code == salesperson_code


def _has_contact_of_salesperson(entry: Columns, salesperson_code: SqlExpression) -> SqlCondition:
    """For interactions of the log, which repeat the salesperson of their contact. Those with the same salesperson
    themselves are left to `_has_salesperson`; they are not in the index.
    """
    differs = entry.contact_salesperson_code.is_distinct_from(entry.salesperson_code)
    return and_(entry.contact_salesperson_code == salesperson_code, differs)


def _has_own_contact(postponed: Columns, salesperson_code: SqlExpression) -> SqlCondition:
    """For postponed interactions."""
    contacts = table_of(Contact).alias("own_contact")
    own = select(contacts.c.no).where(contacts.c.salesperson_code == salesperson_code)
    return IsInRows(postponed.contact_no, own.scalar_subquery())


def _has_own_interaction(comment: Columns, salesperson_code: SqlExpression) -> SqlCondition:
    """For comments on finished or postponed interactions."""
    found = []
    for table in (InteractionLogEntry, PostponedInteraction):
        rows = table_of(table).alias(f"own_{table.__tablename__}")
        found.append(exists().where(rows.c.entry_no == comment.entry_no, is_own(table, rows.c, salesperson_code)))
    return or_(*found)


WayToOwn: TypeAlias = Callable[[Columns, SqlExpression], SqlCondition]
"""A condition on a row, given the code of a salesperson, under which the row is their own."""

WAYS_TO_OWN: Mapping[type[Table], Sequence[WayToOwn]] = {
    InteractionLogEntry: (_has_salesperson, _has_contact_of_salesperson),
    PostponedInteraction: (_has_salesperson, _has_own_contact),
    InteractionComment: (_has_own_interaction,),
    CalendarFeed: (_has_salesperson,),
}
"""The tables of which salespeople see only their own rows, and when a row is their own. Each condition can be searched
in an index of its own, so that a list need not read the rows of others.
"""
