"""Filters of steps and of saved criteria that name a contact by its number get the number of another contact."""

import json
from collections.abc import Mapping

from sqlalchemy import Select, Unicode, bindparam, func, select, type_coerce, update
from sqlalchemy import Table as SqlTable

from resolvers.segments.tables import SAVED_STEPS, STEPS
from resolvers.work import Work, key

NUMBERS_OF_CONTACTS = ("no", "companyNo", "contactNo")
"""The fields of filters that compare the number of a contact."""

DUPLICATE_OF = "possibleDuplicateOf"
"""The field of filters whose value is the number of a contact."""


def rename_contact(work: Work, old: str, new: str) -> None:
    """Replace the number of a contact in the filters of all steps, of open and of logged segments, and of saved
    criteria: in `possibleDuplicateOf`, and in `eq`, `ne` and `in` of fields with the number of a contact or company.
    """
    for rows in (STEPS, SAVED_STEPS):
        changed = []
        for *primary_key, before in work.session.execute(_that_may_name(rows, old)):
            after = renamed(before, old, new)
            if after != before:
                changed.append({"key_1": primary_key[0], "key_2": primary_key[1], "new_filter": after})
        if changed:
            first, second = rows.primary_key.columns
            new_filter = bindparam("new_filter", type_=rows.c.filter.type)
            statement = update(rows).where(first == bindparam("key_1"), second == bindparam("key_2"))
            work.session.connection().execute(statement.values(filter=new_filter), changed)


def renamed(filter: object, old: str, new: str) -> object:
    """The filter with the other number."""
    if isinstance(filter, list):
        return [renamed(each, old, new) for each in filter]
    if not isinstance(filter, dict):
        return filter
    if isinstance(filter.get(DUPLICATE_OF), str) and key(filter[DUPLICATE_OF]) == old:
        filter = {**filter, DUPLICATE_OF: new}
    return {
        name: _compared(value, old, new)
        if name in NUMBERS_OF_CONTACTS and isinstance(value, dict)
        else renamed(value, old, new)
        for name, value in filter.items()
    }


def _compared(comparison: Mapping[str, object], old: str, new: str) -> dict[str, object]:
    def number(given: object) -> object:
        return new if isinstance(given, str) and key(given) == old else given

    def operand(name: str, given: object) -> object:
        if name == "in" and isinstance(given, list):
            return [number(each) for each in given]  # may repeat a number, once for each line
        return number(given) if name in ("eq", "ne") else given

    return {name: operand(name, given) for name, given in comparison.items()}


def _that_may_name(rows: SqlTable, no: str) -> Select[int, int, object]:
    """Selects the keys and filters of the steps whose filter has the number as a text. Letters that are not ASCII are
    converted to upper case in other ways by the databases, so with such a number all filters are read.
    """
    filters = select(*rows.primary_key.columns, rows.c.filter).where(rows.c.filter.is_not(None))
    if not no.isascii():
        return filters
    text = func.upper(type_coerce(rows.c.filter, Unicode()))
    return filters.where(text.contains(json.dumps(no)[1:-1], autoescape=True))
