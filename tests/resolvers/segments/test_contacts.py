"""Adding contacts to a segment (R-ADD, K14, K24)."""

from decimal import Decimal

from persistence.segments import Segment
from resolvers.segments import rules as segments
from resolvers.work import Work
from tests import records
from tests.refusals import refusals_of
from tests.segment_lines import create_segment, insert_contacts, lines_of
from tests.statements import recorded_statements


def test_d1_084_a_contact_is_found_by_its_number(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work)

    added = segments.add_contacts(work, segment.no, matching=lambda contact: contact.c.no == "C1")

    assert (added.matched, added.added) == (1, 1)
    assert lines_of(work, segment.id, "line_no", "contact_no", "company_no") == [(1, "C1", "C1")]


def test_d1_072_lines_have_the_values_of_the_segment(work: Work) -> None:
    """Rule R-LIN-1."""
    records.insert_fixtures(work)
    segment = create_segment(work, template_code="VISIT", description="Spring")

    segments.add_contacts(work, segment.no, contact_nos=["P1"])

    assert lines_of(
        work,
        segment.id,
        "template_code",
        "group_code",
        "cost",
        "duration",
        "information_flow",
        "initiated_by",
        "description",
        "date",
        "company_no",
        "salesperson_code",
        "customized",
    ) == [("VISIT", "MEET", Decimal(45), 180, "OUTBOUND", "US", "Spring", records.TODAY, "C1", "JO", 0)]


def test_r_lin_2_and_r_corr_decide_the_correspondence_type(work: Work) -> None:
    """The same as D1-030 and D1-031, for lines."""
    records.insert_fixtures(work)
    records.insert_template(work, "SOFT", correspondence_type_default="EMAIL")
    records.insert_template(work, "NONE", ignore_contact_correspondence_type=True)

    soft, none = (
        create_segment(work, "C1", "C2", template_code="SOFT"),
        create_segment(work, "C2", template_code="NONE"),
    )
    fixed = create_segment(
        work,
        "C1",
        "C2",
        template_code="SOFT",
        correspondence_type_default="FAX",
        ignore_contact_correspondence_type=True,
    )

    assert lines_of(work, soft.id, "correspondence_type") == ["EMAIL", "HARD_COPY"]
    assert lines_of(work, none.id, "correspondence_type") == [None]
    assert lines_of(work, fixed.id, "correspondence_type") == ["FAX", "FAX"]
    assert lines_of(work, create_segment(work, "C1", "C2").id, "correspondence_type") == [None, "HARD_COPY"]


def test_r_lin_1_the_language_is_the_contacts_if_the_template_has_it(work: Work) -> None:
    """Rule K21."""
    records.insert_fixtures(work)
    records.insert_contact(work, "FR", language_code="FRA")
    records.insert_contact(work, "DE", language_code="DEU")
    records.insert_template(work, "FAIR", languages=("ENU", "FRA"), language_code_default="ENU")

    segment = create_segment(work, "FR", "DE", "C1", template_code="FAIR")

    assert lines_of(work, segment.id, "language_code") == ["FRA", "ENU", "ENU"]


def test_r_add_6_found_contacts_are_sorted_by_company_and_name(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work)

    segments.add_contacts(work, segment.no)

    assert lines_of(work, segment.id, "contact_no") == ["C1", "P1", "P2", "C2", "P3"]


def test_k24_contacts_given_by_number_are_added_in_the_given_order(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "P3", "C2")

    added = segments.add_contacts(work, segment.no, contact_nos=[" p2", "C1", "P2"])

    assert lines_of(work, segment.id, "line_no", "contact_no") == [(1, "P3"), (2, "C2"), (3, "P2"), (4, "C1")]
    assert (added.matched, added.added, added.skipped_existing) == (3, 2, 1)


def test_r_add_5_excluded_and_existing_contacts_are_skipped_unless_an_option_allows_them(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_contact(work, "SHY", exclude_from_segment=True)
    records.insert_contact(work, "GONE", exclude_from_segment=True, privacy_blocked=True)
    segment = create_segment(work, "C1")

    careful = segments.add_contacts(work, segment.no, options=segments.AddingOptions(dry_run=True))
    bold = segments.add_contacts(
        work, segment.no, options=segments.AddingOptions(ignore_exclusion=True, allow_existing=True)
    )

    assert (careful.matched, careful.added) == (7, 4)
    assert (careful.skipped_excluded, careful.skipped_privacy_blocked, careful.skipped_existing) == (1, 1, 1)
    assert (bold.matched, bold.added, bold.skipped_privacy_blocked) == (7, 6, 1)
    assert lines_of(work, segment.id, "contact_no").count("C1") == 2


def test_k14_a_contact_given_by_number_that_is_blocked_for_privacy_is_refused(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_contact(work, "GONE", privacy_blocked=True)
    segment = create_segment(work)

    assert refusals_of(segments.add_contacts, work, segment.no, contact_nos=["C1", "gone", "NOBODY"]) == [
        ("CONTACT_PRIVACY_BLOCKED", ("from", "contact_nos", "1")),
        ("CONTACT_NOT_FOUND", ("from", "contact_nos", "2")),
    ]


def test_an_excluded_contact_given_by_number_is_counted_and_skipped(work: Work) -> None:
    records.insert_contact(work, "SHY", exclude_from_segment=True)
    segment = create_segment(work, "SHY")

    added = segments.add_contacts(work, segment.no, contact_nos=["SHY"])

    assert (added.added, added.skipped_excluded) == (0, 1)
    assert lines_of(work, segment.id, "contact_no") == []


def test_a_dry_run_counts_and_adds_nothing(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1")

    dry = segments.add_contacts(work, segment.no, options=segments.AddingOptions(dry_run=True))

    assert lines_of(work, segment.id, "contact_no") == ["C1"]
    assert records.stored(work, Segment, id=segment.id).version == 1
    assert dry == segments.add_contacts(work, segment.no)


def test_more_than_a_thousand_numbers_are_too_many(work: Work) -> None:
    segment = create_segment(work)

    assert refusals_of(segments.add_contacts, work, segment.no, contact_nos=["C1"] * 1001) == [
        ("TOO_MANY", ("from", "contact_nos"))
    ]
    assert refusals_of(segments.add_contacts, work, "NONE") == [("SEGMENT_NOT_FOUND", ("segment_no",))]


def test_adding_contacts_executes_the_same_number_of_statements_for_any_number(work: Work) -> None:
    records.insert_salesperson(work, "JO")
    segment = create_segment(work).no
    few, many = insert_contacts(work, 10), insert_contacts(work, 1000)

    with recorded_statements(work) as for_few:
        segments.add_contacts(work, segment, contact_nos=few)
    with recorded_statements(work) as for_many:
        segments.add_contacts(work, segment, contact_nos=many)
    with recorded_statements(work) as for_found:
        added = segments.add_contacts(work, segment, options=segments.AddingOptions(allow_existing=True))

    assert added.added == 1010
    assert len(for_found) < len(for_few) == len(for_many) <= 8
