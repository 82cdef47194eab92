"""Refusals: why a rule rejects a change. Each has a code, and a sentence in English and French that says what to do."""

import datetime as dt
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, NamedTuple

from resolvers import french_grammar


class UserErrorCode(StrEnum):
    """The codes of all refusals. Their descriptions for clients are in `schema.payloads`."""

    CONTACT_REQUIRED = "CONTACT_REQUIRED"
    TEMPLATE_REQUIRED = "TEMPLATE_REQUIRED"
    SALESPERSON_REQUIRED = "SALESPERSON_REQUIRED"
    DATE_REQUIRED = "DATE_REQUIRED"
    DESCRIPTION_REQUIRED = "DESCRIPTION_REQUIRED"
    NOT_FOUND = "NOT_FOUND"
    CONTACT_NOT_FOUND = "CONTACT_NOT_FOUND"
    TEMPLATE_NOT_FOUND = "TEMPLATE_NOT_FOUND"
    GROUP_NOT_FOUND = "GROUP_NOT_FOUND"
    SALESPERSON_NOT_FOUND = "SALESPERSON_NOT_FOUND"
    CAMPAIGN_NOT_FOUND = "CAMPAIGN_NOT_FOUND"
    SEGMENT_NOT_FOUND = "SEGMENT_NOT_FOUND"
    LINE_NOT_FOUND = "LINE_NOT_FOUND"
    NUMBER_SERIES_NOT_FOUND = "NUMBER_SERIES_NOT_FOUND"
    CONTACT_PRIVACY_BLOCKED = "CONTACT_PRIVACY_BLOCKED"
    SALESPERSON_BLOCKED = "SALESPERSON_BLOCKED"
    TEMPLATE_BLOCKED = "TEMPLATE_BLOCKED"
    CAMPAIGN_BLOCKED = "CAMPAIGN_BLOCKED"
    NOT_POSTPONED = "NOT_POSTPONED"
    NOT_CANCELED = "NOT_CANCELED"
    LOGGED_SEGMENT_CANCELED = "LOGGED_SEGMENT_CANCELED"
    CAMPAIGN_ENTRY_CANCELED = "CAMPAIGN_ENTRY_CANCELED"
    SEGMENT_EMPTY = "SEGMENT_EMPTY"
    LINES_BLOCKED = "LINES_BLOCKED"
    SEGMENT_DESCRIPTION_REQUIRED = "SEGMENT_DESCRIPTION_REQUIRED"
    LOGGED_SEGMENT_EXISTS = "LOGGED_SEGMENT_EXISTS"
    NO_CRITERIA = "NO_CRITERIA"
    PLAN_STALE = "PLAN_STALE"
    CHANGED_SINCE = "CHANGED_SINCE"
    NUMBER_SERIES_MISSING = "NUMBER_SERIES_MISSING"
    NUMBER_SERIES_EXHAUSTED = "NUMBER_SERIES_EXHAUSTED"
    NUMBER_SERIES_NOT_AUTOMATIC = "NUMBER_SERIES_NOT_AUTOMATIC"
    MANUAL_NO_NOT_ALLOWED = "MANUAL_NO_NOT_ALLOWED"
    STALE_VERSION = "STALE_VERSION"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    IMPORT_UNDONE = "IMPORT_UNDONE"
    IN_USE = "IN_USE"
    HAS_ENTRIES = "HAS_ENTRIES"
    DUPLICATE = "DUPLICATE"
    INVALID = "INVALID"
    TOO_LONG = "TOO_LONG"
    TOO_MANY = "TOO_MANY"


class Translated(NamedTuple):
    """A text in English and in French."""

    english: str
    french: str


def number(count: int, one: Translated, several: Translated) -> Translated:
    """A count with its noun: 1 line, 3 lines. In French, 0 takes the singular."""
    return Translated(
        f"{count:,} {(one if count == 1 else several).english}",
        f"{french_grammar.number(count)} {(several if count > 1 else one).french}",
    )


NUMBER, CODE, ID = Translated("number", "numéro"), Translated("code", "code"), Translated("id", "champ id")
"""What the key of a record is called in messages."""

KEYS = ("no", "key")
"""The facts that contain a key as the client gave it."""

QUANTITIES = ("maximum", "length", "count")
"""The facts that are counts: messages show them with thousands separators. Other numbers are keys."""

MAX_KEY_LENGTH = 60
"""Longer keys are cut in messages."""

NOTHING = Translated("“”", "«\u00a0»")
"""Shown instead of a key that has no visible characters."""


def as_given(key: object, nothing: str = NOTHING.english) -> str:
    """A key that a client gave, as a message shows it.

    Invisible characters and those that change the direction of writing are removed; a long key is cut. If no visible
    character is left, the result is `nothing`.
    """
    visible = "".join(sign for sign in str("" if key is None else key) if unicodedata.category(sign)[0] != "C")
    if not visible.strip():
        return nothing
    return visible if len(visible) <= MAX_KEY_LENGTH else f"{visible[:MAX_KEY_LENGTH]}…"


class Refusal:
    """One reason why a rule rejects a change. A subclass has a code and, in each language, a sentence with `{facts}`.

    `field` is the path of the wrong value in the arguments of the rule, in snake_case: `("interaction",
    "template_code")`.
    """

    code: ClassVar[UserErrorCode]
    english: ClassVar[str]
    french: ClassVar[str]

    def __init__(self, *field: str, **facts: object) -> None:
        self.field = field
        self.facts = facts

    def message(self, language: str) -> str:
        """The sentence in `FR` or, for anything else, `EN`."""
        french = language == "FR"
        sentence = self.french if french else self.english
        message = sentence.format(**{name: _fact_text(name, fact, french) for name, fact in self.facts.items()})
        return message[:1].upper() + message[1:] if sentence.startswith("{what}") else message

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.field)}: {self.message('EN')})"


class RequiredRefusal(Refusal):
    """A value that the rule needs is missing."""


class BlockedRefusal(Refusal):
    """A field names a record that is blocked for new work (K10)."""


def _fact_text(name: str, fact: object, french: bool) -> object:
    """A fact as a message shows it in one language: translations, keys, formatted counts and dates."""
    if isinstance(fact, Translated):
        fact = fact.french if french else fact.english
    if name in KEYS:
        return as_given(fact, NOTHING.french if french else NOTHING.english)
    if name in QUANTITIES and isinstance(fact, int):
        return french_grammar.number(fact) if french else f"{fact:,}"
    return french_grammar.day(fact) if french and isinstance(fact, dt.date) else fact


class Refused(Exception):
    """Raised by a rule to reject a change: its transaction is rolled back.

    `detail` is a dataclass of keys and counts, like the outcome of a rule. The payload shows it beside the errors.
    """

    def __init__(self, *refusals: Refusal, detail: object = None) -> None:
        self.refusals = refusals
        self.detail = detail
        super().__init__("; ".join(refusal.message("EN") for refusal in refusals))


def refuse_any(refusals: Sequence[Refusal]) -> None:
    """Raise `Refused` with all collected refusals at once, if there are any (K4)."""
    if refusals:
        raise Refused(*refusals)


class NotFound(Refusal):
    """No record has the key that was given. `named_by` says whether the key is a number, a code or an id."""

    code = UserErrorCode.NOT_FOUND
    english = "There is no {what} {key}. Check the {named_by}, or look it up in the list."
    french = "Enregistrement introuvable\u00a0: {what} {key}. Vérifiez le {named_by} ou affichez la liste."

    def __init__(self, *field: str, named_by: Translated = NUMBER, **facts: object) -> None:
        super().__init__(*field, named_by=named_by, **facts)


class StaleVersion(Refusal):
    code = UserErrorCode.STALE_VERSION
    english = (
        "{what} {key} was changed in the meantime: its version is now {actual}, and you expected {expected}. "
        "Read it again and retry."
    )
    french = (
        "Enregistrement modifié entre-temps\u00a0: {what} {key}. Sa version est maintenant {actual}, et vous attendiez "
        "{expected}. Relisez-le et recommencez."
    )


class StaleSetup(StaleVersion):
    """The marketing setup, which has no number, has another version than the client expected."""

    english = (
        "The marketing setup was changed in the meantime: its version is now {actual}, and you expected {expected}. "
        "Read it again and retry."
    )
    french = (
        "Les paramètres marketing ont été modifiés entre-temps\u00a0: leur version est maintenant {actual}, et vous "
        "attendiez {expected}. Relisez-les et recommencez."
    )


class Duplicate(Refusal):
    code = UserErrorCode.DUPLICATE
    english = "{key} is already used. Choose another one."
    french = "{key} est déjà utilisé. Choisissez-en un autre."


class TooLong(Refusal):
    code = UserErrorCode.TOO_LONG
    english = "This field takes at most {maximum} characters, and you gave {length}. Shorten the text."
    french = "Ce champ admet au plus {maximum} caractères, et vous en donnez {length}. Raccourcissez le texte."


class TooMany(Refusal):
    code = UserErrorCode.TOO_MANY
    english = "The list takes at most {maximum} items, and you gave {count}. Send them in several requests."
    french = "La liste admet au plus {maximum} éléments, et vous en donnez {count}. Envoyez-les en plusieurs fois."


class TooManyItems(TooMany):
    """A list that replaces all stored items of a record is too long."""

    english = "The list takes at most {maximum} items, and you gave {count}. Give fewer."
    french = "La liste admet au plus {maximum} éléments, et vous en donnez {count}. Donnez-en moins."


class Invalid(Refusal):
    """A wrong value without a code of its own. `english` and `french` are the whole sentence."""

    code = UserErrorCode.INVALID

    def __init__(self, *field: str, english: str, french: str) -> None:
        super().__init__(*field)
        self.sentences = {"EN": english, "FR": french}

    def message(self, language: str) -> str:
        return self.sentences.get(language, self.sentences["EN"])
