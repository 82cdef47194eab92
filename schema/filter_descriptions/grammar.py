"""The phrases of a language in which filters are described. `{}` in a phrase stands for the value."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Noun:
    """A value that is compared: "whose city is …". `words` are the names of the values of an enum."""

    noun: str
    words: Mapping[str, str] = field(default_factory=dict)
    is_text: bool = False
    is_quantity: bool = False
    """Whether it is a quantity, not an identifier."""
    feminine: bool = False
    """Whether the noun is feminine in French."""
    blank: tuple[str, str] | None = None
    """Clauses for "has no value" and "has a value", where "is blank" would sound odd."""


@dataclass(frozen=True)
class Flag:
    """A Boolean: the clauses for true and for false."""

    yes: str
    no: str


@dataclass(frozen=True)
class Day:
    """A date: the words before "on 18 March", the same words negated, and the clauses for "has no date" and "has a
    date".
    """

    on: str
    not_on: str
    blank: tuple[str, str]


@dataclass(frozen=True)
class ContactFilterPhrase:
    """A filter of contacts inside a filter of interactions: a phrase with its clauses, and the phrase if it has no
    conditions.
    """

    clause: str
    any: str


@dataclass(frozen=True)
class Named:
    """A condition on one record that the value names: a clause with a place for its number."""

    clause: str


class Interactions:
    """A number of interactions."""


FieldPhrases = Noun | Flag | Day | ContactFilterPhrase | Named | Interactions
"""How conditions on a field of a filter are expressed."""


def text_noun(noun: str, blank: tuple[str, str] | None = None, *, feminine: bool = False) -> Noun:
    """A text that is compared."""
    return Noun(noun, is_text=True, blank=blank, feminine=feminine)


@dataclass(frozen=True)
class DatePhrases:
    """Dates and periods as adverbs: "on 18 March 2026", "in the last 90 days"."""

    day: Callable[[dt.date], str]
    compared: Mapping[str, str]
    last: Mapping[str, tuple[str, str]]
    next: Mapping[str, tuple[str, str]]
    current: Mapping[str, str]
    previous: Mapping[str, str]
    past: tuple[str, str]
    future: tuple[str, str]


@dataclass(frozen=True)
class CountPhrases:
    """The parts of "that had no outbound interaction": verbs, quantities, and the counted noun in singular and plural.

    `flows` are adjectives, for which `noun` has a place. `more` stands for one or several numbers of a list that are
    not named.
    """

    had: str
    had_none: str
    had_not: str
    none: str
    at_least_one: str
    quantities: Mapping[str, str]
    more: tuple[str, str]
    noun: tuple[str, str]
    flows: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class CombinationPhrases:
    """How clauses about contacts, or about interactions, are combined."""

    not_among: str
    nothing: str
    anything: str


@dataclass(frozen=True)
class Grammar:
    """All phrases of one language."""

    language: str
    """`EN` or `FR`."""
    whose: str
    compared: Mapping[str, str]
    """`{e}` is the ending of an adjective whose noun is feminine."""
    text_compared: Mapping[str, str]
    blank: tuple[str, str]
    in_empty_list: str
    and_: str
    or_: str
    more: tuple[tuple[str, str], tuple[str, str]]
    """Stands for one or several values of a list that are not named; the second pair is for feminine nouns."""
    number: Callable[[object], str]
    empty: str
    dates: DatePhrases
    counted: CountPhrases
    contacts: CombinationPhrases
    interactions: CombinationPhrases
    all_contacts: str
    some_contacts: str
    of_logged_segment: str
    options: Mapping[str, str]
