"""Contacts of a day and a key, computed from entries: how many there are, how many of them were reached, and the sum of
the numbers of the attempts at which these were reached. The columns of `OVER_CONTACTS` have these meanings.

On one day nearly every contact has one entry. Such contacts are counted by counting entries, and those reached by
counting attempts that did not fail: `of_single_entries`. `corrections` has what contacts with several entries change.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Subquery, Unicode, and_, case, func, literal_column, not_, select, union_all

from persistence.columns import table_of
from persistence.dialects.interface import DatabaseDialect
from persistence.interactions import InteractionLogEntry
from persistence.precomputed.day_sums import SumKind
from persistence.sql.constructs import JoinedTexts
from persistence.sql_types import SqlExpression, SqlQuery
from resolvers.queries import Columns, SqlCondition, quoted
from resolvers.statistics.queries import ONE, ZERO

ENTRIES = table_of(InteractionLogEntry)
NEEDED = "contact_no", "attempt_failed", "time_of_interaction", "entry_no"
"""The columns of entries that `exact` reads, besides `day` and `key`."""


def of_single_entries(entry: Columns) -> dict[str, SqlExpression]:
    """The sums over contacts of entries, as if no contact had several of them."""
    reached: SqlExpression = func.count(entry.contact_no).filter(not_(entry.attempt_failed))
    return {"contacts": func.count(entry.contact_no), "reached": reached, "attempts": reached}


def correction(entries: SqlExpression, succeeded: SqlExpression, attempt: SqlExpression) -> dict[str, SqlExpression]:
    """What to add to `of_single_entries` for a contact with several entries: `entries` is their number, `succeeded` the
    number of those whose attempt did not fail, and `attempt` the place of the first of these, null if all failed.
    """
    is_reached = case((attempt.is_(None), ZERO), else_=ONE)
    return {
        "contacts": ONE - entries,
        "reached": is_reached - succeeded,
        "attempts": func.coalesce(attempt, ZERO) - succeeded,
    }


def exact(entries: Subquery) -> SqlQuery:
    """The sums over contacts for each `day` and `key`, by numbering the entries of each contact."""
    columns = entries.c
    same = (columns.day, columns.key, columns.contact_no)
    place = func.row_number().over(partition_by=same, order_by=(columns.time_of_interaction, columns.entry_no))
    numbered = select(*same, columns.attempt_failed, place.label("place")).where(columns.contact_no.is_not(None))
    contact = _by_contact(numbered.subquery("numbered"), ["day", "key", "contact_no"]).subquery("contacts").c
    return select(
        contact.day,
        contact.key,
        func.count().label("contacts"),
        func.count(contact.first).label("reached"),
        func.coalesce(func.sum(contact.first), ZERO).label("attempts"),
    ).group_by(contact.day, contact.key)


def corrections(
    dialect: DatabaseDialect, keys: Mapping[SumKind, SqlExpression], conditions: Sequence[SqlCondition]
) -> SqlQuery:
    """What to add to `of_single_entries` of each day and key, so that the sums are right also for contacts that have
    several entries on a day. Only entries that meet the conditions count. A day and key may have several rows, or none.

    Contacts whose entries are alike, as those of two mailings, are computed together.
    """
    sequences = _sequences(dialect, keys, conditions)
    same_contact = and_(ENTRIES.c.date == sequences.c.day, ENTRIES.c.contact_no == sequences.c.contact_no)
    chosen = (
        select(
            *(ENTRIES.c[name] for name in NEEDED),
            sequences.c.day,
            sequences.c.contacts,
            *(func.coalesce(key, quoted("")).label(kind) for kind, key in keys.items()),
        )
        .join_from(ENTRIES, sequences, same_contact)
        .where(*conditions)
        .cte("chosen_entries", nesting=True)
    )
    of_kinds = union_all(
        *(
            select(
                literal_column(f"'{kind}'", Unicode()).label("kind"),
                chosen.c[kind].label("key"),
                *(chosen.c[name] for name in ("day", "contacts", *NEEDED)),
            )
            for kind in keys
        )
    ).subquery("of_kinds")
    same = [of_kinds.c[name] for name in ("kind", "key", "day", "contact_no", "contacts")]
    in_time = (of_kinds.c.time_of_interaction, of_kinds.c.entry_no)
    place = func.row_number().over(partition_by=same[:4], order_by=in_time).label("place")
    numbered = select(*same, of_kinds.c.attempt_failed, place).subquery("numbered")
    contact = _by_contact(numbered, [each.name for each in same]).having(func.count() > ONE).subquery("of_contacts").c
    corrected = correction(contact.entries, contact.succeeded, contact.first)
    return select(
        contact.kind,
        contact.key,
        contact.day,
        *((contact.contacts * value).label(name) for name, value in corrected.items()),
    )


def _sequences(
    dialect: DatabaseDialect, keys: Mapping[SumKind, SqlExpression], conditions: Sequence[SqlCondition]
) -> Subquery:
    """For each day and each sequence of several entries of a contact on this day: one of the contacts that have it, and
    how many have it. Two sequences are the same if in the order of time their entries have the same keys, and the same
    attempts failed. A sequence is written as a text, to compare it.
    """
    coded = (key for kind, key in keys.items() if kind not in (SumKind.HOUR, SumKind.TOTAL))
    entry = JoinedTexts(ENTRIES.c.attempt_failed, *coded, hour_of=ENTRIES.c.time_of_interaction)
    of_contact = dialect.texts_of_several(
        entry,
        same=(ENTRIES.c.contact_no, ENTRIES.c.date),
        order_by=(ENTRIES.c.time_of_interaction, ENTRIES.c.entry_no),
        where=(*conditions, ENTRIES.c.contact_no.is_not(None)),
    ).subquery("of_contact")
    day, texts = of_contact.c.date, of_contact.c.texts
    return (
        select(day.label("day"), func.min(of_contact.c.contact_no).label("contact_no"), func.count().label("contacts"))
        .group_by(day, texts)
        .subquery("sequences")
    )


def _by_contact(numbered: Subquery, names: Sequence[str]) -> SqlQuery:
    """For each combination of these columns: the number of entries, the number of those whose attempt did not fail, and
    the place of the first of these, null if all failed.
    """
    columns = [numbered.c[name] for name in names]
    succeeded = not_(numbered.c.attempt_failed)
    return select(
        *columns,
        func.count().label("entries"),
        func.count().filter(succeeded).label("succeeded"),
        func.min(numbered.c.place).filter(succeeded).label("first"),
    ).group_by(*columns)
