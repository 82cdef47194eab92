"""Which rows a user may see. Every read selects from `visible`, and every rule of salespeople looks rows up with
`is_visible`.

A user with the role SALESPERSON and no other role sees interactions of the log, postponed interactions and their
comments only if they are their own: if the interaction, or its contact, has their salesperson. The salesperson of the
contact's company does not count (K30). All other rows are visible to everybody.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import FromClause, Unicode, exists, literal, or_, select, true

from persistence.columns import Table, table_of
from persistence.conditions import HasRow, IsInRows
from persistence.contacts import Contact
from persistence.enums import Role
from persistence.interactions import InteractionComment, InteractionLogEntry, PostponedInteraction
from persistence.sql_types import SqlExpression
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
    if not viewer.own_only or table not in OWN:
        return rows
    return select(rows).where(OWN[table](rows.c, salesperson_code())).subquery()


def is_visible(table: type[Table], row: Columns, viewer: Viewer, salesperson_code: str | None) -> SqlCondition:
    """Whether the viewer may see a row of a table, for rules: they know the code of the viewer's salesperson."""
    if not viewer.own_only or table not in OWN:
        return true()
    return OWN[table](row, literal(salesperson_code, Unicode()))


def is_own_interaction(interaction: Columns, salesperson_code: SqlExpression) -> SqlCondition:
    """Whether a finished or postponed interaction, or its contact, has this salesperson. It is checked row by row: for
    rows that other conditions select.
    """
    own_contact = HasRow(
        table_of(Contact),
        "ix_contact_salesperson_code_no",
        salesperson_code=salesperson_code,
        no=interaction.contact_no,
    )
    return or_(is_of_salesperson(interaction, salesperson_code), own_contact)


def is_of_salesperson(interaction: Columns, salesperson_code: SqlExpression) -> SqlCondition:
    """Whether an interaction has this salesperson."""
    return interaction.salesperson_code == salesperson_code


def has_own_contact(interaction: Columns, salesperson_code: SqlExpression) -> SqlCondition:
    """Whether the contact of an interaction has this salesperson. The contacts are found first: for conditions that
    select the rows.
    """
    contacts = table_of(Contact).alias("own_contact")
    own = select(contacts.c.no).where(contacts.c.salesperson_code == salesperson_code)
    return IsInRows(interaction.contact_no, own.scalar_subquery())


def _is_own_comment(comment: Columns, salesperson_code: SqlExpression) -> SqlCondition:
    """Whether the finished or postponed interaction of a comment is their own."""
    return or_(
        *(
            exists().where(rows.c.entry_no == comment.entry_no, is_own_interaction(rows.c, salesperson_code))
            for rows in (
                table_of(InteractionLogEntry).alias("own_entry"),
                table_of(PostponedInteraction).alias("own_postponed"),
            )
        )
    )


OWN: Mapping[type[Table], Callable[[Columns, SqlExpression], SqlCondition]] = {
    InteractionLogEntry: is_own_interaction,
    PostponedInteraction: is_own_interaction,
    InteractionComment: _is_own_comment,
}
"""The tables of which salespeople see only their own rows, with the condition on these."""

WAYS_TO_OWN: Mapping[type[Table], Sequence[Callable[[Columns, SqlExpression], SqlCondition]]] = {
    InteractionLogEntry: (is_of_salesperson, has_own_contact),
    PostponedInteraction: (is_of_salesperson, has_own_contact),
}
"""The same conditions, for lists of all rows of a table: a row is their own if one of these holds. Each is searched in
an index of its own, so that no list reads the rows of others.
"""
