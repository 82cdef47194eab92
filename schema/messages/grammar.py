"""The phrases of a language in which filters are described. `{}` in a phrase stands for the value."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Noun:
    """Something that is compared: "whose city is …". `words` are what the values of a vocabulary are called."""

    noun: str
    words: Mapping[str, str] = field(default_factory=dict)
    is_text: bool = False
    is_quantity: bool = False
    """A number that says how much, not one that names something."""
    feminine: bool = False
    """Whether a value that is not named is une autre, not un autre."""
    blank: tuple[str, str] | None = None
    """Whole clauses for no value and for any, where "is blank" would sound odd."""


@dataclass(frozen=True)
class Flag:
    """Yes or no, each as a whole clause."""

    yes: str
    no: str


@dataclass(frozen=True)
class Day:
    """A day: what comes before "on 18 March", and before "on 18 March" denied; whole clauses for no day and for any."""

    on: str
    not_on: str
    blank: tuple[str, str]


@dataclass(frozen=True)
class ItsContact:
    """A filter of contacts inside a filter of interactions: where its clauses go, and what it is when it asks
    nothing.
    """

    clause: str
    any: str


class Interactions:
    """How many interactions of a kind."""


Field = Noun | Flag | Day | ItsContact | Interactions
"""How conditions on a field of a filter are expressed."""


def text_noun(noun: str, blank: tuple[str, str] | None = None, *, feminine: bool = False) -> Noun:
    """A text that is compared."""
    return Noun(noun, is_text=True, blank=blank, feminine=feminine)


@dataclass(frozen=True)
class Dates:
    """Days and stretches of days as adverbs: "on 18 March 2026", "in the last 90 days"."""

    day: Callable[[dt.date], str]
    compared: Mapping[str, str]
    last: Mapping[str, tuple[str, str]]
    next: Mapping[str, tuple[str, str]]
    current: Mapping[str, str]
    previous: Mapping[str, str]
    past: tuple[str, str]
    future: tuple[str, str]


@dataclass(frozen=True)
class Counted:
    """ "that had no outbound interaction": verbs, quantities, and the thing counted in singular and plural.

    `flows` go before or behind the thing, as `thing` says. `more` is for one or several numbers of a list that are not
    named.
    """

    had: str
    had_none: str
    had_not: str
    none: str
    at_least_one: str
    quantities: Mapping[str, str]
    more: tuple[str, str]
    thing: tuple[str, str]
    flows: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Combined:
    """How clauses on one kind of thing are put together."""

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
    of_no_list: str
    and_: str
    or_: str
    more: tuple[tuple[str, str], tuple[str, str]]
    """For one or several values of a list that are not named; for feminine nouns the second pair."""
    number: Callable[[object], str]
    empty: str
    dates: Dates
    counted: Counted
    contacts: Combined
    interactions: Combined
    all_contacts: str
    some_contacts: str
    of_logged_segment: str
    options: Mapping[str, str]
