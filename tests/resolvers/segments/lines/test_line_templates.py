"""Choosing templates for lines, and resetting lines (R-LIN, R-TMPL, R-CORR, K11)."""

import datetime as dt
from decimal import Decimal

from persistence.segments import Segment
from resolvers.segments import rules as segments
from resolvers.segments.lines.customized_fields import FIELD_BITS
from resolvers.work import Work
from tests import records
from tests.resolvers.segments.lines.test_lines import OF_INTERACTION, set_on_line
from tests.segment_lines import create_segment, customized_fields, lines_of


def test_d1_077_a_template_set_on_one_line_changes_no_other_line(work: Work) -> None:
    """Rule R-LIN-4."""
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", template_code="VISIT")

    set_on_line(work, segment, 1, template_code="CALLIN")

    assert lines_of(work, segment.id, *OF_INTERACTION) == [
        ("CALLIN", "PHONE", Decimal(0), 15, "INBOUND", "THEM"),
        ("VISIT", "MEET", Decimal(45), 180, "OUTBOUND", "US"),
    ]
    assert customized_fields(work, segment.id) == [["template_code"], []]
    assert records.stored(work, Segment, id=segment.id).template_code == "VISIT"


def test_r_lin_4_with_the_template_of_the_segment_a_line_follows_it_again(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", template_code="VISIT", unit_cost=Decimal(50), description="Spring")
    set_on_line(work, segment, 1, template_code="CALLIN", evaluation="POSITIVE")
    segments.update(work, segment.no, {"date": dt.date(2026, 4, 1)})

    set_on_line(work, segment, 1, template_code="VISIT")

    assert lines_of(work, segment.id, "cost", "date", "description", "evaluation") == [
        (Decimal(50), dt.date(2026, 4, 1), "Spring", "POSITIVE")
    ]
    assert customized_fields(work, segment.id) == [["evaluation"]]


def test_r_tmpl_5_a_template_replaces_values_set_before_but_not_those_set_with_it(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", template_code="VISIT")
    set_on_line(work, segment, 1, cost=Decimal(99), duration=1, salesperson_code="PS", subject="Mine")

    set_on_line(work, segment, 1, template_code="CALLOUT", duration=7)

    assert lines_of(work, segment.id, "cost", "duration", "salesperson_code", "subject") == [
        (Decimal(1), 7, "PS", None)
    ]
    assert customized_fields(work, segment.id) == [["template_code", "salesperson_code", "duration"]]


def test_d1_076_a_new_template_replaces_the_description_only_if_it_is_that_of_the_old_template(work: Work) -> None:
    """R-TMPL-3 with B.15."""
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2")

    segments.update_lines(
        work,
        segment.no,
        [
            {"line_nos": [1, 2], "set": {"template_code": "VISIT"}},
            {"line_nos": [2], "set": {"description": "Mine"}},
            {"line_nos": [1, 2], "set": {"template_code": "CALLIN"}},
        ],
    )

    assert lines_of(work, segment.id, "description") == ["Incoming call", "Mine"]
    assert customized_fields(work, segment.id) == [["template_code"], ["template_code", "description"]]


def test_r_tmpl_4_the_campaign_of_the_segment_takes_precedence_over_the_templates(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_template(work, "FAIR", campaign_no="CP2")
    with_campaign, without = create_segment(work, "C1", campaign_no="CP1"), create_segment(work, "C1", "C2")
    set_on_line(work, without, 2, campaign_no="CP1")

    set_on_line(work, with_campaign, 1, template_code="FAIR")
    set_on_line(work, without, 1, template_code="FAIR")
    set_on_line(work, without, 2, template_code="VISIT")

    assert lines_of(work, with_campaign.id, "campaign_no") == ["CP1"]
    assert lines_of(work, without.id, "campaign_no") == ["CP2", "CP1"]
    assert customized_fields(work, without.id) == [["template_code"], ["template_code", "campaign_no"]]


def test_r_corr_decides_the_correspondence_type_of_lines(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", template_code="VISIT")
    records.insert_template(work, "SOFT", correspondence_type_default="EMAIL")

    segments.update_lines(
        work, segment.no, [{"matching": lambda line: line.c.line_no > 0, "set": {"template_code": "SOFT"}}]
    )
    soft = lines_of(work, segment.id, "correspondence_type")
    segments.update_lines(work, segment.no, [{"line_nos": [1, 2], "set": {"template_code": "MAIL"}}])

    assert soft == ["EMAIL", "HARD_COPY"]
    assert lines_of(work, segment.id, "correspondence_type") == ["EMAIL", "EMAIL"]


def test_clearing_the_template_of_a_line_clears_its_values(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C2", template_code="VISIT")

    set_on_line(work, segment, 1, template_code=None)

    assert lines_of(work, segment.id, *OF_INTERACTION, "correspondence_type") == [
        (None, None, Decimal(0), 0, None, None, "HARD_COPY")
    ]
    assert customized_fields(work, segment.id) == [["template_code"]]


def test_r_lin_3_setting_the_contact_again_resets_the_line(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", template_code="VISIT")
    set_on_line(
        work,
        segment,
        1,
        template_code="CALLIN",
        evaluation="POSITIVE",
        attempt_failed=True,
        time_of_interaction=dt.time(9),
        cost=Decimal(3),
    )

    set_on_line(work, segment, 1, contact_no="p2", evaluation="NEGATIVE")

    assert lines_of(
        work,
        segment.id,
        "contact_no",
        "company_no",
        "salesperson_code",
        "template_code",
        "cost",
        "evaluation",
        "attempt_failed",
        "time_of_interaction",
    ) == [("P2", "C1", "PS", "VISIT", Decimal(45), "NEGATIVE", False, None)]
    assert customized_fields(work, segment.id) == [["evaluation"]]


def test_k11_a_reset_takes_every_value_from_the_segment(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", template_code="VISIT", description="Spring")
    set_on_line(
        work,
        segment,
        1,
        template_code="CALLIN",
        salesperson_code="PS",
        campaign_no="CP1",
        description="Mine",
        subject="S",
        date=dt.date(2026, 1, 1),
        time_of_interaction=dt.time(8),
        cost=Decimal("1.23"),
        duration=1,
        information_flow="OUTBOUND",
        initiated_by="US",
        correspondence_type="FAX",
        language_code="fra",
        evaluation="NEUTRAL",
        attempt_failed=True,
        campaign_target=True,
        campaign_response=True,
    )
    assert customized_fields(work, segment.id)[0] == list(FIELD_BITS)
    names = [name for name in FIELD_BITS if name != "salesperson_code"]

    updated = segments.update_lines(work, segment.no, [{"line_nos": [1, 2], "reset_to_segment": True}])

    mine, other = lines_of(work, segment.id, *names, "customized")
    assert mine[:10] == other[:10]
    assert mine[11:] == other[11:], "all but the correspondence type, which is the contact's"
    assert (updated.matched, updated.changed, updated.line_nos) == (2, 1, [1, 2])
    assert lines_of(work, segment.id, "salesperson_code") == ["JO", "PS"]
