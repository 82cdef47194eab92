"""Campaigns and the entries that interactions leave on them (A.10, R-CAM)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from persistence.campaigns import Campaign, CampaignEntry
from persistence.inserts import insert_new
from persistence.salespeople import Salesperson
from resolvers import master_data, number_series
from resolvers import usages as uses
from resolvers.errors import Invalid, Refusal, Translated, refuse_any
from resolvers.master_data import CardDeleted, CardUpdated, insert, is_there, required
from resolvers.refusals import CampaignNotFound, SalespersonNotFound
from resolvers.work import Work, key, unfit_texts

ROOM = "campaign"
INSTEAD = Translated("Block it instead (blocked).", "Bloquez-la plutôt (blocked).")
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
    values = _normalized({"description": None, **fields}, refusals)
    refusals += _unfit(work, values, values.get("starting_date"), values.get("ending_date"))
    refuse_any(refusals)
    values["no"] = key(no) or number_series.next_no(work, "campaign_nos")
    return CampaignCreated(insert(work, Campaign, values, "no"), values["no"])


def update(work: Work, no: str, fields: CampaignFields, *, expected_version: int | None = None) -> CardUpdated:
    """Change what is given and leave the rest. It cannot end before it starts."""
    campaign = _held(work, no, expected_version)
    refusals: list[Refusal] = []
    values = _normalized(fields, refusals)
    both = (values.get(name, getattr(campaign, name)) for name in ("starting_date", "ending_date"))
    refusals += _unfit(work, values, *both, before=campaign)
    refuse_any(refusals)
    return master_data.change(work, campaign, values)


def delete(work: Work, no: str) -> CardDeleted:
    """Delete a campaign that neither history, nor anything open, nor a template names (K6). Its number is not given
    again.
    """
    campaign = _held(work, no)
    uses.refuse_if_used(work, Campaign, campaign.no, "no", INSTEAD)
    return master_data.remove(work, campaign)


def _held(work: Work, no: str, expected_version: int | None = None) -> Campaign:
    kept = key(no) or ""
    lost = CampaignNotFound("no", no=kept)
    return master_data.held(work, Campaign, lost, expected_version=expected_version, no=kept)


def _normalized(fields: CampaignFields, refusals: list[Refusal]) -> dict[str, Any]:
    """What was given, as it is kept. A description must be there."""
    values: dict[str, Any] = {**fields}
    if "description" in values:
        values["description"] = required(values["description"], refusals, ROOM, "description")
    if "salesperson_code" in values:
        values["salesperson_code"] = key(values["salesperson_code"])
    if "blocked" in values:
        values["blocked"] = bool(values["blocked"])
    return values


def _unfit(
    work: Work, values: dict[str, Any], start: dt.date | None, end: dt.date | None, *, before: Campaign | None = None
) -> list[Refusal]:
    refusals: list[Refusal] = []
    salesperson = values.get("salesperson_code")
    if start and end and end < start:
        refusals.append(
            Invalid(
                ROOM,
                "ending_date",
                english="A campaign cannot end before it starts. Change one of the dates.",
                french="Une campagne ne peut pas finir avant de commencer. Changez l’une des dates.",
            )
        )
    if salesperson and not is_there(work, col(Salesperson.code), salesperson):
        refusals.append(SalespersonNotFound(ROOM, "salesperson_code", key=salesperson))
    return refusals + unfit_texts(Campaign, values, ROOM, before=before)


def entry_by_hand(work: Work, campaign_no: str, *, date: dt.date, salesperson_code: str | None) -> int:
    """The number of the one entry that all hand-made interactions of a campaign share, made if there is none (R-CAM-1).

    Date, salesperson and user are those of the first interaction. Two clients who need it at once get the same one.
    """
    values = {
        "campaign_no": campaign_no,
        "description": BY_HAND,
        "date": date,
        "salesperson_code": salesperson_code,
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
