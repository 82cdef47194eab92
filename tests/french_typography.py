"""Finds errors of typography in French texts, by the conventions of Québec."""

import re

MARKS = {
    "a straight apostrophe": re.compile("'"),
    "no hard space before a colon": re.compile(r"(?<!\u00a0):(?=\s|$)"),
    "a soft space in guillemets": re.compile(r"«(?!\u00a0)|(?<!\u00a0)»"),
    "a space before ; ! or ?": re.compile(r"\s[;!?]"),
    "a soft space in a number": re.compile(r"(?<![\d\w])\d{1,3} \d{3}(?!\d)"),
    "thousands that are not set apart": re.compile(r"(?<![\w.,/–-])\d{5,}(?![\w-])"),
    "an article that does not contract": re.compile(r"\b(?:de|à) les? ", re.IGNORECASE),
    "no elision": re.compile(
        r"(?<![-\w])(?:de|je|la|le|lorsque|me|ne|puisque|que|se|te) (?!(?:onze|oui|un\b))[aeiouâàéèêëîïôûœ]",
        re.IGNORECASE,
    ),
    "another word for compagnie": re.compile(r"\bsociétés?\b", re.IGNORECASE),
}


def faults(text: str) -> list[str]:
    """The names of the errors in the text."""
    return [fault for fault, mark in MARKS.items() if mark.search(text)]
