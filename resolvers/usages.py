"""Which records still use a card, so that it is not deleted (K6). They are found by the foreign keys to its table."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, FromClause, Select, func, literal, select, union
from sqlalchemy import Table as SqlTable

from persistence.calendar_feeds import CalendarFeed
from persistence.campaigns import Campaign, CampaignEntry
from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.segments import Segment, SegmentLine
from persistence.setup import MarketingSetup, NumberSeriesLine
from persistence.tables import Table
from persistence.templates import InteractionGroupTranslation, InteractionTemplate, InteractionTemplateTranslation
from persistence.users import UserSetup
from resolvers.changes.statements import KEYS
from resolvers.errors import Refusal, Refused, Translated, UserErrorCode, number
from resolvers.work import Work, record_name

CHILD_TABLES = (
    table_of(InteractionGroupTranslation),
    table_of(InteractionTemplateTranslation),
    table_of(NumberSeriesLine),
)
"""Tables whose rows belong to a card and are deleted with it."""

OPEN, LOGGED = "open", "logged"
"""Open and logged segments, and their lines, are counted separately. Logged ones are kept so that logging can be undone
(K7, K18).
"""

LINES_OF_OPEN_SEGMENTS = (
    Translated("line of an open segment", "ligne d’un segment actif"),
    Translated("lines of open segments", "lignes de segments actifs"),
)
HISTORY = {
    InteractionLogEntry.__tablename__,
    f"{Segment.__tablename__} {LOGGED}",
    f"{SegmentLine.__tablename__} {LOGGED}",
}
"""The uses that no client can change any more."""

NAMES: dict[str, tuple[Translated, Translated]] = {
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
    CalendarFeed.__tablename__: (
        Translated("calendar feed", "flux de calendrier"),
        Translated("calendar feeds", "flux de calendrier"),
    ),
    MarketingSetup.__tablename__: (
        Translated("setting of the marketing setup", "réglage des paramètres marketing"),
        Translated("settings of the marketing setup", "réglages des paramètres marketing"),
    ),
}
"""What messages call the records that use a card: one of them, and several."""


class InUse(Refusal):
    """A card that other records use is to be deleted (K6). `uses` says how many records of which kind, `advice` what to
    do instead.
    """

    code = UserErrorCode.IN_USE
    english = "{what} {key} cannot be deleted: it is used by {uses}. {advice}"
    french = "Suppression impossible\u00a0: {key} est encore en usage ({uses}). {advice}"


class CompanyInUse(InUse):
    """A company is to be deleted, and other records use it or its people."""

    english = "{what} {key} cannot be deleted: it or its people are used by {uses}. {advice}"
    french = "Suppression impossible\u00a0: {key} ou son personnel est encore en usage ({uses}). {advice}"


def refuse_if_used(
    work: Work,
    model: type[Table],
    key: str,
    field: str,
    advice: Translated,
    *,
    advice_if_logged: Translated | None = None,
    among: Select[str] | None = None,
) -> None:
    """Refuse to delete the card with this key while other records use it. For a company, `among` selects the numbers of
    the contacts that are deleted with it, its own included: none of them may be in use.

    `advice` says what to do instead. `advice_if_logged` replaces it where the log or logged segments use the card.

    The caller locks the cards before: a transaction that wants to use one then waits, and no longer finds it.
    """
    used = _used(work, model, select(literal(key)) if among is None else among)
    if used:
        given = advice_if_logged if advice_if_logged and not used.keys().isdisjoint(HISTORY) else advice
        refusal = InUse if among is None else CompanyInUse
        raise Refused(refusal(field, what=record_name(model), key=key, uses=_listed(used), advice=given))


def uses(work: Work, model: type[Table], among: Select[str]) -> Translated | None:
    """How many records of which kind use the cards with the keys that `among` selects, as text; None if none does."""
    used = _used(work, model, among)
    return _listed(used) if used else None


def _used(work: Work, model: type[Table], keys: Select[str]) -> dict[str, int]:
    counts = _counts(model, keys)
    found = work.session.execute(select(*(count.label(name) for name, count in counts.items()))).one()
    return {name: count for name, count in zip(counts, found, strict=True) if count}


def _counts(model: type[Table], keys: Select[str]) -> dict[str, ColumnElement[int]]:
    """How many rows of each table use these cards. A row that uses cards in two columns counts once."""
    counts: dict[str, ColumnElement[int]] = {}
    for rows, columns in _references(model).items():
        others = [rows.c[_key(rows)].not_in(keys)] if rows is table_of(model) else []
        for name, source, state in _states(rows):
            using = [
                select(*rows.primary_key).select_from(source).where(column.in_(keys), *state, *others)
                for column in columns
            ]
            counts[name] = select(func.count()).select_from(union(*using).subquery()).scalar_subquery()
    return counts


def _references(model: type[Table]) -> dict[SqlTable, list[ColumnElement[str]]]:
    target = table_of(model)
    found: dict[SqlTable, list[ColumnElement[str]]] = {}
    for rows in Table.metadata.sorted_tables:
        columns: list[ColumnElement[str]] = [
            column for column in rows.columns for reference in column.foreign_keys if reference.column.table is target
        ]
        if columns and rows not in CHILD_TABLES:
            found[rows] = columns
    return found


def _states(rows: SqlTable) -> Sequence[tuple[str, FromClause, Sequence[ColumnElement[bool]]]]:
    """How a table is counted: under its name, or as open and logged segments separately."""
    segments, lines = table_of(Segment), table_of(SegmentLine)
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
    """The counts as text: 1 postponed interaction, 3 lines of open segments and 2 campaigns."""
    order = [*NAMES, *used]
    counts = [number(used[name], *_names(name)) for name in sorted(used, key=order.index)]
    return Translated(
        _joined([count.english for count in counts], "and"), _joined([count.french for count in counts], "et")
    )


def _names(name: str) -> tuple[Translated, Translated]:
    plain = Translated(name.replace("_", " "), name.replace("_", " "))
    return NAMES.get(name, (plain, plain))


def _joined(parts: Sequence[str], last: str) -> str:
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
