"""Taking over contacts from a CSV file, as NAV, Business Central, Outlook and Google write them."""

from resolvers.contact_import.importing import run
from resolvers.contact_import.reading import ContactFile, open_file
from resolvers.contact_import.report import ImportFailed, ImportReport, RowError

__all__ = ["ContactFile", "ImportFailed", "ImportReport", "RowError", "open_file", "run"]
