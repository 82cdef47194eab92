"""What must hold for history: numbers that are free, references that lead somewhere, somebody whom a postponed one
is about.
"""

from sqlalchemy import and_, func, not_, or_

from persistence.campaigns import Campaign
from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.salespeople import Salesperson
from persistence.templates import InteractionGroup, InteractionTemplate
from resolvers.imports.checking import Findings
from resolvers.imports.interactions.staging import ENTRIES, POSTPONED, STAGING
from resolvers.imports.staging import table_of

ROW = STAGING.c
CONTACT = table_of(Contact).c


class Checks(Findings):
    """Adds to the report what is wrong, row by row."""

    def numbers(self) -> None:
        """A number that is there, or was in an earlier row, is not given again (R-NUM-3)."""
        self.repeated("entry_no")
        taken = or_(*(self.there(table.c.entry_no == ROW.entry_no) for table in (ENTRIES, POSTPONED)))
        self.find(
            "entry_no",
            ROW.entry_no,
            self.rows().where(taken),
            "There is an interaction {} already. Was this file imported before? Leave the row out, or empty the cell "
            "for a new number.",
            "Il y a déjà une interaction {}. Ce fichier a-t-il déjà été importé? Omettez la ligne, ou videz la cellule "
            "pour un nouveau numéro.",
        )

    def contacts(self) -> None:
        """Contacts and companies that are named must be there."""
        self.lost(
            "contact_no",
            CONTACT.no,
            "There is no contact {}. Import contacts first, or repeat with --without-missing-contacts.",
            "Le contact {} n’existe pas. Importez d’abord les contacts, ou recommencez avec "
            "--without-missing-contacts.",
        )
        self.lost(
            "company_no",
            CONTACT.no,
            "There is no company {}. Import contacts first, or repeat with --without-missing-contacts.",
            "La compagnie {} n’existe pas. Importez d’abord les contacts, ou recommencez avec "
            "--without-missing-contacts.",
            only=CONTACT.type == ContactType.COMPANY,
        )

    def references(self) -> None:
        """Templates, groups, salespeople and campaigns that are named must be there; blocked or not, history keeps
        them.
        """
        self.lost(
            "template_code",
            table_of(InteractionTemplate).c.code,
            "There is no interaction template {}. Import templates first, or empty the cell.",
            "Le modèle interaction {} n’existe pas. Importez d’abord les modèles, ou videz la cellule.",
        )
        self.lost(
            "group_code",
            table_of(InteractionGroup).c.code,
            "There is no interaction group {}. Import templates first, or empty the cell.",
            "Le groupe interaction {} n’existe pas. Importez d’abord les modèles, ou videz la cellule.",
        )
        self.lost(
            "salesperson_code",
            table_of(Salesperson).c.code,
            "There is no salesperson {}. Create one first, or empty the cell.",
            "Le représentant {} n’existe pas. Créez-le d’abord, ou videz la cellule.",
        )
        self.lost(
            "campaign_no",
            table_of(Campaign).c.no,
            "There is no campaign {}. Create it first, or empty the cell.",
            "La campagne {} n’existe pas. Créez-la d’abord, ou videz la cellule.",
        )

    def enough(self) -> None:
        """A finished interaction has a description (K19), a postponed one a contact or a salesperson (K3)."""
        self.find(
            "description",
            func.coalesce(ROW.entry_no, 0),
            self.rows().where(not_(ROW.postponed), ROW.description.is_(None)),
            "An interaction needs a description, and there is no template to take it from. Fill it in.",
            "Une interaction a besoin d’une description, et aucun modèle ne la fournit. Indiquez-la.",
        )
        nobody = and_(ROW.postponed, ROW.contact_no.is_(None), ROW.salesperson_code.is_(None))
        self.find(
            "contact_no",
            func.coalesce(ROW.entry_no, 0),
            self.rows().where(nobody),
            "A postponed interaction needs a contact or a salesperson. Give one of them.",
            "Une interaction reportée a besoin d’un contact ou d’un représentant. Indiquez l’un des deux.",
        )
