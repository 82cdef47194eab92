"""Campaigns and the entries that interactions leave on them (A.10, R-CAM)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from persistence.campaigns import Campaign, CampaignEntry
from persistence.inserts import insert_new
from persistence.salespeople import Salesperson
from resolvers import number_series
from resolvers.errors import Invalid, refuse_any
from resolvers.master_data import insert, is_there, required
from resolvers.refusals import SalespersonNotFound
from resolvers.work import Work, key, too_long

BY_HAND = "Interactions"
"""What the entry of all hand-made interactions of a campaign is called (R-CAM-1)."""


class CampaignFields(TypedDict, total=False):
    description: str | None
    starting_date: dt.date | None
    ending_date: dt.date | None
    salesperson_code: str | None
    blocked: bool | None


@dataclass(frozen=True)
class CampaignCreated:
    id: int
    no: str


def create(work: Work, fields: CampaignFields, *, no: str | None = None) -> CampaignCreated:
    """A new campaign, numbered by its series unless a number is given. It cannot end before it starts."""
    refusals = [] if no is None else number_series.check_manual_no(work, "campaign_nos", no)
    values: dict[str, Any] = {
        "description": required(fields.get("description"), refusals, "campaign", "description"),
        "starting_date": fields.get("starting_date"),
        "ending_date": fields.get("ending_date"),
        "salesperson_code": key(fields.get("salesperson_code")),
        "blocked": bool(fields.get("blocked")),
    }
    start, end, salesperson = values["starting_date"], values["ending_date"], values["salesperson_code"]
    if start and end and end < start:
        refusals.append(Invalid(
            "campaign", "ending_date", english="A campaign cannot end before it starts. Change one of the dates.",
            french="Une campagne ne peut pas finir avant de commencer. Changez l'une des dates.",
        ))
    if salesperson and not is_there(work, col(Salesperson.code), salesperson):
        refusals.append(SalespersonNotFound("campaign", "salesperson_code", key=salesperson))
    refusals += too_long(Campaign, {"description": values["description"]}, "campaign")
    refuse_any(refusals)
    values["no"] = key(no) or number_series.next_no(work, "campaign_nos")
    return CampaignCreated(insert(work, Campaign, values, "no"), values["no"])


def entry_by_hand(work: Work, campaign_no: str, *, date: dt.date, salesperson_code: str | None) -> int:
    """The number of the one entry that all hand-made interactions of a campaign share, made if there is none (R-CAM-1).

    Date, salesperson and user are those of the first interaction. Two clients who need it at once get the same one.
    """
    values = {
        "campaign_no": campaign_no, "description": BY_HAND, "date": date, "salesperson_code": salesperson_code,
        "user_id": work.user.id,
    }
    made = insert_new(work.session, CampaignEntry, values, ["campaign_no"], where=of_no_segment())
    if made is not None:
        return made
    shared = select(CampaignEntry.entry_no).where(CampaignEntry.campaign_no == campaign_no, of_no_segment())
    found = work.session.exec(shared).one()
    assert found is not None
    return found


def of_no_segment() -> ColumnElement[bool]:
    """The condition that makes a campaign entry the one of hand-made interactions."""
    return col(CampaignEntry.segment_no).is_(None)
