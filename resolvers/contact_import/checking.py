"""What only shows when all rows are there: numbers given twice, references that lead nowhere, changes that are not possible.

Each check is one statement over the staging table.
"""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, func, inspect, select, update
from sqlalchemy import Table as SqlTable
from sqlmodel import Session

from persistence.columns import Table
from persistence.contacts import Contact
from persistence.salespeople import Salesperson
from persistence.segments import Segment, SegmentLine
from persistence.vocabulary import ContactType
from resolvers.changes import was_deleted
from resolvers.contact_import.report import SHOWN, ImportReport, RowError
from resolvers.contact_import.staging import CONTACTS, STAGING

ROW, CONTACT = STAGING.c, CONTACTS.c


class Checks:
    """Adds to the report what is wrong, row by row."""

    def __init__(self, session: Session, report: ImportReport, captions: Mapping[str, str]) -> None:
        self._session, self._report = session, report
        self._captions = {field: caption for caption, field in reversed([*captions.items()])}

    def match(self) -> None:
        """Which rows have a contact already. Its type holds for the row, and its company where the row gives the same name.

        A company may have its name where people have that of their company.
        """
        same_company = and_(ROW.company_no.is_(None), ROW.search_company_name == CONTACT.search_company_name)
        self._find(
            "type", ROW.no,
            self._rows().join(CONTACTS, CONTACT.no == ROW.no).where(ROW.type != CONTACT.type),
            "{} is a contact of the other type. A company cannot become a person, nor the other way round.",
            "{} est un contact de l'autre type. Une société ne peut pas devenir une personne, ni l'inverse.",
        )
        self._session.execute(update(STAGING).where(CONTACT.no == ROW.no).values(known=True, type=CONTACT.type))
        self._session.execute(
            update(STAGING).where(CONTACT.no == ROW.no, same_company).values(company_no=CONTACT.company_no)
        )
        self._session.execute(update(STAGING).where(ROW.type.is_(None)).values(type=ROW.type_if_new))
        self._session.execute(update(STAGING).where(ROW.type == ContactType.COMPANY, ROW.name.is_(None)).values(
            name=ROW.company_name, search_name=ROW.search_company_name
        ))

    def references(self, *, manual_nos: bool) -> None:
        """Numbers, salespeople and companies that the rows name."""
        again = select(
            ROW.row_no, ROW.no, func.row_number().over(partition_by=ROW.no, order_by=ROW.row_no).label("time")
        ).where(ROW.no.is_not(None)).subquery()
        self._find(
            "no", again.c.no, select(again.c.row_no).where(again.c.time > 1),
            "{} is the number of an earlier row too. Keep one of them.",
            "{} est aussi le numéro d'une ligne précédente. Gardez-en une.",
        )
        self._find(
            "name", ROW.no, self._rows().where(ROW.known.is_(False), ROW.no.is_not(None), ROW.name.is_(None)),
            "{} is a new contact and needs a name.", "{} est un nouveau contact et a besoin d'un nom.",
        )
        self._find(
            "no", ROW.no, self._rows().where(ROW.known.is_(False), was_deleted(Contact, ROW.no)),
            "{} was the number of a contact that was deleted, and numbers are never given twice. Leave the number out.",
            "{} était le numéro d'un contact supprimé, et un numéro ne sert jamais deux fois. Omettez le numéro.",
        )
        if not manual_nos:
            self._find(
                "no", ROW.no, self._rows().where(ROW.known.is_(False), ROW.no.is_not(None)),
                "There is no contact {}, and the number series does not allow numbers of your own. Leave the number out.",
                "Il n'y a pas de contact {}, et la souche de numéros n'accepte pas vos propres numéros. Omettez le numéro.",
            )
        salesperson = _table(Salesperson).c.code
        self._find(
            "salesperson_code", ROW.salesperson_code,
            self._rows().where(ROW.salesperson_code.is_not(None), ~_exists(salesperson == ROW.salesperson_code)),
            "There is no salesperson {}. Create one first, or empty the cell.",
            "Il n'y a pas de représentant {}. Créez-le d'abord, ou videz la cellule.",
        )
        self._companies()

    def moves(self) -> None:
        """A person who stands on an open segment stays with the company (R-CON-10)."""
        lines, segments = _table(SegmentLine), _table(Segment)
        is_open = and_(segments.c.id == lines.c.segment_id, segments.c.logged_segment_entry_no.is_(None))
        stands = select(1).select_from(lines.join(segments, is_open)).where(lines.c.contact_no == ROW.no)
        moved = and_(ROW.company_no.is_not(None), ROW.company_no.is_distinct_from(CONTACT.company_no))
        self._find(
            "company_no", ROW.no,
            self._rows().join(CONTACTS, CONTACT.no == ROW.no).where(
                ROW.known, ROW.type == ContactType.PERSON, moved, stands.correlate(STAGING).exists()
            ),
            "{} stands on an open segment, so the company cannot change. Log the segment or take the contact off first.",
            "{} figure sur un segment actif ; la société ne peut donc pas changer. "
            "Journalisez d'abord ce segment ou retirez-en le contact.",
        )

    def _companies(self) -> None:
        other = STAGING.alias("company")
        in_file = _exists((other.c.no == ROW.company_no) & (other.c.type == ContactType.COMPANY))
        stored = _exists((CONTACT.no == ROW.company_no) & (CONTACT.type == ContactType.COMPANY))
        self._find(
            "company_no", ROW.company_no,
            self._rows().where(ROW.company_no.is_not(None), ROW.type == ContactType.PERSON, ~in_file, ~stored),
            "There is no company {}, neither here nor in the file. Check the number.",
            "Il n'y a pas de société {}, ni ici ni dans le fichier. Vérifiez le numéro.",
        )
        self._find(
            "company_no", ROW.company_no,
            self._rows().where(ROW.type == ContactType.COMPANY, ROW.company_no != func.coalesce(ROW.no, "")),
            "A company belongs to no other company, so not to {}. Empty the cell.",
            "Une société n'appartient à aucune autre, donc pas à {}. Videz la cellule.",
        )

    def _rows(self) -> Select[Any]:
        return select(ROW.row_no)

    def _find(self, field: str, fact: ColumnElement[Any], rows: Select[Any], english: str, french: str) -> None:
        """Report these rows, with the fact put into the sentence. All are counted, the first are listed."""
        row_no = rows.selected_columns[0]
        listed = rows.add_columns(fact.label("fact"), func.count().over().label("total")).order_by(row_no).limit(SHOWN)
        found = self._session.execute(listed).all()
        caption = self._captions.get(field)
        errors = [RowError(row_no, caption, english.format(fact), french.format(fact)) for row_no, fact, _ in found]
        self._report.count(found[0].total if found else 0, errors)


def _exists(condition: ColumnElement[bool]) -> Any:
    return select(1).where(condition).correlate(STAGING).exists()


def _table(model: type[Table]) -> SqlTable:
    return cast(SqlTable, inspect(model).local_table)
