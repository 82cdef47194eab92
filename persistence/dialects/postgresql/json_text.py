"""Writes JSON on PostgreSQL, as texts joined with `||` (decision 0023).

Each `||` copies the text before it, so constants that follow one another are written as one.
"""

from collections.abc import Sequence

from persistence.dialects.quoting import quoted

TEXTS_AT_ONCE = 16
"""Texts that are joined in one go: see `_concatenated`."""


class Constant(str):
    """The SQL of a constant text."""

    def followed_by(self, other: "Constant") -> "Constant":
        """Both as one constant."""
        return Constant(self[:-1] + other[1:])


class Joined(str):
    """The SQL of texts that are joined, and of each of them."""

    pieces: Sequence[str]


class OrNull(str):
    """The SQL of JSON that may be missing, and is `null` then."""

    value: str
    condition: str | None

    def after(self, before: Constant) -> str:
        """The SQL of a constant and this JSON behind it. The constant stands within, which saves a `||`."""
        return _or_else(joined(before, self.value), before.followed_by(NULL), self.condition)


NULL = Constant("'null'")


def constant(text: str) -> Constant:
    """A constant of Carnet. Never pass text of a user."""
    return Constant(quoted(text))


def joined(*texts: str) -> Joined:
    """Texts one after the other."""
    pieces: list[str] = []
    for text in texts:
        for piece in text.pieces if isinstance(text, Joined) else [text]:
            before = pieces[-1] if pieces else None
            if isinstance(before, Constant) and isinstance(piece, Constant):
                pieces[-1] = before.followed_by(piece)
            elif isinstance(before, Constant) and isinstance(piece, OrNull):
                pieces[-1] = piece.after(before)
            else:
                pieces.append(piece)
    whole = Joined(_concatenated(pieces))
    whole.pieces = pieces
    return whole


def or_null(value: str, condition: str | None = None) -> OrNull:
    """JSON, or `null` if it is NULL; with a condition, if this does not hold."""
    whole = OrNull(_or_else(value, NULL, condition))
    whole.value, whole.condition = value, condition
    return whole


def _or_else(value: str, otherwise: str, condition: str | None) -> str:
    if condition is None:
        return f"coalesce({value}, {otherwise})"
    return f"CASE WHEN {condition} THEN {value} ELSE {otherwise} END"


def _concatenated(texts: Sequence[str]) -> str:
    """Many are joined in groups, because each `||` copies all texts before it, and because PostgreSQL limits how deep
    expressions are nested.
    """
    while len(texts) > TEXTS_AT_ONCE:
        groups = range(0, len(texts), TEXTS_AT_ONCE)
        texts = [_concatenated(texts[start : start + TEXTS_AT_ONCE]) for start in groups]
    return f"({' || '.join(texts)})"
