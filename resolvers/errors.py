"""How a rule says no: one refusal is one code and one sentence, in English and French, that says what to do next."""

import datetime as dt
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, NamedTuple

from resolvers import french as in_french


class UserErrorCode(StrEnum):
    """Every code a refusal can have. Descriptions for clients are in `schema.payloads`."""

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
    IN_USE = "IN_USE"
    HAS_ENTRIES = "HAS_ENTRIES"
    DUPLICATE = "DUPLICATE"
    INVALID = "INVALID"
    TOO_LONG = "TOO_LONG"
    TOO_MANY = "TOO_MANY"


class Translated(NamedTuple):
    """A fact that is said differently in each language."""

    english: str
    french: str


def number(count: int, one: Translated, several: Translated) -> Translated:
    """A count with its noun: 1 line, 3 lines. In French 0 takes the singular."""
    return Translated(
        f"{count:,} {(one if count == 1 else several).english}",
        f"{in_french.number(count)} {(several if count > 1 else one).french}",
    )


NUMBER, CODE = Translated("number", "numéro"), Translated("code", "code")
"""What identifies a record in messages."""

KEYS = ("no", "key")
"""The facts that are what the caller gave to name something."""

QUANTITIES = ("most", "least", "length", "count")
"""The facts that are counts; they are written with thousands separators. Other numbers identify something."""

LONGEST_KEY_SHOWN = 60


NOTHING = Translated("“”", "«\u00a0»")
"""Shown instead of a key that has no visible characters."""


def as_given(key: object, nothing: str = NOTHING.english) -> str:
    """A key as a sentence shows it, whatever was given: cut when it is endless, without signs that nobody sees or that
    turn the sentence around; `nothing` if no visible character is left.
    """
    seen = "".join(sign for sign in str("" if key is None else key) if unicodedata.category(sign)[0] != "C")
    if not seen.strip():
        return nothing
    return seen if len(seen) <= LONGEST_KEY_SHOWN else f"{seen[:LONGEST_KEY_SHOWN]}…"


class Refusal:
    """One reason to say no. A subclass has a code and a sentence with `{facts}` in each language.

    `field` is the path of the culprit inside the verb's arguments, in snake_case: `("interaction", "template_code")`.
    """

    code: ClassVar[UserErrorCode]
    english: ClassVar[str]
    french: ClassVar[str]

    def __init__(self, *field: str, **facts: object) -> None:
        self.field = field
        self.facts = facts

    def message(self, language: str) -> str:
        """The sentence in `FR` or, for anything else, `EN`."""
        sentence = self.french if language == "FR" else self.english
        said = sentence.format(
            **{name: _said(name, fact, french=language == "FR") for name, fact in self.facts.items()}
        )
        return said[:1].upper() + said[1:] if sentence.startswith("{what}") else said

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.field)}: {self.message('EN')})"


def _said(name: str, fact: object, *, french: bool) -> object:
    """A fact as text in one language: translated words, keys as given, formatted counts and dates."""
    if isinstance(fact, Translated):
        fact = fact.french if french else fact.english
    if name in KEYS:
        return as_given(fact, NOTHING.french if french else NOTHING.english)
    if name in QUANTITIES and isinstance(fact, int):
        return in_french.number(fact) if french else f"{fact:,}"
    return in_french.day(fact) if french and isinstance(fact, dt.date) else fact


class Refused(Exception):
    """Raised by a verb to say no: nothing it did is kept.

    `detail` is what is shown beside the errors: for a payload a dataclass of keys and counts, like the outcome of a
    verb.
    """

    def __init__(self, *refusals: Refusal, detail: object = None) -> None:
        self.refusals = refusals
        self.detail = detail
        super().__init__("; ".join(refusal.message("EN") for refusal in refusals))


def refuse_any(refusals: Sequence[Refusal]) -> None:
    """Raise what was collected, all together (K4)."""
    if refusals:
        raise Refused(*refusals)


class NotFound(Refusal):
    """`named_by` is what the key is: a number or a code."""

    code = UserErrorCode.NOT_FOUND
    english = "There is no {what} {key}. Check the {named_by} or list what there is."
    french = "Enregistrement introuvable\u00a0: {what} {key}. Vérifiez le {named_by} ou affichez la liste."

    def __init__(self, *field: str, named_by: Translated = NUMBER, **facts: object) -> None:
        super().__init__(*field, named_by=named_by, **facts)


class StaleVersion(Refusal):
    code = UserErrorCode.STALE_VERSION
    english = (
        "{what} {key} was changed meanwhile: it has version {actual}, you expected {expected}. Read it again "
        "and repeat."
    )
    french = (
        "Enregistrement modifié entre-temps\u00a0: {what} {key}. Sa version est maintenant {actual}, et vous attendiez "
        "{expected}. Relisez-le et recommencez."
    )


class StaleSetup(StaleVersion):
    """For the marketing setup, which has no number."""

    english = (
        "The marketing setup was changed meanwhile: it has version {actual}, you expected {expected}. Read "
        "it again and repeat."
    )
    french = (
        "Les paramètres marketing ont été modifiés entre-temps\u00a0: leur version est maintenant {actual}, et vous "
        "attendiez {expected}. Relisez-les et recommencez."
    )


class Duplicate(Refusal):
    code = UserErrorCode.DUPLICATE
    english = "{key} is taken already. Choose another one."
    french = "{key} est déjà pris. Choisissez-en un autre."


class TooLong(Refusal):
    code = UserErrorCode.TOO_LONG
    english = "At most {most} characters fit here, and you gave {length}. Shorten the text."
    french = "Ce champ admet au plus {most} caractères, et vous en donnez {length}. Raccourcissez le texte."


class TooMany(Refusal):
    code = UserErrorCode.TOO_MANY
    english = "At most {most} can be given at once, and you gave {count}. Send them in parts."
    french = "La liste admet au plus {most} éléments, et vous en donnez {count}. Envoyez-les en plusieurs fois."


class TooManyKept(TooMany):
    """A list that replaces all stored elements of a record has too many."""

    english = "At most {most} are allowed here, and you gave {count}. Give fewer."
    french = "Au plus {most} éléments sont admis ici, et vous en donnez {count}. Donnez-en moins."


class Invalid(Refusal):
    """For what has no code of its own; `english` and `french` are the whole sentence."""

    code = UserErrorCode.INVALID

    def __init__(self, *field: str, english: str, french: str) -> None:
        super().__init__(*field)
        self.sentences = {"EN": english, "FR": french}

    def message(self, language: str) -> str:
        return self.sentences.get(language, self.sentences["EN"])
