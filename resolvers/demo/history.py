"""Three years of interactions, as the salespeople logged them one by one."""

import datetime as dt
from bisect import bisect, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from random import Random

from persistence.campaigns import CampaignEntry
from persistence.enums import CorrespondenceType, Evaluation
from persistence.interactions import InteractionComment
from resolvers.campaigns.rules import SHARED_ENTRY_DESCRIPTION
from resolvers.demo import calendar, phrases
from resolvers.demo.bulk import Progress, Row, fill, fill_few
from resolvers.demo.company import ELEANOR, GONE, KIND, SELLER, YEARS, Kind, Push, left_on
from resolvers.demo.people import Someone
from resolvers.work import Work

EVALUATIONS = tuple(Evaluation)
EVALUATION_WEIGHTS = (14, 46, 27, 10, 3)
OUTBOUND_OF_A_CAMPAIGN = ("VISIT", "CALLOUT", "EMAIL", "LETTER", "QUOTE", "FAIR")


@dataclass(frozen=True)
class Acquaintances:
    """Whom one may meet on a day: contacts by the day they became known, busy ones more often."""

    everybody: list[Someone]
    since: list[dt.date]
    weights: list[float]

    @classmethod
    def of(cls, everybody: list[Someone]) -> "Acquaintances":
        weights = list(accumulate(someone.weight for someone in everybody))
        return cls(everybody, [someone.since for someone in everybody], weights)

    def meet(self, random: Random, day: dt.date) -> Someone:
        known = bisect_right(self.since, day)
        while True:
            someone = self.everybody[bisect(self.weights, random.random() * self.weights[known - 1], 0, known - 1)]
            if someone.until > day:
                return someone


def invent(
    random: Random,
    today: dt.date,
    count: int,
    everybody: list[Someone],
    pushes: list[Push],
    campaign_entries: dict[str, int],
) -> Iterator[Row]:
    """The rows of the log but for their numbers, oldest first; the last are of yesterday."""
    acquaintances, mixtures = Acquaintances.of(everybody), calendar.mixtures()
    first = today - dt.timedelta(days=365 * YEARS)
    for day in calendar.days(random, first, today - dt.timedelta(days=1), count):
        someone = acquaintances.meet(random, day)
        push = next((push for push in pushes if push.starts <= day <= push.ends), None)
        kind = _kind(random, mixtures[day.month - 1], day, first, push)
        yield _entry(random, today, day, someone, kind, push, campaign_entries)


def campaign_entries_by_hand(work: Work, pushes: list[Push], today: dt.date) -> dict[str, int]:
    """The entry that all hand-made interactions of a campaign share (R-CAM-1), for those that have begun."""
    begun = [push for push in pushes if push.starts < today]
    numbers = fill_few(
        work,
        [
            CampaignEntry(
                campaign_no=push.no,
                description=SHARED_ENTRY_DESCRIPTION,
                date=min(calendar.working_day(push.starts), today),
                salesperson_code=push.salesperson_code,
                user_id=SELLER[push.salesperson_code].user_id,
            )
            for push in begun
        ],
    )
    return {push.no: number for push, number in zip(begun, numbers, strict=True)}


def remark(random: Random, work: Work, entries: list[Row], progress: Progress) -> None:
    """Comments on some entries, two on a few."""
    rows = []
    for entry in entries:
        if entry["logged_segment_entry_no"] is None and random.random() < 0.08:
            for line_no in range(1, 3 if random.random() < 0.15 else 2):
                rows.append(
                    {
                        "entry_no": entry["entry_no"],
                        "line_no": line_no,
                        "date": entry["date"],
                        "user_id": entry["user_id"],
                        "comment": phrases.comment(random, entry["language_code"]),
                    }
                )
    fill(work, InteractionComment, rows, progress)


def _kind(random: Random, mixture: calendar.Mixture, day: dt.date, first: dt.date, push: Push | None) -> Kind:
    chance = random.random()
    if push is not None and chance < 0.04:
        return KIND["ANSWER"]
    if chance > 0.985 and (day - first).days < 300:
        return KIND["FAX"]
    return KIND[mixture.draw(random)]


def _entry(
    random: Random,
    today: dt.date,
    day: dt.date,
    someone: Someone,
    kind: Kind,
    push: Push | None,
    campaign_entries: dict[str, int],
) -> Row:
    contact, time = someone.row, calendar.time_of_day(random)
    seller = SELLER[_salesperson(random, today, day, someone)]
    of_campaign = push is not None and (
        kind.response or (kind.code in OUTBOUND_OF_A_CAMPAIGN and random.random() < 0.11)
    )
    campaign_no = push.no if push and of_campaign else None
    description = phrases.description(random, kind.code, contact["language_code"])
    finished = dt.datetime.combine(day, time, seller.zone) + dt.timedelta(
        minutes=kind.unit_duration + int(random.random() * 9)
    )
    by_phone = kind.group_code == "PHONE"
    failed = random.random() < {"CALLOUT": 0.16, "VISIT": 0.03}.get(kind.code, 0.0)
    return {
        "contact_no": contact["no"],
        "company_no": contact["company_no"],
        "date": day,
        "time_of_interaction": time,
        "description": description,
        "subject": description,
        "template_code": kind.code,
        "group_code": kind.group_code,
        "salesperson_code": seller.code,
        "campaign_no": campaign_no,
        "campaign_entry_no": campaign_entries[campaign_no] if campaign_no else None,
        "campaign_target": bool(campaign_no) and not kind.response,
        "campaign_response": kind.response and bool(campaign_no),
        "information_flow": kind.flow.value,
        "initiated_by": kind.by.value,
        "correspondence_type": correspondence_type(kind, contact),
        "language_code": contact["language_code"],
        "evaluation": None if failed or random.random() > 0.36 else _evaluation(random, kind),
        "attempt_failed": failed,
        "cost": _cost(random, kind),
        "duration": _duration(random, kind, failed),
        "contact_via": (contact["mobile_phone_no"] or contact["phone_no"]) if by_phone else None,
        "segment_no": None,
        "logged_segment_entry_no": None,
        "canceled": random.random() < 0.006,
        "user_id": seller.user_id,
        "logged_at": finished,
    }


def _salesperson(random: Random, today: dt.date, day: dt.date, someone: Someone) -> str:
    """Who keeps the contact, or, now and then, a colleague who stands in."""
    code = someone.kept_before if day < left_on(today) else someone.kept_by
    if (code == GONE.code and day >= left_on(today)) or random.random() < 0.06:
        code = random.choice([seller for seller in SELLER if seller != GONE.code])
    return code if someone.row["language_code"] != "ENU" or random.random() < 0.5 else ELEANOR.code


def correspondence_type(kind: Kind, contact: Row) -> str | None:
    """R-CORR; an e-mail to somebody without address is none (R-FIN-10)."""
    own = None if kind.ignores_contact else contact["correspondence_type"]
    chosen = own or kind.corresponds
    return None if chosen == CorrespondenceType.EMAIL and contact["email"] is None else chosen


def _evaluation(random: Random, kind: Kind) -> str:
    chosen = random.choices(EVALUATIONS, EVALUATION_WEIGHTS)[0]
    if kind.code == "CLAIM" and random.random() < 0.6:
        return Evaluation.NEGATIVE
    return chosen


def _cost(random: Random, kind: Kind) -> Decimal:
    """Mostly the template's, else something around it."""
    usual = Decimal(kind.unit_cost)
    if random.random() < 0.6:
        return usual
    return (usual * int(70 + random.random() * 90) / 100).quantize(Decimal("0.01"))


def _duration(random: Random, kind: Kind, failed: bool) -> int:
    if failed:
        return 1
    if random.random() < 0.45:
        return kind.unit_duration
    return max(1, int(kind.unit_duration * (0.5 + random.random() * 1.2)))
