"""The fields of contacts are complete: a new column is normalized, searched, imported and anonymized, or a test fails."""

from typing import get_type_hints

from sqlalchemy import Unicode

from persistence.columns import table_of
from persistence.contacts import Contact
from resolvers.contacts.fields import FOLDED, NORMALIZERS, PERSONAL_COLUMNS, PHONES, ContactFields
from resolvers.imports.contacts.captions import CAPTIONS
from resolvers.imports.contacts.cells import PARSERS

COLUMNS = {column.name: column for column in table_of(Contact).columns}
SEARCH_COLUMNS = {name for name in COLUMNS if name.startswith("search_")}
FIELDS = set(get_type_hints(ContactFields))

NOT_PERSONAL = {
    "id",
    "no",
    "version",
    "type",
    "company_no",
    "country_code",
    "territory_code",
    "language_code",
    "correspondence_type",
    "salesperson_code",
    "exclude_from_segment",
    "privacy_blocked",
    "contact_every_days",
    "created_on",
}
"""The columns that anonymizing keeps, because they do not identify a contact without the others."""

RENAMED = {"name", "company_name"}
"""The columns in which anonymizing writes another name."""


def test_each_column_of_a_contact_can_be_set_or_is_set_by_the_rules() -> None:
    assert COLUMNS.keys() - SEARCH_COLUMNS - {"id", "no", "version", "company_name", "created_on"} == FIELDS


def test_each_field_is_normalized_before_it_is_stored() -> None:
    """The name is normalized by itself, because it is required. Enum values need no normalization."""
    assert FIELDS - {"name", "type", "correspondence_type"} == NORMALIZERS.keys()


def test_anonymizing_clears_each_column_that_may_identify_a_contact() -> None:
    assert COLUMNS.keys() - SEARCH_COLUMNS - NOT_PERSONAL - RENAMED == set(PERSONAL_COLUMNS)


def test_each_search_column_is_written_in_its_length() -> None:
    assert {*FOLDED, *PHONES} == SEARCH_COLUMNS
    for name, (source, length, _) in FOLDED.items():
        assert (name, _length(name)) == (name, length)
        assert (name, 2 * _length(source)) == (name, length)


def test_each_folded_column_has_an_index_for_filters_and_orders() -> None:
    indexes = {tuple(column.name for column in index.columns) for index in table_of(Contact).indexes}

    assert indexes >= {(name, "no") for name in FOLDED}


def test_each_field_can_be_imported() -> None:
    assert FIELDS - CAPTIONS.keys() == set()
    assert FIELDS - PARSERS.keys() == set()


def _length(name: str) -> int:
    type_ = COLUMNS[name].type
    assert isinstance(type_, Unicode)
    assert type_.length is not None
    return type_.length
