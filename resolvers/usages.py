"""What still uses a card, so that it is not deleted (K6): found by the foreign keys that lead to it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, literal, select, union
from sqlalchemy import Table as SqlTable

from persistence.campaigns import Campaign, CampaignEntry
from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.segments import Segment, SegmentLine
from persistence.setup import MarketingSetup, NumberSeriesLine
from persistence.tables import Table
from persistence.templates import InteractionGroupTranslation, InteractionTemplate, InteractionTemplateTranslation
from persistence.users import UserSetup
from resolvers.changes.rules import KEYS, table
from resolvers.errors import Refusal, Refused, Translated, UserErrorCode, number
from resolvers.work import Work, spoken

PARTS = (table(InteractionGroupTranslation), table(InteractionTemplateTranslation), table(NumberSeriesLine))
"""Tables whose rows are part of a card and go with it."""

OPEN, LOGGED = "open", "logged"
"""Segments and their lines are counted apart: those of logged segments are kept for undoing (K7, K18)."""

LINES_OF_OPEN_SEGMENTS = (
    Translated("line of an open segment", "ligne d’un segment actif"),
    Translated("lines of open segments", "lignes de segments actifs"),
)
HISTORY = {
    InteractionLogEntry.__tablename__,
    f"{Segment.__tablename__} {LOGGED}",
    f"{SegmentLine.__tablename__} {LOGGED}",
}
"""Uses that can no longer be changed."""

CALLED: dict[str, tuple[Translated, Translated]] = {
    InteractionLogEntry.__tablename__: (
        Translated("interaction of the log", "écriture journal interaction"),
        Translated("interactions of the log", "écritures journal interaction"),
    ),
    PostponedInteraction.__tablename__: (
        Translated("postponed interaction", "interaction reportée"),
        Translated("postponed interactions", "interactions reportées"),
    ),
    f"{Segment.__tablename__} {OPEN}": (
        Translated("open segment", "segment actif"),
        Translated("open segments", "segments actifs"),
    ),
    f"{SegmentLine.__tablename__} {OPEN}": LINES_OF_OPEN_SEGMENTS,
    f"{Segment.__tablename__} {LOGGED}": (
        Translated("logged segment", "segment journalisé"),
        Translated("logged segments", "segments journalisés"),
    ),
    f"{SegmentLine.__tablename__} {LOGGED}": (
        Translated("line of a logged segment", "ligne d’un segment journalisé"),
        Translated("lines of logged segments", "lignes de segments journalisés"),
    ),
    CampaignEntry.__tablename__: (
        Translated("campaign entry", "écriture campagne"),
        Translated("campaign entries", "écritures campagne"),
    ),
    InteractionTemplate.__tablename__: (
        Translated("interaction template", "modèle interaction"),
        Translated("interaction templates", "modèles interaction"),
    ),
    Campaign.__tablename__: (Translated("campaign", "campagne"), Translated("campaigns", "campagnes")),
    Contact.__tablename__: (Translated("contact", "contact"), Translated("contacts", "contacts")),
    UserSetup.__tablename__: (Translated("user", "utilisateur"), Translated("users", "utilisateurs")),
    MarketingSetup.__tablename__: (
        Translated("setting of the marketing setup", "réglage des paramètres marketing"),
        Translated("settings of the marketing setup", "réglages des paramètres marketing"),
    ),
}
"""One and several of what uses a card."""


class InUse(Refusal):
    """K6: kept for history and what is not finished. `uses` says by what and how many, `instead` what to do."""

    code = UserErrorCode.IN_USE
    english = "{what} {key} cannot be deleted: it is used by {uses}. {instead}"
    french = "Suppression impossible\u00a0: {key} est encore en usage ({uses}). {instead}"


def refuse_if_used(
    work: Work,
    model: type[Table],
    key: str,
    field: str,
    instead: Translated,
    *,
    in_history: Translated | None = None,
    among: Select[Any] | None = None,
) -> None:
    """Refuse to delete the card with this key, or all those whose keys `among` answers, while anything else uses one of
    them.

    `instead` is the advice; `in_history` replaces it, if given, when the log or logged segments use the record.

    Lock the cards before: who wants to use one waits for the lock and then finds it gone.
    """
    counts = _counts(model, select(literal(key)) if among is None else among)
    found = work.session.execute(select(*(count.label(name) for name, count in counts.items()))).one()
    used = {name: count for name, count in zip(counts, found, strict=True) if count}
    if used:
        advice = in_history if in_history and not used.keys().isdisjoint(HISTORY) else instead
        raise Refused(InUse(field, what=spoken(model), key=key, uses=_listed(used), instead=advice))


def _counts(model: type[Table], keys: Select[Any]) -> dict[str, ColumnElement[int]]:
    """How many rows of each table use these cards. Rows that do so twice count once."""
    counts: dict[str, ColumnElement[int]] = {}
    for rows, columns in _references(model).items():
        elsewhere = [rows.c[_key(rows)].not_in(keys)] if rows is table(model) else []
        for name, source, state in _states(rows):
            using = [
                select(*rows.primary_key).select_from(source).where(column.in_(keys), *state, *elsewhere)
                for column in columns
            ]
            counts[name] = select(func.count()).select_from(union(*using).subquery()).scalar_subquery()
    return counts


def _references(model: type[Table]) -> dict[SqlTable, list[ColumnElement[Any]]]:
    target = table(model)
    found: dict[SqlTable, list[ColumnElement[Any]]] = {}
    for rows in Table.metadata.sorted_tables:
        columns: list[ColumnElement[Any]] = [
            column for column in rows.columns for reference in column.foreign_keys if reference.column.table is target
        ]
        if columns and rows not in PARTS:
            found[rows] = columns
    return found


def _states(rows: SqlTable) -> Sequence[tuple[str, FromClause, Sequence[ColumnElement[bool]]]]:
    """A table as it is counted: under its name, or open and logged segments apart."""
    segments, lines = table(Segment), table(SegmentLine)
    if rows not in (segments, lines):
        return [(rows.name, rows, ())]
    source = rows if rows is segments else rows.join(segments, segments.c.id == lines.c.segment_id)
    logged = segments.c.logged_segment_entry_no
    return [
        (f"{rows.name} {OPEN}", source, (logged.is_(None),)),
        (f"{rows.name} {LOGGED}", source, (logged.is_not(None),)),
    ]


def _key(rows: SqlTable) -> str:
    return next(name for name in KEYS if name in rows.c)


def _listed(used: dict[str, int]) -> Translated:
    """As a list in words: 1 postponed interaction, 3 lines of open segments and 2 campaigns."""
    order = [*CALLED, *used]
    each = [number(used[name], *_called(name)) for name in sorted(used, key=order.index)]
    return Translated(
        _joined([words.english for words in each], "and"), _joined([words.french for words in each], "et")
    )


def _called(name: str) -> tuple[Translated, Translated]:
    plain = Translated(name.replace("_", " "), name.replace("_", " "))
    return CALLED.get(name, (plain, plain))


def _joined(parts: Sequence[str], last: str) -> str:
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
