"""Taking over history: interactions from a CSV file, as NAV and Business Central export their Interaction Log
Entries.
"""

from resolvers.imports.interactions.importing import run

__all__ = ["run"]
