"""The transaction that a rule works in: its session, its user and its time."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Delete, Insert, Update
from sqlmodel import Session, select

from persistence.columns import Table, table_of
from persistence.enums import Role
from persistence.setup import MarketingSetup
from persistence.sql.folding import stored_key
from persistence.transactions.running_operations import begin_phase
from resolvers import texts, visibility
from resolvers.errors import (
    CODE,
    NUMBER,
    Invalid,
    NotFound,
    Refusal,
    Refused,
    StaleSetup,
    StaleVersion,
    TooLong,
    Translated,
)
from resolvers.queries import SqlCondition
from resolvers.roles import ADMIN_ONLY, changes_own_only
from resolvers.visibility import Viewer, viewer_of

Row = TypeVar("Row", bound=Table)

TIME_ZONE = "time_zone"
"""The name under which the company's time zone is remembered, see `persistence.transactions.remembered_values`."""


@dataclass(frozen=True)
class User:
    """The caller. Their own salesperson, if they have one, is the default of new drafts and segments (K16). Their roles
    decide what they may see and change.
    """

    id: str
    salesperson_code: str | None = None
    roles: frozenset[Role] = ADMIN_ONLY

    @property
    def viewer(self) -> Viewer:
        """What decides which rows the user sees."""
        return viewer_of(self.roles)

    @property
    def changes_own_only(self) -> bool:
        """Whether the user changes only their own interactions and contacts."""
        return changes_own_only(self.roles)


@dataclass
class Work:
    """One transaction of one user, and the time at which it began. Rules never read the system clock.

    `language`, `EN` or `FR`, is that of the request. Texts that a rule generates and stores are in this language.
    """

    session: Session
    user: User
    now: dt.datetime
    language: str = "EN"

    def text(self, translated: Translated) -> str:
        """The text in the language of the request."""
        return translated.french if self.language == "FR" else translated.english

    @cached_property
    def setup(self) -> MarketingSetup:
        """The marketing setup, read at the first access."""
        return self.session.exec(select(MarketingSetup)).one()

    @cached_property
    def time_zone(self) -> str:
        """The IANA name of the company's time zone (K15)."""
        return self.setup.time_zone

    def in_time_zone(self, time_zone: str) -> "Work":
        """The same work for a company in this time zone, whether or not that is the stored one."""
        work = Work(self.session, self.user, self.now, self.language)
        work.time_zone = time_zone
        return work

    @cached_property
    def local_now(self) -> dt.datetime:
        """The current time in the company's time zone (K15)."""
        return self.now.astimezone(ZoneInfo(self.time_zone))

    @cached_property
    def next_minute(self) -> dt.datetime:
        """The default time of an interaction, in the company's time zone: one second from now, rounded up to the minute
        (R-DRAFT-1).

        If this is midnight, the default date is the next day (K15).
        """
        start = self.now.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
        return start.astimezone(ZoneInfo(self.time_zone))

    @property
    def today(self) -> dt.date:
        """The current date in the company's time zone (K15)."""
        return self.local_now.date()

    def report_progress(self, segment_id: int | None, phase: str, total: int = 0) -> None:
        """Let other requests see which phase of an operation on a segment has begun.

        `total` is the number of rows that this phase writes; 0 if it is not known yet.
        """
        assert segment_id is not None
        begin_phase(self.session, segment_id, phase, total, self.now)

    def is_visible(self, table: type[Table]) -> SqlCondition:
        """Whether the user may see a row of the table. Its columns are those of the table itself, without an alias."""
        return visibility.is_visible(table, table_of(table).c, self.user.viewer, self.user.salesperson_code)

    def write(self, statement: Insert | Update | Delete, values: Mapping[str, object] | None = None) -> int:
        """Execute the statement, with these values of its parameters, and return the number of rows that it wrote."""
        return self.session.connection().execute(statement, values).rowcount

    def find(self, table: type[Row], *field: str, lock: bool = False, **key: object) -> Row | None:
        """The row with this key, e.g. `find(Contact, no="CT000001")`; None if there is none that the user may see.

        With `lock` the row stays locked until the transaction ends. With `field`, the path of the argument that has the
        key, a row that does not exist is refused as NOT_FOUND.
        """
        statement = select(table).filter_by(**key).where(self.is_visible(table))
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        row = self.session.exec(statement).one_or_none()
        if row is None and field:
            named_by = CODE if "code" in key else NUMBER
            what = record_name(table)
            raise Refused(NotFound(*field, what=what, key=", ".join(map(str, key.values())), named_by=named_by))
        return row


_IN_FRENCH = {
    "access_token": "jeton",
    "calendar_feed": "flux de calendrier",
    "campaign": "campagne",
    "campaign_entry": "écriture campagne",
    "import": "importation",
    "interaction_group": "groupe interaction",
    "interaction_log_entry": "écriture journal interaction",
    "interaction_template": "modèle interaction",
    "logged_segment": "segment journalisé",
    "marketing_setup": "paramètres marketing",
    "number_series": "souche de numéros",
    "postponed_interaction": "interaction reportée",
    "salesperson": "représentant",
    "saved_segment_criteria": "critères de segmentation enregistrés",
    "segment_line": "ligne de segment",
    "user_setup": "utilisateur",
}


def record_name(table: type[Table]) -> Translated:
    """What messages call a row of this table."""
    name = str(table.__tablename__)
    english = name.replace("_", " ")
    return Translated(english, _IN_FRENCH.get(name, english))


def key(value: str | None) -> str | None:
    """A number or code as it is stored: without invisible characters, trimmed and upper-cased; blank is null."""
    return stored_key(value)


def check_version(row: Table, expected: int | None, *field: str) -> None:
    """Refuse with STALE_VERSION if the row has another version than the client expected. None expects no version."""
    actual = getattr(row, "version")  # noqa: B009  # only tables with a version are passed
    if expected is None or actual == expected:
        return
    if isinstance(row, MarketingSetup):
        raise Refused(StaleSetup(*field, actual=actual, expected=expected))
    name = next(str(getattr(row, column)) for column in ("no", "code", "entry_no", "id") if hasattr(row, column))
    raise Refused(StaleVersion(*field, what=record_name(type(row)), key=name, actual=actual, expected=expected))


def check_texts(
    table: type[Table], values: Mapping[str, object], *field: str, at: str | None = None, before: object = None
) -> list[Refusal]:
    """Refusals for texts that are too long, have control characters, or are no e-mail address or telephone number.

    `at` is the last step of the path where it is not the name of the column. Values that are equal to those of the
    stored row `before` are not checked. SQLite would store texts that are too long, PostgreSQL would fail.
    """
    max_lengths = _max_lengths(table)
    refusals: list[Refusal] = []
    for name, value in values.items():
        if not isinstance(value, str) or (before is not None and value == getattr(before, name, None)):
            continue
        max_length = max_lengths.get(name)
        if max_length and len(value) > max_length:
            refusals.append(TooLong(*field, at or name, maximum=max_length, length=len(value)))
        problem = None if name.startswith("search_") else texts.wrong(name, value)
        if problem is not None:
            refusals.append(Invalid(*field, at or name, english=problem.english, french=problem.french))
    return refusals


@cache
def _max_lengths(table: type[Table]) -> dict[str, int]:
    """The maximum lengths of the texts of a table, by column."""
    lengths = {column.name: getattr(column.type, "length", None) for column in table_of(table).columns}
    return {name: length for name, length in lengths.items() if length}
