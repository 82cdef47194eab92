"""The syntax of searches for words, and the SQL conditions they become.

`call back` finds texts in which each word begins a word, `"call back"` finds the two words one after the other, `-call`
leaves out texts in which a word begins with it. Signs other than letters and digits separate words.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import Boolean, Unicode, and_, not_, or_

from persistence.dialects.sql_writer import WordsQuery
from persistence.sql.conditions import IsLike, IsLikeAll, IsLikeAny, ListParameter
from persistence.sql.folding import fold
from persistence.sql_types import SqlType
from persistence.texts.words_v1 import words_of
from resolvers.queries import InvalidOperand, SqlBuilder, SqlCondition, SqlExpression

MAX_WORDS = 50

QUOTES = str.maketrans("«»", '""')
PART = re.compile(r'(?P<minus>(?<!\S)-)?"(?P<phrase>[^"]*)"|(?P<words>[^\s"]+)')
"""A phrase in quotation marks, or what stands between spaces. A quotation mark without a second one is a separator."""

HELP = (
    f"Words, at most {MAX_WORDS}: each must begin a word of one of the texts. Words in quotation marks must "
    "follow each other in one text, as whole words. A word with a minus sign before it must not begin any word of the "
    "texts. Case and accents are ignored; other signs separate words. Without a word, everything is found."
)
"""Describes the syntax to clients."""


@dataclass(frozen=True)
class Term:
    """One word that begins a word, or a phrase of whole words."""

    words: tuple[str, ...]
    is_phrase: bool

    @property
    def pattern(self) -> str:
        """The LIKE pattern of spaced words (`words_v1.spaced_words`). Words have no wildcards."""
        return f"% {' '.join(self.words)}{' ' * self.is_phrase}%"

    @property
    def group(self) -> Sequence[tuple[str, bool]]:
        """Its words, for a `WordsQuery`."""
        return [(word, not self.is_phrase) for word in self.words]


@dataclass
class Search:
    """A parsed search."""

    wanted: dict[Term, None] = field(default_factory=dict)
    unwanted: dict[Term, None] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether it has no words, and finds everything."""
        return not self.wanted

    @property
    def first_pattern(self) -> str:
        """A LIKE pattern that the spaced words of each text with all words match."""
        return next((term.pattern for term in self.wanted), "%")

    @property
    def is_one_word(self) -> bool:
        """Whether an index of words answers it alone."""
        return [len(term.words) for term in self.wanted] == [1] and not self.unwanted

    @property
    def queries_of_texts(self) -> Sequence[WordsQuery]:
        """Queries of the words of a description and subject; with the query at the same place of `queries_of_comments`,
        each finds all entries: one that does not have all terms in its texts has one of them in a comment, and each
        term stands in its texts or in a comment.
        """
        together: WordsQuery = [[word for term in self.wanted for word in term.group]]
        return [*([together] if len(self.wanted) > 1 else []), *([term.group] for term in self.wanted)]

    @property
    def queries_of_comments(self) -> Sequence[WordsQuery]:
        """Queries of the words of a comment; see `queries_of_texts`."""
        any_: WordsQuery = [term.group for term in self.wanted]
        return [*([any_] if len(self.wanted) > 1 else []), *([term.group] for term in self.wanted)]


@lru_cache(256)
def parse(text: str) -> Search:
    """Parse a search. Raises InvalidOperand for too many words, and for one that only says what must not occur."""
    found = Search()
    for part in PART.finditer(fold(text).translate(QUOTES)):
        given = part["words"] or ""
        is_phrase = part["phrase"] is not None
        starts = part.start() == 0 or part.string[part.start() - 1].isspace()
        is_unwanted = bool(part["minus"]) or (starts and given.startswith("-"))
        words = tuple(words_of(part["phrase"] if is_phrase else given))
        terms = [Term(words, True)] if is_phrase and words else [Term((word,), False) for word in words]
        (found.unwanted if is_unwanted else found.wanted).update(dict.fromkeys(terms))
    count = sum(len(term.words) for term in (*found.wanted, *found.unwanted))
    if count > MAX_WORDS:
        raise InvalidOperand(f"`search` has at most {MAX_WORDS} words; {count:,} were given. Give fewer.")
    if found.unwanted and not found.wanted:
        raise InvalidOperand("`search` only has words that must not occur. Add a word that must occur.")
    return found


def bound(text: object, of: Callable[[Search], object], type_: SqlType, sql: SqlBuilder) -> SqlExpression:
    """A parameter that is computed from the search."""
    return sql.bind(lambda given: of(parse(given)), text, type_=type_)


def text_has_words(words: SqlExpression, text: object, sql: SqlBuilder) -> SqlCondition:
    """What `has_words` tells of the words of one text, faster for very many texts if one word is searched for."""
    first = bound(text, lambda search: search.first_pattern, Unicode(), sql)
    is_all = bound(text, lambda search: len(search.wanted) <= 1 and not search.unwanted, Boolean(), sql)
    return and_(IsLike(words, first), or_(is_all, has_words(words, text, sql)))


def has_words(words: SqlExpression, text: object, sql: SqlBuilder) -> SqlCondition:
    """Whether the spaced words of a row, or of several texts of it one after the other, are what the search wants."""
    is_blank = bound(text, lambda search: search.is_blank, Boolean(), sql)
    wanted = bound(text, lambda search: [term.pattern for term in search.wanted], ListParameter(Unicode()), sql)
    unwanted = bound(text, lambda search: [term.pattern for term in search.unwanted], ListParameter(Unicode()), sql)
    excludes = bound(text, lambda search: bool(search.unwanted), Boolean(), sql)
    return or_(is_blank, and_(IsLikeAll(words, wanted), not_(and_(excludes, IsLikeAny(words, unwanted)))))
