"""What a search for words finds, in plain Python: without patterns, indexes and stored words."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from persistence.texts.texts_v1 import fold

Term: TypeAlias = tuple[list[str], bool, bool]
"""The words of a part of a search, whether they are a phrase, and whether they must not occur."""


def words_of(text: str) -> list[str]:
    """The runs of letters, digits and marks of the folded text, each at most 200 characters."""
    return [word[:200] for word in "".join(char if in_word(char) else " " for char in fold(text)).split(" ") if word]


def in_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN" or unicodedata.category(char) in ("Cn", "Co")


def finds(search: str, texts: Sequence[str | None]) -> bool:
    """Whether a search finds a row with these texts."""
    lists = [words_of(text) for text in texts if text]
    return all(_holds(term, lists) for term in terms(search))


def _holds(term: Term, lists: list[list[str]]) -> bool:
    words, is_phrase, is_unwanted = term
    if is_phrase:
        stands = any(words == each[at : at + len(words)] for each in lists for at in range(len(each)))
        return stands != is_unwanted
    begun = [any(each.startswith(word) for words in lists for each in words) for word in words]
    return not any(begun) if is_unwanted else all(begun)


def terms(search: str) -> Iterator[Term]:
    """The parts of a search that have words."""
    text = fold(search).replace("«", '"').replace("»", '"')
    at = 0
    while at < len(text):
        starts = at == 0 or text[at - 1].isspace()
        is_unwanted = starts and text[at] == "-"
        quote = at + 1 if is_unwanted and text[at + 1 : at + 2] == '"' else at
        end = text.find('"', quote + 1) if text[quote] == '"' else -1
        if end >= 0:
            part, is_phrase, following = text[quote + 1 : end], True, end + 1
        else:
            end = at
            while end < len(text) and not text[end].isspace() and text[end] != '"':
                end += 1
            part, is_phrase, following = text[at:end], False, max(end, at + 1)
        if words := words_of(part):
            yield words, is_phrase, is_unwanted
        at = following
