"""The criteria of a step as one sentence."""

from collections.abc import Mapping
from typing import Any

from schema.filter_descriptions.clauses import clauses_of_contact_filter
from schema.filter_descriptions.english import ENGLISH
from schema.filter_descriptions.french import FRENCH

OPTIONS = (
    "expand_companies",
    "allow_related_companies",
    "ignore_exclusion",
    "allow_existing_contacts",
    "entire_companies",
)
COLUMNS = ("filter", "by_number", "logged_segment_entry_no", *OPTIONS)
"""The columns of a step from which `sentence` is made."""


def sentence(step: Mapping[str, Any], language: str) -> str:
    """The contacts that a step selects, described in French if `language` is `FR`, else in English."""
    grammar = FRENCH if language == "FR" else ENGLISH
    clauses = clauses_of_contact_filter(grammar, step["filter"] or {})
    contacts = grammar.some_contacts.format(grammar.and_.join(clauses)) if clauses else grammar.all_contacts
    if step["logged_segment_entry_no"] is not None:
        contacts = grammar.of_logged_segment.format(step["logged_segment_entry_no"])
    by_hand = step["by_number"] and step["ignore_exclusion"] and step["allow_existing_contacts"]
    options = () if by_hand else OPTIONS
    return contacts + "".join(grammar.options[name] for name in options if step[name])
