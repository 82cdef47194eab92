"""Checks that the records that a segment or its lines name exist and are not blocked (K10), by one statement for each
kind of record.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import or_, select

from persistence.columns import table_of
from persistence.sql.lists_as_tables import list_as_table
from resolvers.errors import Refusal
from resolvers.references import BLOCKABLE, BlockableReference
from resolvers.work import Work

Path = tuple[str, ...]


def check(work: Work, given: Iterable[tuple[Path, Mapping[str, object]]]) -> list[Refusal]:
    """Refusals for records that do not exist or are blocked, in the order of the given values and of their fields."""
    given = list(given)
    unusable = {
        name: _unusable(work, reference, [str(values[name]) for _, values in given if values.get(name)])
        for name, reference in BLOCKABLE.items()
    }
    return [
        reference.refusal(str(values[name]), *path, name, is_blocked=unusable[name][str(values[name])])
        for path, values in given
        for name, reference in BLOCKABLE.items()
        if values.get(name) in unusable[name]
    ]


def check_contacts(work: Work, numbers: Sequence[str], *field: str) -> list[Refusal]:
    """Refusals for contacts that do not exist or are blocked for privacy. `field` is the path of the list."""
    contact = BLOCKABLE["contact_no"]
    unusable = _unusable(work, contact, numbers)
    return [
        contact.refusal(no, *field, str(index), is_blocked=unusable[no])
        for index, no in enumerate(numbers)
        if no in unusable
    ]


def _unusable(work: Work, reference: BlockableReference, keys: Iterable[str]) -> dict[str, bool]:
    """The keys that cannot be used: true for those of blocked records, false for those of no record."""
    keys = sorted(set(keys))
    if not keys:
        return {}
    rows = table_of(reference.model)
    given = list_as_table(work.session, keys)
    key, block = rows.c[reference.key], rows.c[reference.block]
    statement = (
        select(given.c.value, key.is_not(None))
        .select_from(given.outerjoin(rows, key == given.c.value))
        .where(or_(key.is_(None), block))
    )
    return dict(work.session.execute(statement).all())


def own_salesperson(work: Work) -> str | None:
    """The user's own salesperson; null if they have none or it is blocked or does not exist (R-SEG-1, K16)."""
    code = work.user.salesperson_code
    return None if code is None or _unusable(work, BLOCKABLE["salesperson_code"], [code]) else code
