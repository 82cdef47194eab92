"""Checks of all rows of a list of interactions: used numbers, unknown references, missing descriptions and contacts."""

from sqlalchemy import and_, func, not_, or_

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.templates import InteractionGroup, InteractionTemplate
from resolvers.imports.checking import RowChecks
from resolvers.imports.interactions.staging import ENTRIES, POSTPONED, STAGING

ROW = STAGING.c
CONTACT = table_of(Contact).c


class InteractionChecks(RowChecks):
    """The checks of a list of interactions."""

    def check_numbers(self) -> None:
        """A number must not be used yet, unless the row is stored already (R-NUM-3)."""
        used = or_(*(self.exists(table.c.entry_no == ROW.entry_no) for table in (ENTRIES, POSTPONED)))
        self.report_rows(
            "entry_no",
            ROW.entry_no,
            self.rows().where(used, ROW.stored.is_not(True)),
            "{} is the number of another interaction. Remove the row, or empty the cell to get a new number.",
            "{} est le numéro d’une autre interaction. Supprimez la ligne, ou videz la cellule pour obtenir un nouveau "
            "numéro.",
        )

    def check_contacts(self) -> None:
        """Contacts and companies must exist."""
        self.report_unknown(
            "contact_no",
            CONTACT.no,
            "There is no contact {}. Import the contacts first with `carnet import contacts FILE`, or add "
            "--without-missing-contacts.",
            "Le contact {} n’existe pas. Importez d’abord les contacts avec `carnet import contacts FICHIER`, ou "
            "ajoutez l’option --without-missing-contacts.",
        )
        self.report_unknown(
            "company_no",
            CONTACT.no,
            "There is no company {}. Import the contacts first with `carnet import contacts FILE`, or add "
            "--without-missing-contacts.",
            "La compagnie {} n’existe pas. Importez d’abord les contacts avec `carnet import contacts FICHIER`, ou "
            "ajoutez l’option --without-missing-contacts.",
            only=CONTACT.type == ContactType.COMPANY,
        )

    def check_references(self) -> None:
        """Templates, groups, salespeople and campaigns must exist. They may be blocked."""
        self.report_unknown(
            "template_code",
            table_of(InteractionTemplate).c.code,
            "There is no interaction template {}. Import the templates first with `carnet import templates FILE`, or "
            "empty the cell.",
            "Le modèle interaction {} n’existe pas. Importez d’abord les modèles avec `carnet import templates "
            "FICHIER`, ou videz la cellule.",
        )
        self.report_unknown(
            "group_code",
            table_of(InteractionGroup).c.code,
            "There is no interaction group {}. Import the templates first with `carnet import templates FILE`, or "
            "empty the cell.",
            "Le groupe interaction {} n’existe pas. Importez d’abord les modèles avec `carnet import templates "
            "FICHIER`, ou videz la cellule.",
        )
        self.report_unknown_references("salesperson_code", "campaign_no")

    def check_required_fields(self) -> None:
        """A finished interaction must have a description (K19), a postponed one a contact or a salesperson (K3)."""
        self.report_rows(
            "description",
            func.coalesce(ROW.entry_no, 0),
            self.rows().where(not_(ROW.postponed), ROW.description.is_(None)),
            "An interaction needs a description, and it has no template to take one from. Fill it in.",
            "Une interaction a besoin d’une description, et aucun modèle ne la fournit. Indiquez-la.",
        )
        without_person = and_(ROW.postponed, ROW.contact_no.is_(None), ROW.salesperson_code.is_(None))
        self.report_rows(
            "contact_no",
            func.coalesce(ROW.entry_no, 0),
            self.rows().where(without_person),
            "A postponed interaction needs a contact or a salesperson. Fill in one of them.",
            "Une interaction reportée a besoin d’un contact ou d’un représentant. Indiquez l’un des deux.",
        )
