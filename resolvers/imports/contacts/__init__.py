"""Taking over contacts from a CSV file, as NAV, Business Central, Outlook and Google write them."""

from resolvers.imports.contacts.importing import run

__all__ = ["run"]
