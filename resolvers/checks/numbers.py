"""Entry numbers, and the numbers of contacts, segments and campaigns with the series that give them."""

from collections.abc import Iterator

from sqlalchemy import Integer, and_, exists, func, literal_column, not_, or_, select, text, union_all

from persistence.columns import table_of
from persistence.dialects.interface import DatabaseDialect
from persistence.interactions import PostponedInteraction
from persistence.setup import MarketingSetup, NumberSeries, NumberSeriesLine
from persistence.sql_types import SqlExpression
from resolvers.checks.check import Check
from resolvers.errors import Translated
from resolvers.number_series import NUMBERED
from resolvers.segments.tables import ENTRIES

POSTPONED, SETUP = table_of(PostponedInteraction), table_of(MarketingSetup)
SERIES, SERIES_LINES = table_of(NumberSeries), table_of(NumberSeriesLine)
DIGITS: SqlExpression = literal_column("'0123456789'")


def checks(dialect: DatabaseDialect) -> Iterator[Check]:
    """The checks of numbers."""
    yield Check(
        select(ENTRIES.c.entry_no).join(POSTPONED, POSTPONED.c.entry_no == ENTRIES.c.entry_no),
        Translated(
            "Numbers ({count}) are those of an interaction of the log and of a postponed one at the same time: {keys}. "
            "Delete the postponed one with the mutation deletePostponedInteractions if it was resumed.",
            "Des numéros ({count}) sont à la fois ceux d’une interaction du journal et d’une interaction "
            "reportée\u00a0: {keys}. Supprimez l’interaction reportée avec la mutation deletePostponedInteractions si "
            "elle a été reprise.",
        ),
    )
    yield _entry_numbers(dialect)
    for field in NUMBERED:
        yield _series_behind(field)
    yield Check(
        select(func.count().label("rows")).select_from(SETUP).having(func.count() != literal_column("1")),
        Translated(
            "The table `marketing_setup` has {keys} rows instead of 1. Restore the database from a backup.",
            "La table `marketing_setup` a {keys} lignes au lieu de 1. Restaurez la base de données depuis une "
            "sauvegarde.",
        ),
    )


def _entry_numbers(dialect: DatabaseDialect) -> Check:
    """Numbers of the log and of postponed interactions are at most the last number given."""
    last = func.coalesce(text(f"({dialect.entry_numbers.last_number})").columns(no=Integer).scalar_subquery(), -1)
    highest = union_all(*(select(func.max(each.c.entry_no).label("no")) for each in (ENTRIES, POSTPONED))).subquery()
    return Check(
        select(highest.c.no).where(highest.c.no > last),
        Translated(
            "The last entry number given is lower than that of an interaction: {keys}. New interactions would fail. "
            "Set the last number to the highest entry number: on PostgreSQL that of the sequence "
            "`interaction_entry_no`, on SQLite in the table `interaction_entry_counter`.",
            "Le dernier numéro d’écriture attribué est plus petit que celui d’une interaction\u00a0: {keys}. De "
            "nouvelles interactions échoueraient. Mettez ce dernier numéro au plus grand numéro d’écriture\u00a0: sur "
            "PostgreSQL celui de la séquence `interaction_entry_no`, sur SQLite dans la table "
            "`interaction_entry_counter`.",
        ),
    )


def _series_behind(field: str) -> Check:
    """Where a series gives all numbers, no number is higher than the last one that it gave. Where numbers are also
    given by hand, higher ones are right: drawing skips them.
    """
    numbered = table_of(NUMBERED[field][0])
    line, other, no = SERIES_LINES, SERIES_LINES.alias("other"), numbered.c.no
    first = line.c.starting_no
    after_last = _is_higher(no, line.c.last_no_used)
    given_by_other = exists().where(
        other.c.series_code == line.c.series_code,
        _prefix(other.c.last_no_used) == _prefix(no),
        not_(_is_higher(no, other.c.last_no_used)),
        or_(other.c.line_no != line.c.line_no, not_(after_last)),
    )
    return Check(
        select(no)
        .select_from(SETUP)
        .join(SERIES, SERIES.c.code == SETUP.c[field])
        .join(line, line.c.series_code == SERIES.c.code)
        .join(numbered, _prefix(no) == _prefix(first))
        .where(
            not_(SERIES.c.manual_nos),
            not_(_is_higher(first, no)),
            or_(line.c.last_no_used.is_(None), after_last),
            or_(line.c.ending_no.is_(None), not_(_is_higher(no, line.c.ending_no))),
            not_(given_by_other),
        ),
        Translated(
            f"Numbers in the table `{numbered.name}` ({{count}}) are higher than the last one that their number series "
            "gave, although it gives all numbers: {keys}. Set lastNoUsed of its line to the highest number, with the "
            "mutation updateNumberSeries.",
            f"Des numéros de la table `{numbered.name}` ({{count}}) sont plus élevés que le dernier que leur souche de "
            "numéros a attribué, alors qu’elle attribue tous les numéros\u00a0: {keys}. Mettez lastNoUsed de sa ligne "
            "au plus grand numéro, avec la mutation updateNumberSeries.",
        ),
    )


def _prefix(no: SqlExpression) -> SqlExpression:
    """The number without the digits at its end."""
    return func.rtrim(no, DIGITS)


def _is_higher(no: SqlExpression, than: SqlExpression) -> SqlExpression:
    """Of two numbers with the same prefix, longer ones are higher."""
    return or_(func.length(no) > func.length(than), and_(func.length(no) == func.length(than), no > than))
