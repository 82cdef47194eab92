"""Creating segments (R-SEG, R-HTMP)."""

from decimal import Decimal

from persistence.campaigns import Campaign
from persistence.segments import Segment
from resolvers.segments import rules as segments
from resolvers.work import Work
from tests import records
from tests.refusals import refusal_codes, refusals_of
from tests.resolvers.segments.test_header import segment_of
from tests.segment_lines import create_segment, lines_of


def test_d1_004_a_segment_takes_the_next_number_and_today(work: Work) -> None:
    records.insert_number_series(work, "S", starting_no="SM00001", last_no_used="SM00010")
    records.change_setup(work, segment_nos="S")

    segment = segment_of(work, segments.create(work, {"description": "Spring"}).segment_id)

    assert (segment.no, segment.date, segment.version, segment.description) == ("SM00011", records.TODAY, 1, "Spring")


def test_d1_005_without_a_series_in_the_setup_no_segment_is_created(work: Work) -> None:
    records.change_setup(work, segment_nos=None)

    assert refusals_of(segments.create, work, {}) == [("NUMBER_SERIES_MISSING", ("no",))]
    assert work.find(Segment) is None


def test_d1_007_a_manual_number_needs_a_series_that_allows_it(work: Work) -> None:
    records.insert_number_series(work, "S", starting_no="SM00001")
    records.change_setup(work, segment_nos="S")

    assert refusal_codes(segments.create, work, {}, no="X1") == ["MANUAL_NO_NOT_ALLOWED"]

    records.change_number_series(work, "S", manual_nos=True)
    assert segment_of(work, segments.create(work, {}, no=" x1 ").segment_id).no == "X1"
    assert refusal_codes(segments.create, work, {}, no="X1") == ["DUPLICATE"]


def test_d1_008_the_users_own_salesperson_is_the_default(work: Work) -> None:
    records.insert_fixtures(work)
    pat = records.as_user(work, salesperson="PS")

    assert segment_of(work, segments.create(pat, {}).segment_id).salesperson_code == "PS"
    assert segment_of(work, segments.create(pat, {"salesperson_code": "JO"}).segment_id).salesperson_code == "JO"
    assert segment_of(work, segments.create(pat, {"salesperson_code": None}).segment_id).salesperson_code is None


def test_d1_013_a_series_without_automatic_numbers_assigns_none(work: Work) -> None:
    records.insert_number_series(work, "S", starting_no="SM00001", default_nos=False)
    records.change_setup(work, segment_nos="S")

    assert refusal_codes(segments.create, work, {}) == ["NUMBER_SERIES_NOT_AUTOMATIC"]


def test_r_htmp_2_the_template_fills_in_the_header_except_for_given_fields(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_template(work, "FAIR", group="MEET", cost=3, minutes=9, campaign_no="CP2", campaign_target=True)

    filled = create_segment(work, template_code="fair", unit_cost=Decimal("9.99"))

    assert (filled.template_code, filled.group_code, filled.unit_cost, filled.unit_duration) == (
        "FAIR",
        "MEET",
        Decimal("9.99"),
        9,
    )
    assert (filled.campaign_no, filled.campaign_target, filled.description) == ("CP2", True, None)


def test_k4_all_refusals_of_a_segment_are_reported_at_once(work: Work) -> None:
    records.insert_fixtures(work)
    records.block(work, records.stored(work, Campaign, no="CP1"))

    assert refusals_of(
        segments.create,
        work,
        {
            "date": None,
            "unit_cost": Decimal(-1),
            "unit_duration": -1,
            "description": "x" * 101,
            "template_code": "NONE",
            "campaign_no": "CP1",
            "salesperson_code": "JO",
        },
        contact_nos=["C1", "NOBODY"],
    ) == [
        ("INVALID", ("segment", "unit_cost")),
        ("INVALID", ("segment", "unit_duration")),
        ("DATE_REQUIRED", ("segment", "date")),
        ("TOO_LONG", ("segment", "description")),
        ("TEMPLATE_NOT_FOUND", ("segment", "template_code")),
        ("CAMPAIGN_BLOCKED", ("segment", "campaign_no")),
        ("CONTACT_NOT_FOUND", ("contact_nos", "1")),
    ]


def test_d1_075_lines_of_a_new_segment_have_the_headers_or_the_contacts_salesperson(work: Work) -> None:
    records.insert_fixtures(work)

    of_pat = create_segment(work, "C1", salesperson_code="PS", campaign_no="CP1")
    of_nobody = create_segment(work, "c1 ")

    assert lines_of(work, of_pat.id, "salesperson_code", "campaign_no") == [("PS", "CP1")]
    assert lines_of(work, of_nobody.id, "salesperson_code", "campaign_no") == [("JO", None)]
