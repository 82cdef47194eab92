"""Logging a segment (R-LOG, R-CAM-1, K7, K9)."""

import datetime as dt
from decimal import Decimal

from persistence.campaigns import CampaignEntry
from persistence.segments import LoggedSegment, Segment
from resolvers.segments import rules as segments
from resolvers.work import Work
from tests import records
from tests.logged_entries import entries_of, nothing_is_logged
from tests.refusals import refusal_codes, refusals_of
from tests.segment_lines import create_ready_segment, create_segment, customized_fields, insert_contacts, lines_of
from tests.statements import recorded_statements


def test_d1_096_a_segment_is_logged_with_its_campaign_and_a_follow_up(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", template_code="VISIT", campaign_no="CP1", description="Spring")

    logged = segments.log(work, segment.no, create_follow_up=True)

    assert (logged.logged, logged.skipped) == (2, 0)
    assert entries_of(work, logged, "contact_no", "segment_no", "campaign_no") == [
        ("C1", segment.no, "CP1"),
        ("C2", segment.no, "CP1"),
    ]
    register = records.stored(work, LoggedSegment, entry_no=logged.logged_segment_entry_no)
    assert (register.segment_no, register.description, register.creation_date) == (segment.no, "Spring", records.TODAY)
    assert (register.user_id, register.logged_at, register.canceled) == ("tester", work.now, False)
    campaign_entry = records.stored(work, CampaignEntry)
    assert (campaign_entry.campaign_no, campaign_entry.segment_no, campaign_entry.description) == (
        "CP1",
        segment.no,
        "Spring",
    )
    assert (campaign_entry.date, campaign_entry.salesperson_code, campaign_entry.user_id) == (
        records.TODAY,
        "JO",
        "tester",
    )
    assert set(entries_of(work, logged, "campaign_entry_no")) == {campaign_entry.entry_no}
    assert work.find(Segment, no=segment.no, logged_segment_entry_no=None) is None
    follow_up = records.stored(work, Segment, id=logged.follow_up_segment_id)
    assert (follow_up.description, follow_up.campaign_no) == (f"Follow-up on segment {segment.no}", "CP1")
    assert (follow_up.template_code, follow_up.date, follow_up.follow_up_of) == (
        None,
        records.TODAY,
        logged.logged_segment_entry_no,
    )
    assert lines_of(
        work, follow_up.id, "line_no", "contact_no", "template_code", "salesperson_code", "campaign_no"
    ) == [(1, "C1", None, "JO", "CP1"), (2, "C2", None, "PS", "CP1")]


def test_k7_the_closed_segment_is_kept_with_its_lines(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_ready_segment(work)

    logged = segments.log(work, segment.no)

    assert records.stored(work, Segment, id=segment.id).logged_segment_entry_no == logged.logged_segment_entry_no
    assert lines_of(work, segment.id, "contact_no") == ["C1"]
    assert refusal_codes(segments.add_contacts, work, segment.no, contact_nos=["C2"]) == ["SEGMENT_NOT_FOUND"]


def test_d1_104_entries_have_the_values_of_their_lines(work: Work) -> None:
    """Rule R-LOG-7."""
    records.insert_fixtures(work)
    segment = create_segment(
        work, "C1", "C2", "P1", template_code="VISIT", description="Spring", date=dt.date(2026, 3, 1)
    )
    segments.update_lines(
        work,
        segment.no,
        [
            {
                "line_nos": [2],
                "set": {
                    "template_code": "CALLIN",
                    "cost": Decimal(99),
                    "evaluation": "POSITIVE",
                    "time_of_interaction": dt.time(9, 30),
                    "attempt_failed": True,
                    "subject": "Own",
                    "description": "Own",
                    "language_code": "FRA",
                    "campaign_target": True,
                },
            }
        ],
    )

    logged = segments.log(work, segment.no)

    of_header = ("VISIT", "MEET", Decimal(45), 180, "OUTBOUND", "US", None, False, None, "Spring", None, False)
    assert entries_of(
        work,
        logged,
        "template_code",
        "group_code",
        "cost",
        "duration",
        "information_flow",
        "initiated_by",
        "evaluation",
        "attempt_failed",
        "subject",
        "description",
        "language_code",
        "campaign_target",
    ) == [
        of_header,
        ("CALLIN", "PHONE", Decimal(99), 15, "INBOUND", "THEM", "POSITIVE", True, "Own", "Own", "FRA", True),
        of_header,
    ]
    assert entries_of(work, logged, "contact_no", "company_no", "date", "salesperson_code") == [
        ("C1", "C1", dt.date(2026, 3, 1), "JO"),
        ("C2", "C2", dt.date(2026, 3, 1), "PS"),
        ("P1", "C1", dt.date(2026, 3, 1), "JO"),
    ]
    assert entries_of(work, logged, "time_of_interaction") == [dt.time(10, 16), dt.time(9, 30), dt.time(10, 16)]
    assert set(entries_of(work, logged, "user_id", "logged_at", "canceled")) == {("tester", work.now, False)}


def test_k15_the_default_time_is_in_the_companys_time_zone_rounded_up(work: Work) -> None:
    records.insert_fixtures(work)
    records.change_setup(work, time_zone="Europe/Paris")
    segment = create_ready_segment(work)

    logged = segments.log(records.at_time(work, dt.datetime(2026, 3, 18, 22, 59, 0, tzinfo=dt.UTC)), segment.no)

    assert entries_of(work, logged, "time_of_interaction", "date") == [(dt.time(0, 0), records.TODAY)]


def test_k19_an_entry_has_the_description_of_the_header_if_the_line_has_none(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_ready_segment(work)
    segments.update_lines(work, segment.no, [{"line_nos": [1], "set": {"description": None}}])

    assert entries_of(work, segments.log(work, segment.no), "description") == ["Spring"]


def test_entry_numbers_rise_in_line_order(work: Work) -> None:
    records.insert_fixtures(work)
    before = records.insert_entry(work, contact="C1").entry_no
    segment = create_segment(
        work, "P3", "C2", "C1", "P1", template_code="VISIT", description="Spring", salesperson_code="JO"
    )

    logged = segments.log(work, segment.no)

    assert entries_of(work, logged, "contact_no") == ["P3", "C2", "C1", "P1"]
    assert min(entries_of(work, logged, "entry_no")) > before
    assert records.insert_entry(work, contact="C1").entry_no > max(entries_of(work, logged, "entry_no"))


def test_d1_097_and_r_lin_6_a_contact_on_two_lines_gets_two_entries(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_ready_segment(work)
    segments.add_lines(work, segment.no, [{"contact_no": "C1"}])

    logged = segments.log(work, segment.no, create_follow_up=True)

    assert entries_of(work, logged, "contact_no") == ["C1", "C1"]
    assert lines_of(work, logged.follow_up_segment_id, "contact_no") == ["C1", "C1"]


def test_d1_098_an_empty_segment_is_not_logged(work: Work) -> None:
    """Rule R-LOG-5."""
    segment = create_segment(work, description="Spring")
    assert refusals_of(segments.log, work, segment.no) == [("SEGMENT_EMPTY", ("segment_no",))]

    segments.add_lines(work, segment.no, [{}])

    assert refusal_codes(segments.log, work, segment.no) == ["SEGMENT_EMPTY"]
    assert nothing_is_logged(work)
    assert records.stored(work, Segment, no=segment.no).logged_segment_entry_no is None


def test_d1_099_a_segment_without_description_is_not_logged(work: Work) -> None:
    """Rules R-LOG-2, K4."""
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", template_code="VISIT")

    assert refusal_codes(segments.log, work, segment.no) == ["SEGMENT_DESCRIPTION_REQUIRED"]
    assert refusal_codes(segments.log, work, create_segment(work).no) == [
        "SEGMENT_DESCRIPTION_REQUIRED",
        "SEGMENT_EMPTY",
    ]
    assert nothing_is_logged(work)


def test_d1_102_an_e_mail_without_address_is_logged_without_correspondence_type(work: Work) -> None:
    """Rule R-LOG-6."""
    records.insert_fixtures(work)
    segment = create_segment(work, "P2", "P1", template_code="MAIL", description="Spring")

    logged = segments.log(work, segment.no)

    assert entries_of(work, logged, "contact_no", "correspondence_type") == [("P2", None), ("P1", "EMAIL")]
    assert lines_of(work, segment.id, "correspondence_type") == ["EMAIL", "EMAIL"]


def test_d1_107_lines_without_a_contact_are_skipped(work: Work) -> None:
    """Rule R-LOG-5."""
    records.insert_fixtures(work)
    segment = create_segment(work, template_code="VISIT", description="Spring")
    segments.add_lines(work, segment.no, [{"contact_no": "C1"}, {}, {"contact_no": "C2"}])

    logged = segments.log(work, segment.no, create_follow_up=True)

    assert (logged.logged, logged.skipped) == (2, 1)
    assert entries_of(work, logged, "contact_no") == ["C1", "C2"]
    assert lines_of(work, logged.follow_up_segment_id, "contact_no") == ["C1", "C2"]


def test_r_cam_1_each_campaign_gets_one_campaign_entry_with_the_date_of_its_first_line(work: Work) -> None:
    """Rule K9."""
    records.insert_fixtures(work)
    segment = create_segment(
        work, "C1", "C2", "P1", "P2", "P3", template_code="VISIT", description="Spring", campaign_no="CP1"
    )
    segments.update_lines(
        work,
        segment.no,
        [
            {"line_nos": [2, 4], "set": {"campaign_no": "CP2"}},
            {"line_nos": [2], "set": {"date": dt.date(2026, 3, 20)}},
            {"line_nos": [5], "set": {"campaign_no": None, "salesperson_code": "JO"}},
        ],
    )

    logged = segments.log(work, segment.no, create_follow_up=True)

    first, second = (records.stored(work, CampaignEntry, campaign_no=no) for no in ("CP1", "CP2"))
    assert (first.date, first.salesperson_code) == (records.TODAY, "JO")
    assert (second.date, second.salesperson_code) == (dt.date(2026, 3, 20), "PS")
    assert {first.logged_segment_entry_no, second.logged_segment_entry_no} == {logged.logged_segment_entry_no}
    assert entries_of(work, logged, "campaign_entry_no") == [
        first.entry_no,
        second.entry_no,
        first.entry_no,
        second.entry_no,
        None,
    ]
    assert lines_of(work, logged.follow_up_segment_id, "campaign_no") == ["CP1", "CP2", "CP1", "CP2", None]
    follows: list[str] = []
    own = ["campaign_no"]
    assert customized_fields(work, logged.follow_up_segment_id) == [follows, own, follows, own, own]


def test_r_log_1_a_logged_segment_is_not_logged_again(work: Work) -> None:
    """Rules K9, K24."""
    records.insert_fixtures(work)
    segment = create_ready_segment(work).no
    segments.log(work, segment)

    assert refusals_of(segments.log, work, segment) == [("LOGGED_SEGMENT_EXISTS", ("segment_no",))]
    assert refusals_of(segments.log, work, "NONE") == [("SEGMENT_NOT_FOUND", ("segment_no",))]


def test_logging_with_a_stale_version_is_refused(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_ready_segment(work).no
    segments.update(work, segment, {"description": "Autumn"})

    assert refusal_codes(segments.log, work, segment, expected_version=1) == ["STALE_VERSION"]


def test_logging_executes_the_same_number_of_statements_for_any_number_of_lines(work: Work) -> None:
    records.insert_fixtures(work)
    few, many = (
        create_segment(
            work, *insert_contacts(work, count), template_code="VISIT", description="Spring", campaign_no="CP1"
        ).no
        for count in (10, 1000)
    )
    assert work.setup.segment_nos == "SEGM"

    with recorded_statements(work) as for_few:
        segments.log(work, few, create_follow_up=True)
    with recorded_statements(work) as for_many:
        logged = segments.log(work, many, create_follow_up=True)

    assert logged.logged == 1000
    assert len(for_many) == len(for_few) <= 21
