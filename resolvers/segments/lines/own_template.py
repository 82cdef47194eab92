"""The template that a client sets on a line instead of that of the segment (R-LIN-4, R-LIN-5)."""

from sqlalchemy import FromClause

from persistence.columns import table_of
from persistence.templates import InteractionTemplate
from resolvers.errors import Refusal, UserErrorCode
from resolvers.queries import SqlExpression

OWN_TEMPLATE = table_of(InteractionTemplate).alias("own_template")


class LineNeedsContact(Refusal):
    """A line without a contact is to get a template of its own (R-LIN-5, R-TMPL-1)."""

    code = UserErrorCode.CONTACT_REQUIRED
    english = "A line without a contact cannot have a template of its own. Give it a contact first."
    french = "Une ligne sans contact ne peut pas avoir son propre modèle. Attribuez-lui d’abord un contact."


def join_template(code: SqlExpression, joined: FromClause) -> FromClause:
    """Joins `OWN_TEMPLATE` with this code to the tables."""
    return joined.outerjoin(OWN_TEMPLATE, OWN_TEMPLATE.c.code == code)
