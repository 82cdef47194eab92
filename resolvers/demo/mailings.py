"""What the demo company logged through segments: newsletters, catalogues, invitations and the calls that followed."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import func, insert, literal, select, update

from persistence.campaigns import CampaignEntry
from persistence.enums import ContactType
from persistence.interactions import InteractionLogEntry
from persistence.segments import LoggedSegment, Segment, SegmentLine
from resolvers.demo.bulk import Row, fill_few, table
from resolvers.demo.calendar import working_day
from resolvers.demo.company import ANOUK, ELEANOR, KIND, SELLER, YEARS, Kind, Push, Seller, default_language
from resolvers.demo.history import correspondence_type
from resolvers.demo.people import Someone
from resolvers.french import MONTHS
from resolvers.segments.follow_up import default_description as follow_up_called
from resolvers.work import Work

SIZES = {"INVITE": 300, "CATALOG": 550, "NEWSLTR": 600}
DAYS_TO_A_CALL = 11


@dataclass
class Mailing:
    """A segment that was logged. `after` is the one whose follow-up it was."""

    day: dt.date
    kind: Kind
    seller: Seller
    description: str
    push: Push | None = None
    after: "Mailing | None" = None
    contacts: list[Someone] = field(default_factory=list)
    no: str = ""
    entry_no: int = 0
    campaign_entry_no: int | None = None

    @property
    def logged_at(self) -> dt.datetime:
        return dt.datetime.combine(
            self.day, dt.time(9 + len(self.contacts) % 7, len(self.contacts) % 60), self.seller.zone
        )


def invent(work: Work, random: Random, today: dt.date, everybody: list[Someone], pushes: list[Push]) -> list[Mailing]:
    """All mailings until yesterday, numbered by their dates, with their contacts."""
    mailings = [mailing for push in pushes for mailing in _of_campaign(push)] + _newsletters(today)
    mailings = sorted((mailing for mailing in mailings if mailing.day < today), key=lambda mailing: mailing.day)
    for place, mailing in enumerate(mailings, start=1):
        mailing.no = f"SM{place:05}"
        if mailing.after is not None:
            mailing.description = work.text(follow_up_called(mailing.after.no))
            mailing.contacts = mailing.after.contacts
            continue
        reachable = [someone for someone in everybody if _reachable(someone, mailing)]
        chosen = random.sample(reachable, min(SIZES[mailing.kind.code], len(reachable)))
        mailing.contacts = sorted(chosen, key=lambda someone: (someone.row["company_name"] or "", someone.no))
    return mailings


def store(work: Work, mailings: list[Mailing]) -> None:
    """The register, the campaign entries and the headers kept behind it (K7). Entries and lines come after."""
    entry_nos = fill_few(
        work,
        [
            LoggedSegment(
                segment_no=mailing.no,
                description=mailing.description,
                creation_date=mailing.day,
                logged_at=mailing.logged_at,
                user_id=mailing.seller.user_id,
            )
            for mailing in mailings
        ],
    )
    for mailing, entry_no in zip(mailings, entry_nos, strict=True):
        mailing.entry_no = entry_no
    _store_campaign_entries(work, [mailing for mailing in mailings if mailing.push])
    for mailing in mailings:
        if mailing.after is not None:
            followed = update(LoggedSegment).values(follow_up_of=mailing.after.entry_no)
            work.session.execute(followed.where(_is(LoggedSegment.entry_no, mailing.entry_no)))
    fill_few(
        work,
        [
            header(
                work,
                mailing.no,
                mailing.day,
                mailing.kind,
                mailing.description,
                mailing.seller,
                mailing.push,
                logged_segment_entry_no=mailing.entry_no,
                follow_up_of=mailing.after.entry_no if mailing.after else None,
            )
            for mailing in mailings
        ],
    )


def entries(random: Random, mailings: list[Mailing]) -> list[Row]:
    """One for each line of each mailing, but for its number (R-LOG-7)."""
    return [_entry(random, mailing, someone) for mailing in mailings for someone in mailing.contacts]


def keep_lines(work: Work) -> None:
    """The lines behind the logged segments, as they were when they became entries (K7)."""
    entry, segment, line = table(InteractionLogEntry), table(Segment), table(SegmentLine)
    position: Any = func.row_number().over(partition_by=entry.c.logged_segment_entry_no, order_by=entry.c.entry_no)
    own = {
        "segment_id": segment.c.id,
        "line_no": position,
        "customized": literal(0),
        "time_of_interaction": None,
        "evaluation": None,
        "attempt_failed": literal(False),
    }
    copied = {column.name: entry.c[column.name] for column in line.columns if column.name not in own}
    values = copied | {name: value for name, value in own.items() if value is not None}
    kept = entry.join(segment, segment.c.logged_segment_entry_no == entry.c.logged_segment_entry_no)
    work.session.execute(insert(line).from_select(list(values), select(*values.values()).select_from(kept)))


def header(
    work: Work,
    no: str,
    day: dt.date,
    kind: Kind | None,
    description: str,
    seller: Seller | None,
    push: Push | None,
    **more: Any,
) -> Segment:
    """A segment with what its template fills in (R-HTMP-2)."""
    filled: dict[str, Any] = (
        {}
        if kind is None
        else {
            "template_code": kind.code,
            "group_code": kind.group_code,
            "unit_cost": Decimal(kind.unit_cost),
            "unit_duration": kind.unit_duration,
            "information_flow": kind.flow,
            "initiated_by": kind.by,
            "campaign_target": kind.target,
            "campaign_response": kind.response,
            "correspondence_type_default": kind.corresponds,
            "ignore_contact_correspondence_type": kind.ignores_contact,
            "language_code_default": default_language(work),
        }
    )
    return Segment(
        no=no,
        description=description,
        date=day,
        salesperson_code=seller.code if seller else None,
        campaign_no=push.no if push else None,
        **filled,
        **more,
    )


def _of_campaign(push: Push) -> list[Mailing]:
    seller, kind = SELLER[push.salesperson_code], KIND[push.opening]
    day = working_day(push.starts + dt.timedelta(days=2))
    speaks_english = seller is ELEANOR
    called = f"{kind.english}:" if speaks_english else f"{kind.french}\u00a0:"
    opening = Mailing(day, kind, seller, f"{called} {push.description}", push)
    if kind.code == "INVITE":
        call_day = working_day(opening.day + dt.timedelta(days=DAYS_TO_A_CALL))
        return [opening, Mailing(call_day, KIND["CALLOUT"], seller, "", push, after=opening)]
    reminder = working_day(push.starts + dt.timedelta(days=24))
    called = "Newsletter:" if speaks_english else "Infolettre\u00a0:"
    return [opening, Mailing(reminder, KIND["NEWSLTR"], seller, f"{called} {push.description}", push)]


def _newsletters(today: dt.date) -> list[Mailing]:
    """One in every third month, for no campaign."""
    first = today.year - YEARS
    months = [dt.date(year, month, 14) for year in range(first, today.year + 1) for month in (2, 6, 8, 11)]
    return [
        Mailing(
            working_day(day), KIND["NEWSLTR"], ANOUK, f"Infolettre de l’atelier, {MONTHS[day.month - 1]} {day.year}"
        )
        for day in months
        if day >= today - dt.timedelta(days=365 * YEARS)
    ]


def _reachable(someone: Someone, mailing: Mailing) -> bool:
    row = someone.row
    return (
        someone.since <= mailing.day < someone.until
        and row["type"] == ContactType.PERSON
        and not row["exclude_from_segment"]
        and (row["email"] is not None or mailing.kind.code == "CATALOG")
    )


def _store_campaign_entries(work: Work, mailings: list[Mailing]) -> None:
    numbers = fill_few(
        work,
        [
            CampaignEntry(
                campaign_no=mailing.push.no,
                description=mailing.description,
                date=mailing.day,
                segment_no=mailing.no,
                salesperson_code=mailing.seller.code,
                user_id=mailing.seller.user_id,
                logged_segment_entry_no=mailing.entry_no,
            )
            for mailing in mailings
            if mailing.push
        ],
    )
    for mailing, number in zip(mailings, numbers, strict=True):
        mailing.campaign_entry_no = number


def _entry(random: Random, mailing: Mailing, someone: Someone) -> Row:
    kind, contact, local = mailing.kind, someone.row, mailing.logged_at
    return {
        "contact_no": contact["no"],
        "company_no": contact["company_no"],
        "date": mailing.day,
        "time_of_interaction": local.time(),
        "description": mailing.description,
        "subject": None,
        "template_code": kind.code,
        "group_code": kind.group_code,
        "salesperson_code": mailing.seller.code,
        "campaign_no": mailing.push.no if mailing.push else None,
        "campaign_entry_no": mailing.campaign_entry_no,
        "campaign_target": kind.target,
        "campaign_response": False,
        "information_flow": kind.flow.value,
        "initiated_by": kind.by.value,
        "correspondence_type": correspondence_type(kind, contact),
        "language_code": contact["language_code"],
        "evaluation": None,
        "attempt_failed": False,
        "cost": Decimal(kind.unit_cost),
        "duration": kind.unit_duration,
        "contact_via": None,
        "segment_no": mailing.no,
        "logged_segment_entry_no": mailing.entry_no,
        "canceled": random.random() < 0.001,
        "user_id": mailing.seller.user_id,
        "logged_at": local,
    }


def _is(column: Any, value: int) -> Any:
    """The column has this value; typed as a column, which SQLModel hides."""
    return column == value
