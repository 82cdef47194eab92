"""Checks of all rows of a list of contacts: duplicate numbers, unknown references, changes that are not allowed."""

from sqlalchemy import and_, func, not_, select, update

from persistence.contacts import Contact
from persistence.enums import ContactType
from resolvers.imports.checking import RowChecks
from resolvers.imports.contacts.staging import CONTACTS, STAGING
from resolvers.imports.contacts.writing import on_open_segment
from resolvers.imports.created_rows import was_deleted_for_good

ROW, CONTACT = STAGING.c, CONTACTS.c


class ContactChecks(RowChecks):
    """The checks of a list of contacts."""

    def mark_known(self) -> None:
        """Mark the rows whose contact exists. They take its type, and its company if the row has the same company name.

        The name of a company may be in the column of company names.
        """
        same_company = and_(ROW.company_no.is_(None), ROW.search_company_name == CONTACT.search_company_name)
        self.report_rows(
            "type",
            ROW.no,
            self.rows().join(CONTACTS, CONTACT.no == ROW.no).where(ROW.type != CONTACT.type),
            "The contact {} has the other type. A company cannot become a person, nor a person a company.",
            "Le contact {} est de l’autre type. Une compagnie ne peut pas devenir une personne, ni l’inverse.",
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

    def check_references(self, *, manual_nos: bool) -> None:
        """Check the numbers, salespeople and companies of the rows."""
        self.report_rows(
            "name",
            ROW.no,
            self.rows().where(ROW.known.is_(False), ROW.no.is_not(None), ROW.name.is_(None)),
            "{} is a new contact and needs a name.",
            "{} est un nouveau contact et a besoin d’un nom.",
        )
        self.report_rows(
            "no",
            ROW.no,
            self.rows().where(ROW.known.is_(False), was_deleted_for_good(Contact, ROW.no)),
            "{} was the number of a contact that was deleted, and numbers are not reused. Remove the number.",
            "{} était le numéro d’un contact supprimé, et un numéro n’est jamais réutilisé. Supprimez le numéro de la "
            "ligne.",
        )
        if not manual_nos:
            self.report_rows(
                "no",
                ROW.no,
                self.rows().where(ROW.known.is_(False), ROW.no.is_not(None)),
                "There is no contact {}, and the number series does not allow manual numbers. Remove the number.",
                "Le contact {} n’existe pas, et la souche de numéros n’accepte pas les numéros manuels. Supprimez le "
                "numéro de la ligne.",
            )
        self.report_unknown_references("salesperson_code")
        self._check_companies()

    def keep_names_of_rejected_companies(self) -> None:
        """People whose company is in a rejected row, and nowhere else, keep its name and have no company (R-IMP-15)."""
        rejected, other = STAGING.alias("rejected"), STAGING.alias("other")
        of_rejected = (
            rejected.c.type == ContactType.COMPANY,
            rejected.c.known.is_(False),
            self.has_error(rejected.c.row_no),
        )
        is_other = and_(other.c.type == ContactType.COMPANY, not_(self.has_error(other.c.row_no)))
        is_stored = and_(CONTACT.type == ContactType.COMPANY, CONTACT.search_name == ROW.search_company_name)
        by_no = (
            ROW.company_no.in_(select(rejected.c.no).where(*of_rejected)),
            not_(self.exists(and_(is_other, other.c.no == ROW.company_no))),
        )
        by_name = (
            ROW.company_no.is_(None),
            ROW.search_company_name.in_(select(rejected.c.search_name).where(*of_rejected)),
            not_(self.exists(and_(is_other, other.c.search_name == ROW.search_company_name))),
            not_(self.exists(is_stored)),
        )
        session = self.session
        for only_rejected in (by_no, by_name):
            marked = update(STAGING).where(ROW.type == ContactType.PERSON, *only_rejected)
            session.execute(marked.values(without_company=True))
        names = (
            select(
                rejected.c.no, func.min(rejected.c.name).label("name"), func.min(rejected.c.search_name).label("key")
            )
            .where(*of_rejected, rejected.c.no.is_not(None))
            .group_by(rejected.c.no)
            .subquery()
        )
        session.execute(
            update(STAGING)
            .where(ROW.without_company, ROW.company_no == names.c.no, ROW.company_name.is_(None))
            .values(company_name=names.c.name, search_company_name=names.c.key)
        )
        self.note_rows(
            "company_name",
            func.coalesce(ROW.company_name, ROW.company_no),
            self.rows().where(ROW.without_company),
            "The company {} is in a rejected row. The contact was imported without it and keeps its name as text, "
            "until the corrected company is imported from the file of rejected rows.",
            "La compagnie {} est dans une ligne rejetée. Le contact a été importé sans elle et garde son nom comme "
            "texte, jusqu’à ce que la compagnie corrigée soit importée du fichier des lignes rejetées.",
        )
        session.execute(update(STAGING).where(ROW.without_company).values(company_no=None))

    def check_company_changes(self) -> None:
        """The company of a person on an open segment cannot change (R-CON-10)."""
        moved = and_(ROW.company_no.is_not(None), ROW.company_no.is_distinct_from(CONTACT.company_no))
        self.report_rows(
            "company_no",
            ROW.no,
            self.rows()
            .join(CONTACTS, CONTACT.no == ROW.no)
            .where(
                ROW.known, ROW.type == ContactType.PERSON, moved, on_open_segment(ROW.no).correlate(STAGING).exists()
            ),
            "{} is on an open segment, so the company cannot change. Log the segment or remove the contact from it "
            "first.",
            "{} figure sur un segment actif; sa compagnie ne peut donc pas changer. "
            "Journalisez d’abord ce segment, ou retirez-en le contact.",
        )

    def _check_companies(self) -> None:
        other = STAGING.alias("company")
        in_file = self.exists((other.c.no == ROW.company_no) & (other.c.type == ContactType.COMPANY))
        stored = self.exists((CONTACT.no == ROW.company_no) & (CONTACT.type == ContactType.COMPANY))
        self.report_rows(
            "company_no",
            ROW.company_no,
            self.rows().where(ROW.company_no.is_not(None), ROW.type == ContactType.PERSON, ~in_file, ~stored),
            "There is no company {}, neither in the database nor in the file. Check the number.",
            "La compagnie {} n’existe ni dans la base de données ni dans le fichier. Vérifiez le numéro.",
        )
        self.report_rows(
            "company_no",
            ROW.company_no,
            self.rows().where(ROW.type == ContactType.COMPANY, ROW.company_no != func.coalesce(ROW.no, "")),
            "A company cannot belong to another company, here {}. Empty the cell.",
            "Une compagnie ne peut pas appartenir à une autre, ici {}. Videz la cellule.",
        )
