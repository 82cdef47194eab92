"""How a rule says no: one refusal is one code and one sentence, in English and French, that says what to do next."""

import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, NamedTuple


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


class Words(NamedTuple):
    """A fact that is said differently in each language."""

    english: str
    french: str


def number(count: int, one: Words, several: Words) -> Words:
    """A number of things: 1 line, 3 lines."""
    called = several if count > 1 else one
    return Words(f"{count} {called.english}", f"{count} {called.french}")


KEYS = ("no", "key")
"""The facts that are what the caller gave to name something."""

LONGEST_KEY_SHOWN = 60


def as_given(key: object) -> str:
    """A key as a sentence shows it, whatever was given: cut when it is endless, without signs that nobody sees or that turn
    the sentence around; in quotation marks when nothing is left.
    """
    seen = "".join(sign for sign in str("" if key is None else key) if unicodedata.category(sign)[0] != "C")
    if not seen.strip():
        return "“”"
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
        in_french = language == "FR"
        facts = {name: fact[in_french] if isinstance(fact, Words) else fact for name, fact in self.facts.items()}
        facts |= {name: as_given(facts[name]) for name in KEYS if name in facts}
        sentence = self.french if in_french else self.english
        said = sentence.format(**facts)
        return said[:1].upper() + said[1:] if sentence.startswith("{what}") else said

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.field)}: {self.message('EN')})"


class Refused(Exception):
    """Raised by a verb to say no: nothing it did is kept.

    `detail` is what is shown beside the errors: for a payload a dataclass of keys and counts, like the outcome of a verb.
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
    code = UserErrorCode.NOT_FOUND
    english = "There is no {what} {key}. Check the number or list what there is."
    french = "Enregistrement introuvable : {what} {key}. Vérifiez le numéro ou affichez la liste."


class StaleVersion(Refusal):
    code = UserErrorCode.STALE_VERSION
    english = "{what} {key} was changed meanwhile: it has version {actual}, you expected {expected}. Read it again and repeat."
    french = (
        "{what} {key} : il y a eu une modification entre-temps, la version est {actual} et vous attendiez {expected}. "
        "Relisez et recommencez."
    )


class Duplicate(Refusal):
    code = UserErrorCode.DUPLICATE
    english = "{key} is taken already. Choose another one."
    french = "{key} est déjà pris. Choisissez-en un autre."


class TooLong(Refusal):
    code = UserErrorCode.TOO_LONG
    english = "At most {most} characters fit here, and you gave {length}. Shorten the text."
    french = "Ce champ admet {most} caractères au plus, vous en donnez {length}. Raccourcissez le texte."


class TooMany(Refusal):
    code = UserErrorCode.TOO_MANY
    english = "At most {most} can be given at once, and you gave {count}. Send them in parts."
    french = "La liste admet {most} éléments au plus, vous en donnez {count}. Envoyez-les en plusieurs fois."


class TooManyKept(TooMany):
    """More than a card can have, where the list takes the place of all that is stored."""

    english = "At most {most} can be kept here, and you gave {count}. Give fewer."
    french = "On peut en garder {most} ici au plus, et vous en donnez {count}. Donnez-en moins."


class Invalid(Refusal):
    """For what has no code of its own; `english` and `french` are the whole sentence."""

    code = UserErrorCode.INVALID

    def __init__(self, *field: str, english: str, french: str) -> None:
        super().__init__(*field)
        self.sentences = {"EN": english, "FR": french}

    def message(self, language: str) -> str:
        return self.sentences.get(language, self.sentences["EN"])
