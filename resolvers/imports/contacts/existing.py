"""What becomes of rows whose contact is stored: notes about them, and those that are skipped (R-IMP-1, R-IMP-4)."""

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, update
from sqlmodel import Session

from persistence.enums import ContactType
from resolvers.contacts.fields import FOLDED, PHONES
from resolvers.errors import Translated
from resolvers.imports.checking import RowChecks
from resolvers.imports.contacts.matching import KIND
from resolvers.imports.contacts.staging import CONTACT_COLUMNS, CONTACTS, STAGING
from resolvers.imports.existing import DIFFERS, EXISTS, Existing, has_other_value, note_differences, remove_rows

ROW, CONTACT = STAGING.c, CONTACTS.c
SOURCES = [name for name in CONTACT_COLUMNS if name not in ("no", "type") and not name.startswith("search_")]
"""The columns of a contact that a file can give."""

SEPARATORS = " -.()/\u00a0"

OTHER_NAME = Translated(
    "The number belongs to a contact with another name: {}. The row was skipped. If it is another contact, empty its "
    "number; to change the stored contact, add --existing update.",
    "Le numéro est celui d’un contact qui a un autre nom\u00a0: {}. La ligne a été ignorée. S’il s’agit d’un autre "
    "contact, videz son numéro; pour modifier le contact, ajoutez --existing update.",
)
SEVERAL = Translated(
    "Several contacts are like this row, for example {}, so none was updated. Give the number of the contact in the "
    "row.",
    "Plusieurs contacts ressemblent à cette ligne, par exemple {}; aucun n’a donc été modifié. Indiquez le numéro du "
    "contact dans la ligne.",
)
SAME_EMAIL = Translated(
    "A new contact, although this one has the same e-mail address: {}. If both are the same, merge them.",
    "Nouveau contact, bien qu’un autre ait la même adresse de courriel\u00a0: {}. S’il s’agit du même, fusionnez-les.",
)
SAME_NAME = Translated(
    "A new contact, although this one has the same name: {}. If both are the same, merge them.",
    "Nouveau contact, bien qu’un autre ait le même nom\u00a0: {}. S’il s’agit du même, fusionnez-les.",
)
SAME_ROW = Translated(
    "The row has the same values as row {}. Each became a contact. If both are the same, merge them.",
    "La ligne a les mêmes valeurs que la ligne {}. Chacune est devenue un contact. S’il s’agit du même, fusionnez-les.",
)


def report_used_numbers(checks: RowChecks) -> None:
    """Report the rows whose number a contact has, because each row shall create one."""
    checks.report_rows("no", ROW.no, checks.rows().where(ROW.known), *EXISTS)


def note_similar(checks: RowChecks) -> None:
    """Add a note for each row that creates a contact which has the e-mail address, or else only the name, of a stored
    one, or all values of an earlier row.
    """
    new = (ROW.known.is_(False), ROW.name.is_not(None))
    emails = select(ROW.search_email).where(*new, ROW.search_email.is_not(None))
    emails_stored = select(CONTACT.search_email, func.min(CONTACT.no).label("no"))
    by_email = emails_stored.where(CONTACT.search_email.in_(emails)).group_by(CONTACT.search_email).subquery("by_email")
    same_email = checks.rows().join(by_email, by_email.c.search_email == ROW.search_email).where(*new)
    checks.note_rows("email", by_email.c.no, same_email, *SAME_EMAIL)

    names = select(ROW.search_name).where(*new, or_(ROW.name_is_stored, ROW.no.is_not(None)))
    names_stored = select(CONTACT.search_name, CONTACT.type, func.min(CONTACT.no).label("no"))
    names_stored = names_stored.where(CONTACT.search_name.in_(names)).group_by(CONTACT.search_name, CONTACT.type)
    by_name = names_stored.subquery("by_name")
    same_name = checks.rows().join(by_name, and_(by_name.c.search_name == ROW.search_name, by_name.c.type == KIND))
    has_email = select(by_email.c.no).where(by_email.c.search_email == ROW.search_email).correlate(STAGING).exists()
    checks.note_rows("name", by_name.c.no, same_name.where(*new, not_(has_email)), *SAME_NAME)

    given = [KIND, *(ROW[name] for name in SOURCES)]
    first = func.min(ROW.row_no).over(partition_by=given).label("first")
    equal = select(ROW.row_no, first).where(*new, ROW.no.is_(None)).subquery("equal")
    checks.note_rows(None, equal.c.first, select(equal.c.row_no).where(equal.c.row_no > equal.c.first), *SAME_ROW)


def skip(checks: RowChecks, existing: Existing) -> int:
    """Remove the rows that change no contact, with a note for those that have other values. Returns their number."""
    if existing == Existing.SKIP:
        skipped = and_(ROW.known, ~checks.has_error(ROW.row_no))
        other_name = has_other_value(ROW.search_name, CONTACT.search_name)
        for message, which in ((DIFFERS, not_(other_name)), (OTHER_NAME, other_name)):
            of_row = (CONTACT.no == ROW.no, skipped, which)
            note_differences(checks, CONTACT.no, _differences(checks), CONTACTS, *of_row, message=message)
    else:
        skipped = and_(ROW.known, ROW.several, ~checks.has_error(ROW.row_no))
        checks.note_rows(None, ROW.no, checks.rows().where(skipped), *SEVERAL)
    _set_companies_of_skipped_rows(checks.session, skipped)
    return remove_rows(checks, skipped)


def _differences(checks: RowChecks) -> dict[str, ColumnElement[bool]]:
    """Whether a row has another value than its contact, by column. Case, accents and the punctuation of telephone
    numbers make no difference where searches ignore them.
    """
    folded = {source: column for column, (source, *_) in FOLDED.items()}
    of_name = next((field for field in ("name", "last_name", "first_name") if checks.caption(field)), "name")
    differs = {}
    for name in SOURCES:
        compared = folded.get(name, name)
        values = (ROW[compared], CONTACT[compared])
        differs[of_name if name == "name" else name] = has_other_value(
            *map(_without_separators, values) if name in PHONES.values() else values
        )
    return differs


def _without_separators(number: ColumnElement[str]) -> ColumnElement[str]:
    for separator in SEPARATORS:
        number = func.replace(number, separator, "")
    return number


def _set_companies_of_skipped_rows(session: Session, skipped: ColumnElement[bool]) -> None:
    """Give people who name the company of a skipped row its number: it may be stored under another name."""
    company = (
        select(ROW.search_name, func.min(ROW.no).label("no"))
        .where(skipped, ROW.type == ContactType.COMPANY)
        .group_by(ROW.search_name)
        .subquery("company")
    )
    person = (ROW.type == ContactType.PERSON, ROW.company_no.is_(None))
    session.execute(
        update(STAGING).where(*person, ROW.search_company_name == company.c.search_name).values(company_no=company.c.no)
    )
