"""What only shows when all rows are there: numbers given twice, references that lead nowhere, changes that are not
possible.
"""

from sqlalchemy import and_, func, select, update

from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.salespeople import Salesperson
from persistence.segments import Segment, SegmentLine
from resolvers.changes.rules import was_deleted
from resolvers.imports.checking import Findings
from resolvers.imports.contacts.staging import CONTACTS, STAGING
from resolvers.imports.staging import table_of

ROW, CONTACT = STAGING.c, CONTACTS.c


class Checks(Findings):
    """Adds to the report what is wrong, row by row."""

    def match(self) -> None:
        """Which rows have a contact already. Its type holds for the row, and its company where the row gives the same
        name.

        A company may have its name where people have that of their company.
        """
        same_company = and_(ROW.company_no.is_(None), ROW.search_company_name == CONTACT.search_company_name)
        self.find(
            "type",
            ROW.no,
            self.rows().join(CONTACTS, CONTACT.no == ROW.no).where(ROW.type != CONTACT.type),
            "{} is a contact of the other type. A company cannot become a person, nor the other way round.",
            "{} est un contact de l’autre type. Une compagnie ne peut pas devenir une personne, ni l’inverse.",
        )
        self.session.execute(update(STAGING).where(CONTACT.no == ROW.no).values(known=True, type=CONTACT.type))
        self.session.execute(
            update(STAGING).where(CONTACT.no == ROW.no, same_company).values(company_no=CONTACT.company_no)
        )
        self.session.execute(update(STAGING).where(ROW.type.is_(None)).values(type=ROW.type_if_new))
        self.session.execute(
            update(STAGING)
            .where(ROW.type == ContactType.COMPANY, ROW.name.is_(None))
            .values(name=ROW.company_name, search_name=ROW.search_company_name)
        )

    def references(self, *, manual_nos: bool) -> None:
        """Numbers, salespeople and companies that the rows name."""
        self.repeated("no")
        self.find(
            "name",
            ROW.no,
            self.rows().where(ROW.known.is_(False), ROW.no.is_not(None), ROW.name.is_(None)),
            "{} is a new contact and needs a name.",
            "{} est un nouveau contact et a besoin d’un nom.",
        )
        self.find(
            "no",
            ROW.no,
            self.rows().where(ROW.known.is_(False), was_deleted(Contact, ROW.no)),
            "{} was the number of a contact that was deleted, and numbers are never given twice. Leave the number out.",
            "{} était le numéro d’un contact supprimé, et un numéro ne sert jamais deux fois. Omettez le numéro.",
        )
        if not manual_nos:
            self.find(
                "no",
                ROW.no,
                self.rows().where(ROW.known.is_(False), ROW.no.is_not(None)),
                "There is no contact {}, and the number series does not allow numbers of your own. Leave the "
                "number out.",
                "Le contact {} n’existe pas, et la souche de numéros n’accepte pas les numéros manuels. Omettez le "
                "numéro.",
            )
        self.lost(
            "salesperson_code",
            table_of(Salesperson).c.code,
            "There is no salesperson {}. Create one first, or empty the cell.",
            "Le représentant {} n’existe pas. Créez-le d’abord, ou videz la cellule.",
        )
        self._companies()

    def moves(self) -> None:
        """A person who stands on an open segment stays with the company (R-CON-10)."""
        lines, segments = table_of(SegmentLine), table_of(Segment)
        is_open = and_(segments.c.id == lines.c.segment_id, segments.c.logged_segment_entry_no.is_(None))
        stands = select(1).select_from(lines.join(segments, is_open)).where(lines.c.contact_no == ROW.no)
        moved = and_(ROW.company_no.is_not(None), ROW.company_no.is_distinct_from(CONTACT.company_no))
        self.find(
            "company_no",
            ROW.no,
            self.rows()
            .join(CONTACTS, CONTACT.no == ROW.no)
            .where(ROW.known, ROW.type == ContactType.PERSON, moved, stands.correlate(STAGING).exists()),
            "{} stands on an open segment, so the company cannot change. Log the segment or take the contact off "
            "first.",
            "{} figure sur un segment actif; sa compagnie ne peut donc pas changer. "
            "Journalisez d’abord ce segment, ou retirez-en le contact.",
        )

    def _companies(self) -> None:
        other = STAGING.alias("company")
        in_file = self.there((other.c.no == ROW.company_no) & (other.c.type == ContactType.COMPANY))
        stored = self.there((CONTACT.no == ROW.company_no) & (CONTACT.type == ContactType.COMPANY))
        self.find(
            "company_no",
            ROW.company_no,
            self.rows().where(ROW.company_no.is_not(None), ROW.type == ContactType.PERSON, ~in_file, ~stored),
            "There is no company {}, neither here nor in the file. Check the number.",
            "La compagnie {} n’existe pas, ni ici ni dans le fichier. Vérifiez le numéro.",
        )
        self.find(
            "company_no",
            ROW.company_no,
            self.rows().where(ROW.type == ContactType.COMPANY, ROW.company_no != func.coalesce(ROW.no, "")),
            "A company belongs to no other company, so not to {}. Empty the cell.",
            "Une compagnie n’appartient à aucune autre, et donc pas à {}. Videz la cellule.",
        )
