"""Campaigns, and the campaign entry that interactions logged one by one share (R-CAM-1)."""

import asyncio
import datetime as dt

from sqlmodel import Session, select

from persistence.campaigns import Campaign, CampaignEntry
from persistence.database import Database
from resolvers.campaigns import rules as campaigns
from resolvers.work import User, Work
from tests import records
from tests.change_log import recorded_changes
from tests.conftest import NOW
from tests.refusals import refusal_codes, refusals_of


def test_a_campaign_is_numbered_by_its_series(work: Work) -> None:
    records.insert_salesperson(work, "JO")

    made = campaigns.create(work, {"description": "Spring", "salesperson_code": "jo", "starting_date": records.TODAY})

    campaign = records.stored(work, Campaign, no="CP0001")
    assert (made.id, made.no) == (campaign.id, "CP0001")
    assert (campaign.description, campaign.salesperson_code, campaign.starting_date) == ("Spring", "JO", records.TODAY)


def test_d1_012_a_campaign_cannot_end_before_it_starts(work: Work) -> None:
    assert refusals_of(
        campaigns.create,
        work,
        {"description": "Back", "starting_date": records.TODAY, "ending_date": records.TODAY - dt.timedelta(days=1)},
    ) == [("INVALID", ("campaign", "ending_date"))]


def test_a_campaign_needs_a_description_and_an_existing_salesperson(work: Work) -> None:
    assert refusal_codes(campaigns.create, work, {"description": "", "salesperson_code": "XX"}) == [
        "INVALID",
        "SALESPERSON_NOT_FOUND",
    ]


def test_a_changed_campaign_cannot_end_before_it_starts(work: Work) -> None:
    records.insert_campaign(work, "CP1", starting_date=records.TODAY, ending_date=records.TODAY)

    assert refusals_of(campaigns.update, work, "CP1", {"starting_date": records.TODAY + dt.timedelta(days=1)}) == [
        ("INVALID", ("campaign", "ending_date"))
    ]
    assert refusals_of(campaigns.update, work, "CP1", {"description": None, "salesperson_code": "XX"}) == [
        ("INVALID", ("campaign", "description")),
        ("SALESPERSON_NOT_FOUND", ("campaign", "salesperson_code")),
    ]
    assert campaigns.update(work, "cp1", {"ending_date": None, "blocked": True}, expected_version=1).version == 2
    assert recorded_changes(work) == [
        ("CP1", "UPDATED", {"endingDate": ("2026-03-18", None), "blocked": ("false", "true")})
    ]
    assert refusal_codes(campaigns.update, work, "CP1", {}, expected_version=1) == ["STALE_VERSION"]
    assert refusal_codes(campaigns.update, work, "XX", {}) == ["CAMPAIGN_NOT_FOUND"]


def test_a_used_campaign_is_not_deleted_k6(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_template(work, "SPRING", campaign_no="CP1")
    campaigns.shared_entry(work, "CP2", date=records.TODAY, salesperson_code=None)

    assert refusals_of(campaigns.delete, work, "CP1") == [("IN_USE", ("no",))]
    assert refusal_codes(campaigns.delete, work, "CP2") == ["IN_USE"]


def test_the_number_of_a_deleted_campaign_is_not_used_again_k6(work: Work) -> None:
    records.insert_campaign(work, "CP0001")
    campaigns.delete(work, "cp0001")

    assert refusal_codes(campaigns.create, work, {"description": "Again"}, no="CP0001") == ["DUPLICATE"]
    assert campaigns.create(work, {"description": "Next"}).no == "CP0002"
    assert refusal_codes(campaigns.delete, work, "CP0001") == ["CAMPAIGN_NOT_FOUND"]


def test_concurrent_interactions_of_a_campaign_get_the_same_campaign_entry_r_cam_1(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    def entry(session: Session) -> int:
        work = Work(session, User("tester"), NOW)
        return campaigns.shared_entry(work, "CP1", date=records.TODAY, salesperson_code=None)

    async def at_once() -> list[int]:
        await database.writing(lambda session: records.insert_campaign(Work(session, User("tester"), NOW), "CP1"))
        return await asyncio.gather(*(database.writing(entry) for _ in range(8)))

    assert len(set(loop.run_until_complete(at_once()))) == 1
    rows = loop.run_until_complete(database.select(select(CampaignEntry.campaign_no, CampaignEntry.description)))
    assert rows == [{"campaign_no": "CP1", "description": "Interactions"}]
