"""Creating and updating segments (R-SEG, R-HDR, R-HTMP, K11)."""

import datetime as dt
from decimal import Decimal

import pytest

from persistence.salespeople import Salesperson
from persistence.segments import Segment
from resolvers.segments import rules as segments
from resolvers.work import Work
from tests import records
from tests.refusals import refusal_codes, refusals_of
from tests.segment_lines import create_segment, customized_fields, insert_contacts, lines_of
from tests.statements import recorded_statements

OF_INTERACTION = ("template_code", "group_code", "cost", "duration", "information_flow", "initiated_by")


def segment_of(work: Work, segment_id: int | None) -> Segment:
    segment: Segment = records.stored(work, Segment, id=segment_id)
    return segment


def test_d1_073_a_new_description_is_propagated_to_the_lines(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", description="Spring")

    updated = segments.update(work, segment.no, {"description": "Autumn"})

    assert (updated.lines_changed, updated.lines_kept) == (1, 0)
    assert lines_of(work, segment.id, "description") == ["Autumn"]
    assert segment_of(work, segment.id).version == 2


def test_d1_074_lines_with_another_template_do_not_change(work: Work) -> None:
    """Rule R-HDR-1."""
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", template_code="VISIT", description="Spring")
    segments.update_lines(work, segment.no, [{"line_nos": [2], "set": {"template_code": "CALLIN"}}])
    other = lines_of(work, segment.id, "description", "cost", "date", "campaign_no")[1]

    updated = segments.update(
        work,
        segment.no,
        {"description": "Autumn", "unit_cost": Decimal(7), "date": dt.date(2026, 4, 1), "campaign_no": "CP1"},
    )

    assert (updated.lines_changed, updated.lines_kept) == (1, 1)
    assert lines_of(work, segment.id, "description", "cost", "date", "campaign_no") == [
        ("Autumn", Decimal(7), dt.date(2026, 4, 1), "CP1"),
        other,
    ]


def test_r_hdr_2_the_value_of_the_header_replaces_a_customized_field(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", template_code="VISIT")
    segments.update_lines(work, segment.no, [{"line_nos": [1], "set": {"cost": Decimal(99), "evaluation": "POSITIVE"}}])

    segments.update(work, segment.no, {"unit_cost": Decimal(50)})

    assert lines_of(work, segment.id, "cost", "evaluation") == [(Decimal(50), "POSITIVE")]
    assert customized_fields(work, segment.id) == [["evaluation"]]


def test_r_hdr_4_without_update_lines_only_the_header_changes(work: Work) -> None:
    """R-HDR-4, and R-HTMP-4 for a new template."""
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", description="Spring", template_code="VISIT")

    updated = segments.update(
        work, segment.no, {"description": "Autumn", "template_code": "CALLIN"}, update_lines=False
    )

    assert (updated.lines_changed, updated.lines_kept) == (0, 1)
    assert lines_of(work, segment.id, "description", "template_code") == [("Spring", "VISIT")]


def test_r_hdr_5_a_subject_is_propagated_to_lines_in_the_default_language_with_the_old_one(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_template(work, "FAIR", languages=("FRA", "ENU"), language_code_default="ENU")
    records.insert_contact(work, "FR", language_code="FRA")
    segment = create_segment(work, "C1", "C2", "FR", template_code="FAIR", subject_default="Old")
    segments.update_lines(work, segment.no, [{"line_nos": [2], "set": {"subject": "Mine"}}])

    updated = segments.update(work, segment.no, {"subject_default": "New"})

    assert (updated.lines_changed, updated.lines_kept) == (1, 2)
    assert lines_of(work, segment.id, "language_code", "subject") == [("ENU", "New"), ("ENU", "Mine"), ("FRA", None)]


def test_r_hdr_6_group_ignore_flag_and_default_language_are_not_propagated(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C2", template_code="VISIT")

    updated = segments.update(
        work, segment.no, {"ignore_contact_correspondence_type": True, "language_code_default": "ENU"}
    )

    assert (updated.lines_changed, updated.lines_kept) == (0, 1)
    assert lines_of(work, segment.id, "correspondence_type", "language_code") == [("HARD_COPY", None)]


def test_r_hdr_3_a_default_correspondence_type_is_propagated_if_that_of_the_contacts_is_ignored(work: Work) -> None:
    """Rules R-HDR-3, R-CORR-1."""
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", template_code="VISIT")

    assert segments.update(work, segment.no, {"correspondence_type_default": "FAX"}).lines_changed == 0
    segments.update(
        work, segment.no, {"correspondence_type_default": "EMAIL", "ignore_contact_correspondence_type": True}
    )

    assert lines_of(work, segment.id, "correspondence_type") == ["EMAIL", "EMAIL"]


def test_clearing_the_salesperson_sets_that_of_the_contact_on_each_line(work: Work) -> None:
    """Rule R-LIN-1."""
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", salesperson_code="JO")

    segments.update(work, segment.no, {"salesperson_code": None})

    assert lines_of(work, segment.id, "salesperson_code") == ["JO", "PS"]


def test_r_seg_4_clearing_the_campaign_clears_target_and_response(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", campaign_no="CP1", campaign_target=True, campaign_response=True)

    segments.update(work, segment.no, {"campaign_no": None, "campaign_response": True})

    cleared = segment_of(work, segment.id)
    assert (cleared.campaign_no, cleared.campaign_target, cleared.campaign_response) == (None, False, True)
    assert lines_of(work, segment.id, "campaign_no", "campaign_target", "campaign_response") == [(None, False, True)]


def test_k11_a_new_template_derives_lines_again_except_for_customized_fields(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", "P1", template_code="VISIT", description="Spring")
    segments.update_lines(
        work,
        segment.no,
        [{"line_nos": [2], "set": {"cost": Decimal(99)}}, {"line_nos": [3], "set": {"template_code": "CALLIN"}}],
    )

    updated = segments.update(work, segment.no, {"template_code": "CALLOUT"})

    assert (updated.lines_changed, updated.lines_kept) == (2, 1)
    assert lines_of(work, segment.id, *OF_INTERACTION) == [
        ("CALLOUT", "PHONE", Decimal(1), 15, "OUTBOUND", "US"),
        ("CALLOUT", "PHONE", Decimal(99), 15, "OUTBOUND", "US"),
        ("CALLOUT", "PHONE", Decimal(1), 15, "OUTBOUND", "US"),
    ]
    assert customized_fields(work, segment.id) == [[], ["cost"], []], "K24: a mark of the template goes"


def test_k11_fields_given_with_the_new_template_replace_customized_ones(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", template_code="VISIT")
    segments.update_lines(work, segment.no, [{"line_nos": [1], "set": {"cost": Decimal(99), "duration": 5}}])

    segments.update(work, segment.no, {"template_code": "CALLOUT", "unit_cost": Decimal(2)})

    assert lines_of(work, segment.id, "cost", "duration") == [(Decimal(2), 5)]
    assert customized_fields(work, segment.id) == [["duration"]]


def test_setting_the_same_template_again_changes_nothing(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", template_code="VISIT", unit_cost=Decimal(50))

    segments.update(work, segment.no, {"template_code": "VISIT", "description": "Spring"})

    assert segment_of(work, segment.id).unit_cost == Decimal(50)
    assert lines_of(work, segment.id, "cost", "description") == [(Decimal(50), "Spring")]


def test_b_15_a_blank_template_clears_header_and_lines(work: Work) -> None:
    """Rule R-HTMP-1."""
    records.insert_fixtures(work)
    segment = create_segment(work, "C2", template_code="MAIL", campaign_no="CP1", subject_default="Hello")

    segments.update(work, segment.no, {"template_code": None})

    header = segment_of(work, segment.id)
    assert (header.template_code, header.group_code, header.unit_cost, header.subject_default) == (
        None,
        None,
        Decimal(0),
        None,
    )
    assert (header.ignore_contact_correspondence_type, header.campaign_no) == (False, "CP1")
    assert lines_of(work, segment.id, *OF_INTERACTION) == [(None, None, Decimal(0), 0, None, None)]
    assert lines_of(work, segment.id, "correspondence_type", "campaign_no") == [("HARD_COPY", "CP1")]


def test_a_dry_run_returns_the_same_and_changes_nothing(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", template_code="VISIT")

    dry = segments.update(work, segment.no, {"template_code": "CALLIN"}, dry_run=True)

    assert segment_of(work, segment.id).template_code == "VISIT"
    assert segment_of(work, segment.id).version == 1
    assert set(lines_of(work, segment.id, "template_code")) == {"VISIT"}
    assert dry == segments.update(work, segment.no, {"template_code": "CALLIN"})


def test_only_changed_references_are_checked_so_a_blocked_salesperson_may_stay(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, salesperson_code="JO")
    records.block(work, records.stored(work, Salesperson, code="JO"))
    records.block(work, records.stored(work, Salesperson, code="PS"))

    segments.update(work, segment.no, {"salesperson_code": "JO", "description": "Spring"})

    assert refusals_of(segments.update, work, segment.no, {"salesperson_code": "PS"}) == [
        ("SALESPERSON_BLOCKED", ("segment", "salesperson_code"))
    ]


def test_an_unknown_segment_and_a_stale_version_are_refused(work: Work) -> None:
    segment = create_segment(work)

    assert refusals_of(segments.update, work, "NONE", {}) == [("SEGMENT_NOT_FOUND", ("no",))]
    assert refusal_codes(segments.update, work, segment.no, {}, expected_version=7) == ["STALE_VERSION"]


@pytest.mark.parametrize("fields", [{"description": "Autumn"}, {"template_code": "CALLIN"}])
def test_updating_a_segment_executes_the_same_number_of_statements_for_any_number_of_lines(
    work: Work, fields: segments.SegmentFields
) -> None:
    records.insert_fixtures(work)
    few, many = (create_segment(work, *insert_contacts(work, count)).no for count in (10, 1000))

    with recorded_statements(work) as for_few:
        segments.update(work, few, fields)
    with recorded_statements(work) as for_many:
        assert segments.update(work, many, fields).lines_changed == 1000

    assert len(for_many) == len(for_few) <= 8
