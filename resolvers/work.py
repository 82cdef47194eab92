"""What a verb works with: one transaction, who asks, and when."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from persistence.columns import Table
from persistence.folding import stored_key
from persistence.running_operations import begin_phase
from persistence.setup import MarketingSetup
from resolvers import texts
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

Row = TypeVar("Row", bound=Table)


@dataclass(frozen=True)
class User:
    """Who asks. Their own salesperson, if they have one, is the default of new drafts and segments (K16)."""

    id: str
    salesperson_code: str | None = None


@dataclass
class Work:
    """One transaction of one user, with the time at which it began. No rule asks the clock.

    `language`, `EN` or `FR`, is that of the request; texts that a rule stores are written in it.
    """

    session: Session
    user: User
    now: dt.datetime
    language: str = "EN"

    def text(self, words: Translated) -> str:
        """The text to store, in the language of the request."""
        return words.french if self.language == "FR" else words.english

    @cached_property
    def setup(self) -> MarketingSetup:
        """The marketing setup as it was when first asked for."""
        return self.session.exec(select(MarketingSetup)).one()

    @cached_property
    def time_zone(self) -> str:
        """The zone whose clock the company goes by (K15)."""
        return self.setup.time_zone

    @cached_property
    def local_now(self) -> dt.datetime:
        """Now on the company's clock (K15)."""
        return self.now.astimezone(ZoneInfo(self.time_zone))

    @cached_property
    def next_minute(self) -> dt.datetime:
        """When something that begins now begins, on the company's clock: a second later, rounded up to the minute
        (R-DRAFT-1).

        Where that is midnight it belongs to the day that begins (K15).
        """
        begun = self.now.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
        return begun.astimezone(ZoneInfo(self.time_zone))

    @property
    def today(self) -> dt.date:
        """The company's date (K15)."""
        return self.local_now.date()

    def tell(self, segment_id: int | None, phase: str, total: int = 0) -> None:
        """Let others see what is being done to a segment from here on, and how many rows it makes; 0 is not known
        yet.
        """
        assert segment_id is not None
        begin_phase(self.session, segment_id, phase, total, self.now)

    def find(self, table: type[Row], *field: str, lock: bool = False, **key: Any) -> Row | None:
        """The row with this key, e.g. `find(Contact, no="CT000001")`; locked until the transaction ends if asked.

        With a `field`, the path of the argument that named it, what is not there is refused as NOT_FOUND.
        """
        statement = select(table).filter_by(**key)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        row = self.session.exec(statement).one_or_none()
        if row is None and field:
            named_by = CODE if "code" in key else NUMBER
            raise Refused(
                NotFound(*field, what=spoken(table), key=", ".join(map(str, key.values())), named_by=named_by)
            )
        return row


_IN_FRENCH = {
    "access_token": "jeton",
    "campaign": "campagne",
    "campaign_entry": "écriture campagne",
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


def spoken(table: type[Table]) -> Translated:
    """What a row of a table is called."""
    name = str(table.__tablename__)
    english = name.replace("_", " ")
    return Translated(english, _IN_FRENCH.get(name, english))


def key(value: str | None) -> str | None:
    """A number or code as it is stored: without invisible characters, trimmed and upper-cased; blank is null."""
    return stored_key(value)


def check_version(row: Any, expected: int | None, *field: str) -> None:
    """Refuse a lost update: the caller saw another version than the one that is there (STALE_VERSION)."""
    if expected is not None and row.version != expected:
        if isinstance(row, MarketingSetup):
            raise Refused(StaleSetup(*field, actual=row.version, expected=expected))
        name = next(str(getattr(row, column)) for column in ("no", "code", "entry_no", "id") if hasattr(row, column))
        raise Refused(StaleVersion(*field, what=spoken(type(row)), key=name, actual=row.version, expected=expected))


def unfit_texts(
    table: type[Table], values: Mapping[str, Any], *field: str, at: str | None = None, before: Any = None
) -> list[Refusal]:
    """Refusals for invalid texts: too long, with control characters, not an e-mail address, not a telephone number.

    `at` is the last step of the path if it is not the name of the column. Values equal to those of the stored row
    `before` are not checked. SQLite would take what is too long, PostgreSQL would raise.
    """
    columns = table.__table__.columns  # type: ignore[attr-defined]  # made by SQLModel for every table
    refusals: list[Refusal] = []
    for name, value in values.items():
        if before is not None and value == getattr(before, name, None):
            continue
        most = getattr(columns[name].type, "length", None) if name in columns else None
        if isinstance(value, str) and most and len(value) > most:
            refusals.append(TooLong(*field, at or name, most=most, length=len(value)))
        problem = texts.wrong(name, value) if isinstance(value, str) and not name.startswith("search_") else None
        if problem is not None:
            refusals.append(Invalid(*field, at or name, english=problem.english, french=problem.french))
    return refusals
