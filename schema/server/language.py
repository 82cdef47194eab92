"""What the command line says, in the language of the environment."""

from dataclasses import dataclass

from resolvers import french
from resolvers.errors import Refused
from schema.server.locales import language

HARD_SPACE = "\u00a0"


def in_french() -> bool:
    """Whether French is spoken."""
    return language() == "FR"


def number(count: int) -> str:
    """A count with its thousands apart: 60,000, and in French with spaces at which no line breaks."""
    return french.number(count) if in_french() else f"{count:,}"


@dataclass(frozen=True)
class Sentence:
    """A sentence with `{facts}` in both languages. Whole numbers among the facts are counts; what only names is given as text."""

    english: str
    french: str

    def __call__(self, **facts: object) -> str:
        shown = {name: number(fact) if type(fact) is int else fact for name, fact in facts.items()}
        return (self.french if in_french() else self.english).format(**shown)


@dataclass(frozen=True)
class Counted:
    """What is counted, one and several of it, in both languages; `{}` is where the count goes. In French 0 is like one."""

    english: tuple[str, str]
    french: tuple[str, str]

    def __call__(self, count: int) -> str:
        one, several = self.french if in_french() else self.english
        return (several if count > 1 or (count == 0 and not in_french()) else one).format(number(count))


def said(refused: Refused) -> str:
    """What a rule refuses, all of it."""
    return " ".join(refusal.message(language()) for refusal in refused.refusals)
