"""Messages of the command line in the language of the environment."""

from dataclasses import dataclass

from resolvers import french_grammar
from resolvers.errors import Refused
from schema.server.locales import language

NO_BREAK_SPACE = "\u00a0"


def in_french() -> bool:
    """Whether messages are French."""
    return language() == "FR"


def number(count: int) -> str:
    """A count with thousands separators: 60,000, or in French with no-break spaces."""
    return french_grammar.number(count) if in_french() else f"{count:,}"


@dataclass(frozen=True)
class Message:
    """A message in both languages with `{placeholders}`. Integers are formatted as counts; pass identifiers as text."""

    english: str
    french: str

    def __call__(self, **values: object) -> str:
        formatted = {name: number(value) if type(value) is int else value for name, value in values.items()}
        return (self.french if in_french() else self.english).format(**formatted)


@dataclass(frozen=True)
class CountedNoun:
    """A counted noun, singular and plural, in both languages; `{}` is the count. In French 0 takes the singular."""

    english: tuple[str, str]
    french: tuple[str, str]

    def __call__(self, count: int) -> str:
        one, several = self.french if in_french() else self.english
        return (several if count > 1 or (count == 0 and not in_french()) else one).format(number(count))


def refusal_text(refused: Refused) -> str:
    """The messages of all refusals of a rule, in one line."""
    return " ".join(refusal.message(language()) for refusal in refused.refusals)
