"""Creating, updating and deleting campaigns, and the campaign entry of interactions logged one by one (A.10, R-CAM)."""

import datetime as dt
from dataclasses import dataclass
from typing import TypedDict

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from persistence.campaigns import Campaign, CampaignEntry
from persistence.columns import table_of
from persistence.sql.inserts import insert_new
from resolvers import change_feed, master_data, number_series
from resolvers.errors import Invalid, Refusal, Translated, refuse_any
from resolvers.master_data import CardDeleted, CardKind, CardUpdated, Normalizer, insert, normalized, required_text
from resolvers.references import check_existence
from resolvers.refusals import CampaignNotFound
from resolvers.work import Work, check_texts, key

INPUT = "campaign"
NORMALIZERS: dict[str, Normalizer] = {"salesperson_code": key, "blocked": bool}
CAMPAIGNS = CardKind(
    Campaign, "no", CampaignNotFound, advice=Translated("Block it instead (blocked).", "Bloquez-la plutôt (blocked).")
)
SHARED_ENTRY_DESCRIPTION = "Interactions"
"""The description of the campaign entry of interactions logged one by one (R-CAM-1)."""


class CampaignFields(TypedDict, total=False):
    """The fields of a campaign. Absent fields are not changed; null clears a field."""

    description: str | None
    starting_date: dt.date | None
    ending_date: dt.date | None
    salesperson_code: str | None
    blocked: bool | None


@dataclass(frozen=True)
class CampaignCreated:
    """The id and number of the new campaign."""

    id: int
    no: str


def create(work: Work, fields: CampaignFields, *, no: str | None = None) -> CampaignCreated:
    """Create a campaign, numbered by its number series unless a number is given. It cannot end before it starts."""
    refusals = [] if no is None else number_series.check_manual_no(work, "campaign_nos", no)
    values = _normalized({"description": None, **fields}, refusals)
    refusals += _check(work, values, values.get("starting_date"), values.get("ending_date"))
    refuse_any(refusals)
    new_no = key(no) or number_series.next_no(work, "campaign_nos")
    return CampaignCreated(insert(work, Campaign, {**values, "no": new_no}, "no"), new_no)


def update(work: Work, no: str, fields: CampaignFields, *, expected_version: int | None = None) -> CardUpdated:
    """Change the given fields of a campaign. It cannot end before it starts."""
    campaign = CAMPAIGNS.lock(work, no, expected_version)
    refusals: list[Refusal] = []
    values = _normalized(fields, refusals)
    starting_date = values.get("starting_date", campaign.starting_date)
    ending_date = values.get("ending_date", campaign.ending_date)
    refusals += _check(work, values, starting_date, ending_date, before=campaign)
    refuse_any(refusals)
    return master_data.update(work, campaign, values)


def delete(work: Work, no: str) -> CardDeleted:
    """Delete a campaign that no other record uses (K6). Its number is not used again."""
    return CAMPAIGNS.delete(work, no)


def _normalized(fields: CampaignFields, refusals: list[Refusal]) -> CampaignFields:
    """The fields as they are stored. The description is required."""
    values = normalized(fields, NORMALIZERS)
    if "description" in values:
        values["description"] = required_text(values["description"], refusals, INPUT, "description")
    return values


def _check(
    work: Work,
    values: CampaignFields,
    starting_date: dt.date | None,
    ending_date: dt.date | None,
    *,
    before: Campaign | None = None,
) -> list[Refusal]:
    refusals: list[Refusal] = []
    if starting_date and ending_date and ending_date < starting_date:
        refusals.append(
            Invalid(
                INPUT,
                "ending_date",
                english="A campaign cannot end before it starts. Change one of the dates.",
                french="Une campagne ne peut pas finir avant de commencer. Changez l’une des dates.",
            )
        )
    refusals += check_existence(work, values, ["salesperson_code"], INPUT)
    return refusals + check_texts(Campaign, values, INPUT, before=before)


def shared_entry(work: Work, campaign_no: str, *, date: dt.date, salesperson_code: str | None) -> int:
    """The number of the campaign entry that all interactions of a campaign share that are logged one by one (R-CAM-1).

    It is created for the first of them, with its date, salesperson and user. Two clients who need it at the same time
    get the same one.
    """
    values: dict[str, object] = {
        "campaign_no": campaign_no,
        "description": SHARED_ENTRY_DESCRIPTION,
        "date": date,
        "salesperson_code": salesperson_code,
        "user_id": work.user.id,
    }
    created = insert_new(work.session, CampaignEntry, values, ["campaign_no"], where=is_shared_entry())
    if created is not None:
        change_feed.record_one(work, change_feed.CREATED, table_of(CampaignEntry), created)
        return created
    existing = select(CampaignEntry.entry_no).where(CampaignEntry.campaign_no == campaign_no, is_shared_entry())
    entry_no = work.session.exec(existing).one()
    assert entry_no is not None
    return entry_no


def is_shared_entry() -> ColumnElement[bool]:
    """Whether a campaign entry is that of interactions logged one by one: it names no segment."""
    return col(CampaignEntry.segment_no).is_(None)
