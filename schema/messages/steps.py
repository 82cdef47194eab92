"""The criteria of a step as one sentence."""

from collections.abc import Mapping
from typing import Any

from schema.messages.clauses import of_contacts
from schema.messages.english import ENGLISH
from schema.messages.french import FRENCH

OPTIONS = (
    "expand_companies",
    "allow_related_companies",
    "ignore_exclusion",
    "allow_existing_contacts",
    "entire_companies",
)
COLUMNS = ("filter", "by_number", "logged_segment_entry_no", *OPTIONS)
"""What a sentence is made of."""


def sentence(step: Mapping[str, Any], language: str) -> str:
    """Which contacts a step means, from its columns, in `FR` or, for anything else, `EN`."""
    grammar = FRENCH if language == "FR" else ENGLISH
    clauses = of_contacts(grammar, step["filter"] or {})
    meant = grammar.some_contacts.format(grammar.and_.join(clauses)) if clauses else grammar.all_contacts
    if step["logged_segment_entry_no"] is not None:
        meant = grammar.of_logged_segment.format(step["logged_segment_entry_no"])
    by_hand = step["by_number"] and step["ignore_exclusion"] and step["allow_existing_contacts"]
    options = () if by_hand else OPTIONS
    return meant + "".join(grammar.options[name] for name in options if step[name])
