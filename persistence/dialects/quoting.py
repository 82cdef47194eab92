"""SQL literals."""


def quoted(text: str) -> str:
    """A constant of Carnet as an SQL text literal. Never use it for text of a user: bind a parameter."""
    return "'" + text.replace("'", "''") + "'"
