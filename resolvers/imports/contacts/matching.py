"""Finds the stored contacts that the rows of a file are, for rows without a number (R-IMP-2, R-IMP-3, decision 0038).

Each step is one statement over the rows and contacts that have no partner yet. If several rows and several contacts
agree, the first row gets the first contact, the second row the second one, and so on: rows of one file never become one
contact, and no step compares every row with every contact of the same name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, not_, or_, select, true, update
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import Session

from persistence.enums import ContactType
from persistence.sql_types import SqlExpression, SqlQuery
from persistence.texts.phones_v1 import COUNTRY_KNOWN, COUNTRY_UNKNOWN
from resolvers.contacts.fields import PHONES, phone_columns
from resolvers.imports.checking import RowChecks
from resolvers.imports.contacts.staging import CONTACTS, STAGING
from resolvers.imports.existing import has_other_value
from resolvers.imports.pairing import Pairing, keyed, pairing
from resolvers.imports.running import BATCH

ROW, CONTACT = STAGING.c, CONTACTS.c
KIND: ColumnElement[str] = func.coalesce(ROW.type, ROW.type_if_new)
"""The type that a row states, or else the type of a new contact."""

IDENTIFYING_COLUMNS = (
    "search_email",
    "phone_no",
    "mobile_phone_no",
    "job_title",
    "address",
    "post_code",
    "search_city",
)
"""The columns that say who a contact is, beside its name and its company."""


@dataclass(frozen=True)
class Side:
    """The rows without a number whose name is stored, or the contacts with these names that no row is yet."""

    id: SqlExpression
    c: ReadOnlyColumnCollection[str, SqlExpression]
    kind: ColumnElement[str]
    where: tuple[ColumnElement[bool], ...]

    @property
    def is_row(self) -> bool:
        """Whether these are rows of the file."""
        return self is ROWS

    def keys(self, *values: SqlExpression, where: ColumnElement[bool] | None = None) -> SqlQuery:
        """Selects the number of each row or contact, its name, and these values, which must be equal, too."""
        return keyed(self.id, (self.c.search_name, *values)).where(*self.where, true() if where is None else where)


_UNMATCHED = (ROW.no.is_(None), ROW.name_is_stored)
_TAKEN = STAGING.alias("taken")
_FREE = ~select(1).where(_TAKEN.c.no == CONTACT.no).correlate(CONTACTS).exists()
_NAMES = select(ROW.search_name).where(*_UNMATCHED)
ROWS = Side(ROW.row_no, ROW, KIND, _UNMATCHED)
STORED = Side(CONTACT.no, CONTACT, CONTACT.type, (CONTACT.search_name.in_(_NAMES), _FREE))
Keys = Callable[[Side], Sequence[SqlQuery]]
"""What must be equal. If it returns several queries, it is enough if one has equal values."""


def match(checks: RowChecks) -> None:
    """Give each row without a number and without errors that is certainly a stored contact the number of that contact.

    `several` marks the rows that agree with more contacts than there are such rows.
    """
    session = checks.session
    _name_companies(session)
    stored_name = select(1).where(CONTACT.search_name == ROW.search_name).correlate(STAGING).exists()
    session.execute(update(STAGING).where(stored_name, ~checks.has_error(ROW.row_no)).values(name_is_stored=True))
    if session.scalar(select(ROW.row_no).where(*_UNMATCHED).limit(1)) is None:
        return
    with pairing(session) as stored:
        _pair(session, stored, _all_values)
        _pair(session, stored, _email)
        _pair(session, stored, _email_of_any_type)
        _write_phones(session)
        _pair(session, stored, _phone)
        _pair(session, stored, _phone_of_any_type)
        _pair(session, stored, _company_of_person)
        _pair(session, stored, _city_of_company)
    _pair_companies_by_name(session)


def _name_companies(session: Session) -> None:
    """The name of a company may be in the column of company names."""
    unnamed = (ROW.no.is_(None), ROW.name.is_(None), KIND == ContactType.COMPANY)
    session.execute(update(STAGING).where(*unnamed).values(name=ROW.company_name, search_name=ROW.search_company_name))


def _all_values(side: Side) -> list[SqlQuery]:
    """All columns that say who the contact is; blank ones are equal, too. Tells apart contacts that agree in what the
    next steps compare, and finds those that have only a name.
    """
    company = case((side.kind == ContactType.PERSON, side.c.search_company_name))
    values = (func.coalesce(value, "") for value in (company, *(side.c[name] for name in IDENTIFYING_COLUMNS)))
    return [side.keys(side.kind, *values)]


def _email(side: Side) -> list[SqlQuery]:
    return [side.keys(side.kind, side.c.search_email, where=side.c.search_email.is_not(None))]


def _email_of_any_type(side: Side) -> list[SqlQuery]:
    """A row that does not state its type may be a contact of the other type."""
    return [side.keys(side.c.search_email, where=and_(side.c.search_email.is_not(None), _states_no_type(side)))]


def _phone(side: Side) -> list[SqlQuery]:
    return [side.keys(side.kind, *keys, where=where) for keys, where in _phone_keys(side)]


def _phone_of_any_type(side: Side) -> list[SqlQuery]:
    return [side.keys(*keys, where=and_(where, _states_no_type(side))) for keys, where in _phone_keys(side)]


def _phone_keys(side: Side) -> list[tuple[tuple[SqlExpression, SqlExpression], ColumnElement[bool]]]:
    """Two numbers with known countries are equal as a whole. If one has no known country, the rest must be equal."""
    found: list[tuple[tuple[SqlExpression, SqlExpression], ColumnElement[bool]]] = []
    for phone in PHONES:
        number = side.c[phone]
        known = func.substr(number, 2, 1) == COUNTRY_KNOWN
        found.append(((literal("whole"), number), known))
        rest = _without_country(number)
        if side.is_row:
            found.append(((case((known, "with country"), else_="without country"), rest), number.is_not(None)))
        else:
            found.append(((literal("without country"), rest), number.is_not(None)))
            found.append(((literal("with country"), rest), and_(number.is_not(None), not_(known))))
    return found


def _without_country(number: SqlExpression) -> SqlExpression:
    """The last form of a number (see `persistence.texts.phones_v1.search_form`), without zeros and trunk prefix."""
    forms = func.trim(number)
    before = func.rtrim(forms, func.replace(forms, " ", ""))
    digits = func.ltrim(func.substr(forms, func.length(before) + 1), f"{COUNTRY_UNKNOWN}0")
    north_american = and_(func.length(digits) == 11, func.substr(digits, 1, 1) == "1")
    return case((north_american, func.substr(digits, 2)), else_=digits)


def _company_of_person(side: Side) -> list[SqlQuery]:
    """The number of the company if the row gives it, else the name."""
    person, no, name = side.kind == ContactType.PERSON, side.c.company_no, side.c.search_company_name
    gives_name = and_(name.is_not(None), no.is_(None)) if side.is_row else name.is_not(None)
    return [
        side.keys(literal("number"), no, where=and_(person, no.is_not(None))),
        side.keys(literal("name"), name, where=and_(person, gives_name)),
    ]


def _city_of_company(side: Side) -> list[SqlQuery]:
    city = side.c.search_city
    return [side.keys(city, where=and_(side.kind == ContactType.COMPANY, city.is_not(None)))]


def _pair_companies_by_name(session: Session) -> None:
    """Pair a company with the only stored company of its name, unless another row has the same name, or both have
    different cities, countries or home pages.
    """
    company = (KIND == ContactType.COMPANY, ROW.search_name.in_(_NAMES))
    row = select(ROW.search_name, func.min(ROW.row_no).label("row_no")).where(*company)
    row = row.group_by(ROW.search_name).having(func.count() == 1)
    rows = row.subquery("rows")
    stored = select(CONTACT.search_name, func.min(CONTACT.no).label("no"))
    stored = stored.where(CONTACT.type == ContactType.COMPANY, CONTACT.search_name.in_(_NAMES))
    companies = stored.group_by(CONTACT.search_name).having(func.count() == 1).subquery("companies")
    places = ("search_city", "country_code", "search_home_page")
    differs = or_(*(and_(has_other_value(ROW[name], CONTACT[name]), CONTACT[name].is_not(None)) for name in places))
    found = (
        select(ROW.row_no, CONTACT.no)
        .join(rows, rows.c.row_no == ROW.row_no)
        .join(companies, companies.c.search_name == rows.c.search_name)
        .join(CONTACTS, CONTACT.no == companies.c.no)
        .where(*_UNMATCHED, _FREE, not_(differs))
        .subquery("found")
    )
    session.execute(update(STAGING).where(ROW.row_no == found.c.row_no).values(no=found.c.no))


def _pair(session: Session, stored: Pairing, keys: Keys) -> None:
    """Pair rows with contacts that have equal keys: the first row with the first contact."""
    found = stored.pairs(keys(ROWS), keys(STORED))
    session.execute(
        update(STAGING).where(ROW.row_no == found.c.row_no).values(no=found.c.record, several=found.c.several == 1)
    )


def _states_no_type(side: Side) -> ColumnElement[bool]:
    return ROW.type.is_(None) if side.is_row else true()


def _write_phones(session: Session) -> None:
    """Write the search columns of the telephone numbers of rows that have no partner yet."""
    columns = (ROW.row_no, ROW.country_code, *(ROW[phone] for phone in PHONES.values()))
    some = or_(*(ROW[phone].is_not(None) for phone in PHONES.values()))
    statement = update(STAGING).where(ROW.row_no == bindparam("of_row"))
    statement = statement.values({name: bindparam(f"new_{name}") for name in PHONES})
    last = 0
    while batch := (
        session.execute(select(*columns).where(*_UNMATCHED, some, ROW.row_no > last).order_by(ROW.row_no).limit(BATCH))
        .mappings()
        .all()
    ):
        written = [
            {"of_row": row["row_no"]}
            | {f"new_{name}": value for name, value in phone_columns({str(key): row[key] for key in row}).items()}
            for row in batch
        ]
        session.connection().execute(statement, written)
        last = batch[-1]["row_no"]
