"""Finds the contacts that the rows of a list of interactions give by e-mail address or by name (R-IMP-7)."""

from sqlalchemy import ColumnElement, Subquery, Unicode, and_, case, func, literal, or_, select, update

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.sql_types import SqlExpression
from resolvers.errors import Translated
from resolvers.imports.checking import RowChecks
from resolvers.imports.interactions.staging import STAGING

ROW = STAGING.c
CONTACT = table_of(Contact).c
EMAIL, NAME = "search_email", "search_name"
_OF_ROW = {EMAIL: ROW.search_contact_email, NAME: ROW.search_contact_name}
_OPEN = ROW.contact_no.is_(None)

MISSING = Translated(
    "There is no contact {}. Import contacts first, give the number of the contact, or add --without-missing-contacts.",
    "Le contact {} n’existe pas. Importez d’abord les contacts, indiquez le numéro du contact, ou ajoutez l’option "
    "--without-missing-contacts.",
)
SEVERAL = Translated(
    "It could be one of several contacts: {}. Give the number of the contact.",
    "Il peut s’agir de plusieurs contacts\u00a0: {}. Indiquez le numéro du contact.",
)
OTHER_NAME = Translated(
    "The contact was found by the e-mail address and has another name: {}.",
    "Le contact a été trouvé par l’adresse de courriel et a un autre nom\u00a0: {}.",
)


def find_contacts(checks: RowChecks, *, without_missing: bool) -> int:
    """Set the contacts of rows that give an e-mail address or a name instead of a number.

    It is the only contact with the address; of several, the only one who also has the name; for a row without an
    address, the only one with the name. Other rows are errors. With `without_missing`, a row without any such contact
    is none; returns how many these are.
    """
    given = and_(_OPEN, or_(*(value.is_not(None) for value in _OF_ROW.values())))
    if checks.session.scalar(select(ROW.row_no).where(given).limit(1)) is None:
        return 0
    by_both, by_email, by_name = _counted(EMAIL, NAME), _counted(EMAIL), _counted(NAME)
    _set(checks, by_both, _OPEN)
    _note_other_names(checks, by_email)
    _set(checks, by_email, _OPEN)
    _set(checks, by_name, and_(_OPEN, _OF_ROW[EMAIL].is_(None)))
    for found, rows in ((by_email, given), (by_name, and_(given, _OF_ROW[EMAIL].is_(None)))):
        several = checks.rows().join(found, _matches(found)).where(rows, found.c.total > 1)
        checks.report_rows("contact_email" if found is by_email else "contact_name", _numbers(found), several, *SEVERAL)
    known = [select(1).where(_matches(found)).correlate(STAGING).exists() for found in (by_email, by_name)]
    missing = checks.rows().where(given, case((_OF_ROW[EMAIL].is_not(None), ~known[0]), else_=~known[1]))
    if without_missing:
        return checks.session.scalar(select(func.count()).select_from(missing.subquery())) or 0
    shown = func.coalesce(ROW.contact_email, ROW.contact_name)
    checks.report_rows("contact_email", shown, missing.where(ROW.contact_email.is_not(None)), *MISSING)
    checks.report_rows("contact_name", shown, missing.where(ROW.contact_email.is_(None)), *MISSING)
    return 0


def _set(checks: RowChecks, found: Subquery, rows: ColumnElement[bool]) -> None:
    only_one = (rows, _matches(found), found.c.total == 1)
    checks.session.execute(update(STAGING).where(*only_one).values(contact_no=found.c.first))


def _note_other_names(checks: RowChecks, by_email: Subquery) -> None:
    """Add a note for each row whose only contact with the address has another name than the row gives."""
    contacts = table_of(Contact)
    named = checks.rows().join(by_email, _matches(by_email)).join(contacts, CONTACT.no == by_email.c.first)
    rows = named.where(_OPEN, by_email.c.total == 1, CONTACT.search_name != _OF_ROW[NAME])
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
