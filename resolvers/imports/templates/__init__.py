"""Taking over interaction templates, and the groups they need, from a CSV file."""

from resolvers.imports.templates.importing import run

__all__ = ["run"]
