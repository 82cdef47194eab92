"""Creating an interaction (R-FIN, R-CAM-1)."""

import asyncio
import datetime as dt
from decimal import Decimal
from typing import Any

from sqlmodel import Session, select

from persistence.campaigns import CampaignEntry
from persistence.database import Database
from persistence.interactions import InteractionComment, InteractionLogEntry
from persistence.templates import InteractionTemplate
from resolvers.interactions import comments
from resolvers.interactions import rules as interactions
from resolvers.interactions.fields import InteractionFields
from resolvers.work import User, Work
from tests import records
from tests.conftest import NOW
from tests.refusals import refusal_codes, refusals_of
from tests.statements import is_postgresql, recorded_statements

VISIT_JO = InteractionFields(template_code="VISIT", salesperson_code="JO")


def create_interaction(work: Work, **fields: Any) -> InteractionLogEntry:
    """Create an interaction of JO with VISIT and return its log entry."""
    entry_no = interactions.create(work, InteractionFields(**VISIT_JO | fields)).entry_no  # type: ignore[typeddict-item]  # any field
    entry: InteractionLogEntry = records.stored(work, InteractionLogEntry, entry_no=entry_no)
    return entry


def campaign_entry_of(work: Work, campaign_no: str) -> CampaignEntry:
    entry: CampaignEntry = records.stored(work, CampaignEntry, campaign_no=campaign_no)
    return entry


def log_is_empty(work: Work) -> bool:
    return work.session.exec(select(InteractionLogEntry.entry_no)).first() is None


def test_d1_016_an_interaction_without_template_is_refused_and_not_logged_r_fin_2(work: Work) -> None:
    records.insert_fixtures(work)

    assert refusals_of(interactions.create, work, {"contact_no": "P1", "description": "Talk"}) == [
        ("TEMPLATE_REQUIRED", ("interaction", "template_code"))
    ]
    assert log_is_empty(work)


def test_d1_017_an_interaction_with_a_cleared_description_is_refused_r_fin_5(work: Work) -> None:
    records.insert_fixtures(work)

    for emptied in (None, "", "  "):
        assert refusals_of(interactions.create, work, VISIT_JO | {"contact_no": "P1", "description": emptied}) == [
            ("DESCRIPTION_REQUIRED", ("interaction", "description"))
        ]
    assert log_is_empty(work)


def test_d1_018_an_interaction_without_contact_is_refused_whatever_else_is_missing_r_fin_1(work: Work) -> None:
    records.insert_fixtures(work)

    assert refusals_of(interactions.create, work, VISIT_JO) == [("CONTACT_REQUIRED", ("interaction", "contact_no"))]
    assert refusal_codes(interactions.create, work, {"date": None, "campaign_no": "CP9"}) == [
        "CONTACT_REQUIRED",
        "TEMPLATE_REQUIRED",
        "SALESPERSON_REQUIRED",
        "DATE_REQUIRED",
        "DESCRIPTION_REQUIRED",
        "CAMPAIGN_NOT_FOUND",
    ]


def test_d1_019_an_interaction_without_salesperson_is_refused_r_fin_3(work: Work) -> None:
    records.insert_fixtures(work)

    assert refusals_of(interactions.create, work, {"contact_no": "P3", "template_code": "VISIT"}) == [
        ("SALESPERSON_REQUIRED", ("interaction", "salesperson_code"))
    ]


def test_a_cleared_date_is_refused_but_a_cleared_time_is_now_r_fin_4_k24(work: Work) -> None:
    records.insert_fixtures(work)

    assert refusal_codes(interactions.create, work, VISIT_JO | {"contact_no": "P1", "date": None}) == ["DATE_REQUIRED"]
    assert create_interaction(work, contact_no="P1", time_of_interaction=None).time_of_interaction == dt.time(10, 16)


def test_d1_020_an_interaction_is_one_entry_with_the_values_of_its_template_r_fin_14(work: Work) -> None:
    records.insert_fixtures(work)

    entry = create_interaction(work, contact_no="C1")

    assert (entry.contact_no, entry.company_no, entry.template_code, entry.group_code) == ("C1", "C1", "VISIT", "MEET")
    assert (entry.cost, entry.duration, entry.information_flow, entry.initiated_by) == (
        Decimal(45),
        180,
        "OUTBOUND",
        "US",
    )
    assert (entry.salesperson_code, entry.date, entry.time_of_interaction) == ("JO", records.TODAY, dt.time(10, 16))
    assert (entry.canceled, entry.user_id, entry.logged_at) == (False, "tester", NOW)
    assert (entry.campaign_no, entry.campaign_entry_no, entry.segment_no) == (None, None, None)


def test_the_subject_is_the_description_r_fin_11(work: Work) -> None:
    records.insert_fixtures(work)

    entry = create_interaction(work, contact_no="C1", description="Mine", attempt_failed=True)

    assert (entry.description, entry.subject, entry.attempt_failed) == ("Mine", "Mine", True)


def test_d1_021_given_cost_and_duration_are_stored_and_the_template_does_not_change(work: Work) -> None:
    records.insert_fixtures(work)

    entry = create_interaction(work, contact_no="C1", cost=Decimal("52.10"), duration=190)

    template = records.stored(work, InteractionTemplate, code="VISIT")
    assert (entry.cost, entry.duration, template.unit_cost, template.unit_duration) == (
        Decimal("52.10"),
        190,
        Decimal(45),
        180,
    )


def test_d1_022_an_interaction_created_from_a_log_entry_does_not_change_that_entry_r_draft_4(work: Work) -> None:
    records.insert_fixtures(work)
    first = create_interaction(work, contact_no="C1", cost=Decimal(50))

    second = interactions.create(work, {"template_code": "VISIT"}, from_entry_no=first.entry_no)

    rows = {row.entry_no: row for row in work.session.exec(select(InteractionLogEntry))}
    assert set(rows) == {first.entry_no, second.entry_no}
    assert (rows[first.entry_no].cost, rows[second.entry_no].cost) == (Decimal(50), Decimal(45))
    assert rows[second.entry_no].contact_no == "C1"


def test_entry_numbers_rise_r_num_3(work: Work) -> None:
    records.insert_fixtures(work)

    numbers = [create_interaction(work, contact_no="C1").entry_no for _ in range(3)]

    assert numbers == sorted(set(numbers))


def test_email_to_a_contact_without_address_becomes_no_correspondence_type_r_fin_10(work: Work) -> None:
    records.insert_fixtures(work)

    assert create_interaction(work, contact_no="P2", template_code="MAIL").correspondence_type is None
    assert create_interaction(work, contact_no="P1", template_code="MAIL").correspondence_type == "EMAIL"
    assert create_interaction(work, contact_no="P2", correspondence_type="FAX").correspondence_type == "FAX"


def test_d1_035_a_given_evaluation_is_stored_r_fin_17(work: Work) -> None:
    records.insert_fixtures(work)

    assert create_interaction(work, contact_no="C1", evaluation="POSITIVE").evaluation == "POSITIVE"


def test_d1_036_an_interaction_has_exactly_the_given_comments_r_fin_14(work: Work) -> None:
    records.insert_fixtures(work)

    entry = create_interaction(work, contact_no="C1", comments=["One", "Two", "Three"])

    stored = comments.stored_comments(work, entry.entry_no)
    assert [(row.line_no, row.comment, row.date, row.user_id) for row in stored] == [
        (1, "One", records.TODAY, "tester"),
        (2, "Two", records.TODAY, "tester"),
        (3, "Three", records.TODAY, "tester"),
    ]


def test_d1_038_an_interaction_of_a_campaign_names_its_campaign_entry_r_fin_13_r_cam_1(work: Work) -> None:
    records.insert_fixtures(work)

    entry = create_interaction(work, contact_no="C1", campaign_no="CP1", date=records.TODAY - dt.timedelta(days=3))

    shared = campaign_entry_of(work, "CP1")
    assert entry.campaign_entry_no == shared.entry_no
    assert (shared.description, shared.segment_no, shared.salesperson_code) == ("Interactions", None, "JO")
    assert (shared.date, shared.user_id, shared.canceled) == (records.TODAY - dt.timedelta(days=3), "tester", False)


def test_d1_039_all_interactions_of_a_campaign_logged_one_by_one_share_one_campaign_entry_r_cam_1(work: Work) -> None:
    records.insert_fixtures(work)

    first = create_interaction(work, contact_no="C1", campaign_no="CP1")
    second = create_interaction(work, contact_no="C2", campaign_no="CP1")
    other = create_interaction(work, contact_no="C2", campaign_no="CP2")

    assert first.campaign_entry_no == second.campaign_entry_no == campaign_entry_of(work, "CP1").entry_no
    assert other.campaign_entry_no == campaign_entry_of(work, "CP2").entry_no


def test_the_campaign_entry_of_a_logged_segment_is_not_shared_r_cam_1(work: Work) -> None:
    records.insert_fixtures(work)
    of_segment = records.insert(
        work,
        CampaignEntry(campaign_no="CP1", description="Segment", date=records.TODAY, segment_no="SM1", user_id="tester"),
    )

    assert create_interaction(work, contact_no="C1", campaign_no="CP1").campaign_entry_no != of_segment.entry_no


def test_a_refused_interaction_stores_nothing(work: Work) -> None:
    records.insert_fixtures(work)

    with recorded_statements(work) as sent:
        assert refusal_codes(interactions.create, work, {"campaign_no": "CP1", "comments": ["x"]}) == [
            "CONTACT_REQUIRED",
            "TEMPLATE_REQUIRED",
            "SALESPERSON_REQUIRED",
            "DESCRIPTION_REQUIRED",
        ]

    assert [statement.split()[0] for statement in sent] == ["SELECT"]


def test_creating_an_interaction_executes_one_select_and_one_insert(work: Work) -> None:
    records.insert_fixtures(work)
    inserting = ["WITH"] if is_postgresql(work) else ["UPDATE", "INSERT", "INSERT"]

    with recorded_statements(work) as sent:
        interactions.create(work, {"contact_no": "C1", "template_code": "VISIT"})

    assert [statement.split()[0] for statement in sent] == ["SELECT", *inserting]


def test_an_existing_campaign_entry_needs_no_statement_and_comments_need_one(work: Work) -> None:
    records.insert_fixtures(work)
    create_interaction(work, contact_no="C1", campaign_no="CP1")
    inserting = ["WITH"] if is_postgresql(work) else ["INSERT", "UPDATE", "INSERT"]

    with recorded_statements(work) as sent:
        interactions.create(
            work,
            {"contact_no": "C1", "template_code": "VISIT", "campaign_no": "CP1", "comments": ["One", "Two", "Three"]},
        )

    assert [statement.split()[0] for statement in sent] == [*inserting, "INSERT"]


def test_interactions_created_concurrently_have_different_numbers_and_share_the_campaign_entry(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    def create(session: Session) -> int:
        fields = InteractionFields(contact_no="C1", template_code="VISIT", campaign_no="CP1", comments=["Hello"])
        return interactions.create(Work(session, User("tester"), NOW), fields).entry_no

    async def at_once() -> list[int]:
        await database.writing(lambda session: records.insert_fixtures(Work(session, User("tester"), NOW)))
        return await asyncio.gather(*(database.writing(create) for _ in range(8)))

    numbers = loop.run_until_complete(at_once())
    assert len(set(numbers)) == 8
    rows = loop.run_until_complete(database.select(select(InteractionLogEntry.campaign_entry_no).distinct()))
    assert len(rows) == 1
    assert len(loop.run_until_complete(database.select(select(InteractionComment.entry_no)))) == 8
