"""Finds the contacts that the rows of a list of interactions give by e-mail address or by name (R-IMP-7)."""

from sqlalchemy import ColumnElement, Subquery, Unicode, and_, case, func, literal, not_, or_, select, update

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.sql_types import SqlExpression
from resolvers.errors import Translated
from resolvers.imports.checking import RowChecks
from resolvers.imports.interactions.staging import STAGING

ROW = STAGING.c
CONTACT = table_of(Contact).c
EMAIL, NAME, COMPANY = "search_email", "search_name", "search_company_name"
_OF_ROW = {
    EMAIL: ROW.search_contact_email,
    NAME: func.coalesce(ROW.search_contact_name, ROW.search_contact_company),
    COMPANY: ROW.search_contact_company,
}
"""The values of a row by the column of contacts that has them. A row that names only a company means the company."""

_OPEN = and_(ROW.contact_no.is_(None), or_(*(value.is_not(None) for value in _OF_ROW.values())))
_NO_EMAIL = ROW.search_contact_email.is_(None)

MISSING = Translated(
    "There is no contact {}. Import the contacts first with `carnet import contacts FILE`, give the number of the "
    "contact, or add --without-missing-contacts.",
    "Le contact {} n’existe pas. Importez d’abord les contacts avec `carnet import contacts FICHIER`, indiquez le "
    "numéro du contact, ou ajoutez l’option --without-missing-contacts.",
)
SEVERAL = Translated(
    "The row could mean several contacts: {}. Give the number of the contact.",
    "Il peut s’agir de plusieurs contacts\u00a0: {}. Indiquez le numéro du contact.",
)
OTHER_NAME = Translated(
    "The contact was found by the e-mail address and has another name: {}.",
    "Le contact a été trouvé par l’adresse courriel et a un autre nom\u00a0: {}.",
)


def find_contacts(checks: RowChecks, *, without_missing: bool) -> int:
    """Set the contacts of rows that give an e-mail address or names instead of a number.

    It is the only contact with the address; of several, the only one who also has the name; for a row without an
    address, the only one with the name, or of several the only one with the company. Other rows are errors. With
    `without_missing`, a row without any such contact is none; returns how many these are.
    """
    if checks.session.scalar(select(ROW.row_no).where(_OPEN).limit(1)) is None:
        return 0
    by_email, by_name = _counted(EMAIL), _counted(NAME)
    _set(checks, _counted(EMAIL, NAME))
    _note_other_names(checks, by_email)
    _set(checks, by_email)
    _set(checks, _counted(NAME, COMPANY), _NO_EMAIL)
    _set(checks, by_name, _NO_EMAIL)
    missing = []
    for field, found, rows in (("contact_email", by_email, not_(_NO_EMAIL)), ("contact_name", by_name, _NO_EMAIL)):
        several = checks.rows().join(found, _matches(found)).where(_OPEN, rows, found.c.total > 1)
        checks.report_rows(field, _numbers(found), several, *SEVERAL)
        known = select(1).where(_matches(found)).correlate(STAGING).exists()
        missing.append((field, checks.rows().where(_OPEN, rows, ~known)))
    if without_missing:
        counts = (checks.session.scalar(select(func.count()).select_from(rows.subquery())) for _, rows in missing)
        return sum(count or 0 for count in counts)
    shown = func.coalesce(ROW.contact_email, ROW.contact_name, ROW.contact_company_name)
    for field, nobody in missing:
        checks.report_rows(field, shown, nobody, *MISSING)
    return 0


def _set(checks: RowChecks, found: Subquery, *rows: ColumnElement[bool]) -> None:
    only_one = (_OPEN, *rows, _matches(found), found.c.total == 1)
    checks.session.execute(update(STAGING).where(*only_one).values(contact_no=found.c.first))


def _note_other_names(checks: RowChecks, by_email: Subquery) -> None:
    """Add a note for each row whose only contact with the address has another name than the row gives."""
    contacts = table_of(Contact)
    named = checks.rows().join(by_email, _matches(by_email)).join(contacts, CONTACT.no == by_email.c.first)
    rows = named.where(_OPEN, by_email.c.total == 1, CONTACT.search_name != ROW.search_contact_name)
    name = CONTACT.no + literal(" (", Unicode) + CONTACT.name + literal(")", Unicode)
    checks.note_rows("contact_name", name, rows, *OTHER_NAME)


def _counted(*columns: str) -> Subquery:
    """For the values of the rows in these columns: the number of contacts, the first and the last number."""
    keys = [CONTACT[name] for name in columns]
    given = [key.in_(select(_OF_ROW[key.name]).where(_OPEN, _OF_ROW[key.name].is_not(None))) for key in keys]
    numbers = (func.count().label("total"), func.min(CONTACT.no).label("first"), func.max(CONTACT.no).label("last"))
    return select(*keys, *numbers).where(*given).group_by(*keys).subquery("by_" + "_".join(columns))


def _matches(found: Subquery) -> ColumnElement[bool]:
    return and_(*(found.c[name] == value for name, value in _OF_ROW.items() if name in found.c))


def _numbers(found: Subquery) -> SqlExpression:
    between = case((found.c.total > 2, literal(", …, ", Unicode)), else_=literal(", ", Unicode))
    return found.c.first + between + found.c.last
