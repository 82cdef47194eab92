"""Lines, whose values SQL derives, and drafts, whose values Python derives, follow the same rules (R-CORR, R-TMPL).

Random templates and contacts, on both databases. Left out is what differs on purpose: a draft has a default time
(R-DRAFT-1) and a postponed interaction keeps its campaign (R-RES-3).
"""

from decimal import Decimal
from typing import Any, cast

from hypothesis import given as generated
from hypothesis import strategies as st

from persistence.interactions import PostponedInteraction
from resolvers.interactions.drafts import Draft, new_draft, resumed_draft
from resolvers.interactions.fields import InteractionFields, SharedFields
from resolvers.segments import rules as segments
from resolvers.segments.fields import LineFields
from resolvers.work import Work
from tests import records
from tests.segment_lines import create_segment, lines_of
from tests.soaking import examples

COMPARED = (
    *(name for name in SharedFields.__annotations__ if name != "time_of_interaction"),
    "company_no",
    "group_code",
)

CORRESPONDENCE_TYPES = st.sampled_from([None, "HARD_COPY", "EMAIL", "FAX"])
LANGUAGES = ["ENU", "FRA", "FRC"]
DESCRIPTIONS = st.sampled_from(["Visit", "Call"])
TEMPLATES = st.fixed_dictionaries(
    {
        "description": DESCRIPTIONS,
        "group": st.sampled_from([None, "MEET"]),
        "cost": st.decimals(0, 999, places=2),
        "minutes": st.integers(0, 600),
        "information_flow": st.sampled_from([None, "INBOUND", "OUTBOUND"]),
        "initiated_by": st.sampled_from([None, "US", "THEM"]),
        "campaign_no": st.sampled_from([None, "CP1"]),
        "campaign_target": st.booleans(),
        "campaign_response": st.booleans(),
        "correspondence_type_default": CORRESPONDENCE_TYPES,
        "ignore_contact_correspondence_type": st.booleans(),
        "language_code_default": st.sampled_from([None, *LANGUAGES]),
        "languages": st.lists(st.sampled_from(LANGUAGES), unique=True).map(tuple),
    }
)
CONTACTS = st.fixed_dictionaries(
    {
        "correspondence_type": CORRESPONDENCE_TYPES,
        "language_code": st.sampled_from([None, *LANGUAGES]),
        "salesperson_code": st.sampled_from([None, "JO"]),
    }
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "description": st.one_of(st.none(), DESCRIPTIONS, st.just("Own")),
        "campaign_no": st.sampled_from([None, "CP2"]),
        "salesperson_code": st.sampled_from([None, "PS"]),
        "cost": st.sampled_from([None, Decimal("7.50")]),
        "duration": st.sampled_from([None, 5]),
        "information_flow": st.sampled_from([None, "OUTBOUND"]),
        "correspondence_type": CORRESPONDENCE_TYPES,
        "language_code": st.sampled_from([None, "DEU"]),
        "evaluation": st.sampled_from([None, "POSITIVE"]),
        "attempt_failed": st.booleans(),
        "campaign_target": st.sampled_from([None, True]),
    },
)


def values_of(draft: Draft) -> dict[str, object]:
    return {name: draft.columns()[name] for name in COMPARED}


def line_values(work: Work, segment_id: int | None) -> dict[str, object]:
    (line,) = lines_of(work, segment_id, *COMPARED)
    return dict(zip(COMPARED, line, strict=True))


@examples(40, 2_000)
@generated(contact=CONTACTS, first=TEMPLATES, second=TEMPLATES, fields=FIELDS, later_fields=FIELDS)
def test_lines_and_drafts_of_a_template_have_equal_values_r_corr_r_tmpl_2_r_tmpl_3_r_tmpl_5(
    work: Work,
    contact: dict[str, Any],
    first: dict[str, Any],
    second: dict[str, Any],
    fields: SharedFields,
    later_fields: SharedFields,
) -> None:
    savepoint, work = work.session.begin_nested(), records.at_time(work, work.now)
    try:
        for code in ("JO", "PS"):
            records.insert_salesperson(work, code)
        for no in ("CP1", "CP2"):
            records.insert_campaign(work, no)
        records.insert_group(work, "MEET")
        records.insert_contact(work, "C1", **contact)
        records.insert_template(work, "FIRST", **first)
        records.insert_template(work, "SECOND", **second)
        segment = create_segment(work)

        choice: SharedFields = {**fields, "contact_no": "C1", "template_code": "FIRST"}
        segments.add_lines(work, segment.no, [cast(LineFields, choice)])
        draft = new_draft(work, cast(InteractionFields, choice))

        assert line_values(work, segment.id) == values_of(draft)

        later: SharedFields = {**later_fields, "template_code": "SECOND"}
        columns: dict[str, Any] = draft.columns()
        postponed = PostponedInteraction(entry_no=1, user_id="tester", postponed_at=work.now, **columns)
        segments.update_lines(work, segment.no, [{"line_nos": [1], "set": cast(LineFields, later)}])
        later_draft = resumed_draft(work, cast(InteractionFields, later), postponed, to_finish=False)

        line, expected = line_values(work, segment.id), values_of(later_draft)
        if draft.campaign_no is not None:
            del line["campaign_no"], expected["campaign_no"]
        assert line == expected
    finally:
        savepoint.rollback()
        work.session.expunge_all()
