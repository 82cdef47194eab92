"""Adding, updating and removing lines, and their customized fields (R-LIN, R-TMPL, R-CORR, K11)."""

import datetime as dt
from decimal import Decimal
from typing import get_type_hints

from sqlalchemy import true

from persistence.contacts import Contact
from persistence.segments import Segment, SegmentLine
from resolvers.segments import rules as segments
from resolvers.segments.lines.customized_fields import FIELD_BITS
from resolvers.work import Work
from tests import records
from tests.refusals import refusal_codes, refusals_of
from tests.segment_lines import create_ready_segment, create_segment, customized_fields, insert_contacts, lines_of
from tests.statements import recorded_statements

OF_INTERACTION = ("template_code", "group_code", "cost", "duration", "information_flow", "initiated_by")


def set_on_line(work: Work, segment: Segment, line_no: int, **fields: object) -> segments.LinesUpdated:
    return segments.update_lines(work, segment.no, [{"line_nos": [line_no], "set": fields}])  # type: ignore[typeddict-item]  # any field


def test_the_bits_of_customized_fields_never_change_because_they_are_stored() -> None:
    stored = "template_code salesperson_code campaign_no description subject date time_of_interaction cost duration"
    stored += " information_flow initiated_by correspondence_type language_code evaluation attempt_failed"
    stored += " campaign_target campaign_response"

    assert list(FIELD_BITS) == stored.split()
    assert {"contact_no", *FIELD_BITS} == get_type_hints(segments.LineFields).keys()
    assert list(FIELD_BITS.values()) == [1 << place for place in range(17)]
    assert set(FIELD_BITS) <= set(SegmentLine.model_fields)


def test_null_clears_every_field_of_a_line_except_its_date(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_ready_segment(work)

    set_on_line(
        work, segment, 1, description=None, salesperson_code=None, cost=None, duration=None, campaign_target=None
    )

    assert lines_of(work, segment.id, "description", "salesperson_code", "cost", "duration", "campaign_target") == [
        (None, None, Decimal(0), 0, False)
    ]
    assert refusals_of(set_on_line, work, segment, 1, date=None) == [("DATE_REQUIRED", ("changes", "0", "set", "date"))]


def test_new_lines_have_the_values_of_the_segment_except_for_given_fields(work: Work) -> None:
    """Rules R-LIN-1, R-LIN-5, R-LIN-6, K12."""
    records.insert_fixtures(work)
    segment = create_segment(work, "C2", template_code="VISIT", description="Spring")

    added = segments.add_lines(
        work,
        segment.no,
        [
            {"contact_no": "C2"},
            {},
            {"contact_no": "p1", "template_code": "callin", "duration": 20, "time_of_interaction": dt.time(9, 5)},
            {"contact_no": "P2", "template_code": None, "salesperson_code": None, "cost": Decimal("0.05")},
        ],
    )

    assert added.line_nos == [2, 3, 4, 5]
    assert lines_of(work, segment.id, "contact_no", *OF_INTERACTION)[1:] == [
        ("C2", "VISIT", "MEET", Decimal(45), 180, "OUTBOUND", "US"),
        (None, "VISIT", "MEET", Decimal(45), 180, "OUTBOUND", "US"),
        ("P1", "CALLIN", "PHONE", Decimal(0), 20, "INBOUND", "THEM"),
        ("P2", None, None, Decimal("0.05"), 0, None, None),
    ]
    assert lines_of(work, segment.id, "time_of_interaction", "salesperson_code")[3:] == [
        (dt.time(9, 5), "JO"),
        (None, None),
    ]
    assert customized_fields(work, segment.id)[1:] == [
        [],
        [],
        ["template_code", "time_of_interaction", "duration"],
        ["template_code", "salesperson_code", "cost"],
    ]


def test_r_lin_5_a_template_needs_a_contact(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work)
    segments.add_lines(work, segment.no, [{}, {"contact_no": "C1"}])

    assert refusals_of(segments.add_lines, work, segment.no, [{"template_code": "VISIT"}]) == [
        ("CONTACT_REQUIRED", ("lines", "0", "template_code"))
    ]
    assert refusals_of(
        segments.update_lines, work, segment.no, [{"line_nos": [1, 2], "set": {"template_code": "VISIT"}}]
    ) == [("CONTACT_REQUIRED", ("changes", "0", "set", "template_code"))]
    set_on_line(work, segment, 1, contact_no="C2", template_code="VISIT")
    assert lines_of(work, segment.id, "contact_no", "template_code") == [("C2", "VISIT"), ("C1", None)]


def test_k4_all_refusals_of_lines_are_reported_at_once(work: Work) -> None:
    records.insert_fixtures(work)
    records.block(work, records.stored(work, Contact, no="C2"))
    segment = create_segment(work, "C1")

    assert refusals_of(
        segments.add_lines,
        work,
        segment.no,
        [
            {"contact_no": "C2", "template_code": "NONE"},
            {"contact_no": "NOBODY", "cost": Decimal("1.001"), "subject": "x" * 101},
        ],
    ) == [
        ("INVALID", ("lines", "1", "cost")),
        ("TOO_LONG", ("lines", "1", "subject")),
        ("CONTACT_PRIVACY_BLOCKED", ("lines", "0", "contact_no")),
        ("TEMPLATE_NOT_FOUND", ("lines", "0", "template_code")),
        ("CONTACT_NOT_FOUND", ("lines", "1", "contact_no")),
    ]


def test_changes_are_made_all_or_none(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2")

    assert refusals_of(
        segments.update_lines,
        work,
        segment.no,
        [
            {"line_nos": [1, 7], "set": {"cost": Decimal(1)}},
            {"matching": lambda line: line.c.line_no > 0, "set": {"contact_no": "P1"}},
        ],
    ) == [
        ("LINE_NOT_FOUND", ("changes", "0", "lines", "line_nos", "1")),
        ("INVALID", ("changes", "1", "set", "contact_no")),
    ]
    assert refusal_codes(segments.update_lines, work, segment.no, []) == ["INVALID"]
    assert refusal_codes(segments.update_lines, work, segment.no, [{"line_nos": [1] * 1001}]) == ["TOO_MANY"]
    assert refusal_codes(segments.update_lines, work, segment.no, [{"line_nos": [1]}], expected_version=9) == [
        "STALE_VERSION"
    ]


def test_lines_that_have_the_value_already_do_not_count_as_changed(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2")
    set_on_line(work, segment, 1, cost=Decimal(9))

    updated = segments.update_lines(
        work, segment.no, [{"matching": lambda line: line.c.line_no > 0, "set": {"cost": Decimal(9)}}]
    )

    assert (updated.matched, updated.changed) == (2, 1)
    assert segments.update_lines(work, segment.no, [{"line_nos": [1]}]).changed == 0


def test_a_dry_run_of_changes_returns_the_same_and_changes_nothing(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1")
    changes: list[segments.LineChange] = [{"line_nos": [1], "set": {"template_code": "VISIT"}}]

    dry = segments.update_lines(work, segment.no, changes, dry_run=True)

    assert lines_of(work, segment.id, "template_code", "customized") == [(None, 0)]
    assert dry == segments.update_lines(work, segment.no, changes)


def test_k20_removed_lines_leave_their_numbers_unused(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2", "P1")

    dry = segments.remove_lines(work, segment.no, line_nos=[3, 2, 3], dry_run=True)
    removed = segments.remove_lines(work, segment.no, line_nos=[3, 2, 3])
    segments.add_contacts(work, segment.no, contact_nos=["P2"])

    assert dry == removed
    assert (removed.removed, removed.line_nos) == (2, [2, 3])
    assert lines_of(work, segment.id, "line_no", "contact_no") == [(1, "C1"), (4, "P2")]
    assert refusals_of(segments.remove_lines, work, segment.no, line_nos=[1, 3]) == [
        ("LINE_NOT_FOUND", ("lines", "line_nos", "1"))
    ]
    assert segments.remove_lines(work, segment.no, matching=lambda line: line.c.contact_no == "P2").line_nos == [4]
    assert segments.remove_lines(work, segment.no).removed == 0
    assert segments.remove_lines(work, segment.no, matching=lambda _: true()).removed == 1


def test_every_change_of_a_line_raises_the_version_of_the_segment(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work)

    segments.add_lines(work, segment.no, [{"contact_no": "C1"}])
    set_on_line(work, segment, 1, cost=Decimal(1))
    segments.remove_lines(work, segment.no, line_nos=[1])

    assert records.stored(work, Segment, id=segment.id).version == 4


def test_updating_lines_executes_the_same_number_of_statements_for_any_number_of_lines(work: Work) -> None:
    records.insert_fixtures(work)
    few, many = (create_segment(work, *insert_contacts(work, count)).no for count in (10, 1000))
    change: segments.LineChange = {"matching": lambda line: line.c.line_no > 0, "set": {"template_code": "VISIT"}}

    with recorded_statements(work) as for_few:
        segments.update_lines(work, few, [change])
    with recorded_statements(work) as for_many:
        updated = segments.update_lines(work, many, [change])
    with recorded_statements(work) as for_removal:
        segments.remove_lines(work, many, matching=lambda _: true())

    assert (updated.changed, len(updated.line_nos)) == (1000, 100)
    assert len(for_many) == len(for_few) <= 5
    assert len(for_removal) == 8


def test_adding_lines_executes_the_same_number_of_statements_for_any_number_of_lines(work: Work) -> None:
    records.insert_fixtures(work)
    segment, crowd = create_segment(work).no, insert_contacts(work, 1000)

    with recorded_statements(work) as for_few:
        segments.add_lines(work, segment, [{"contact_no": no, "cost": Decimal(1)} for no in crowd[:10]])
    with recorded_statements(work) as for_many:
        added = segments.add_lines(work, segment, [{"contact_no": no, "cost": Decimal(1)} for no in crowd])

    assert len(added.line_nos) == 100
    assert len(for_many) == len(for_few) <= 7
