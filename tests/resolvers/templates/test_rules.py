"""Interaction groups and templates (R-TPL)."""

from decimal import Decimal

import pytest

from persistence.interactions import InteractionLogEntry
from persistence.segments import Segment, SegmentLine
from persistence.templates import (
    InteractionGroup,
    InteractionGroupTranslation,
    InteractionTemplate,
    InteractionTemplateTranslation,
)
from resolvers.templates import groups
from resolvers.templates import rules as templates
from resolvers.templates.rules import InteractionTemplateFields
from resolvers.work import Work
from tests import records
from tests.change_log import recorded_changes
from tests.refusals import refusal_codes, refusals_of


def test_d1_001_a_group_can_be_read_back_and_its_code_is_unique(work: Work) -> None:
    fields = groups.InteractionGroupFields(
        description="Meetings", translations=[{"language_code": "fra", "description": "Réunions"}]
    )

    made = groups.create(work, " g ", fields)

    assert (made.code, records.stored(work, InteractionGroup, code="G").description) == ("G", "Meetings")
    assert (
        records.stored(work, InteractionGroupTranslation, group_code="G", language_code="FRA").description == "Réunions"
    )
    assert refusal_codes(groups.create, work, "G", {"description": "Again"}) == ["DUPLICATE"]
    assert refusals_of(groups.create, work, "", {"description": "Blank"}) == [("INVALID", ("code",))]


def test_d1_002_a_template_keeps_its_group_cost_and_duration(work: Work) -> None:
    records.insert_group(work, "G")

    made = templates.create(
        work,
        "t",
        {
            "description": "Talk",
            "group_code": "g",
            "unit_cost": Decimal("12.34"),
            "unit_duration": 20,
            "information_flow": "INBOUND",
            "translations": [{"language_code": "FRA", "description": "Causerie"}],
            "language_code_default": "fra",
        },
    )

    template = records.stored(work, InteractionTemplate, code="T")
    assert made.id == template.id
    assert (template.group_code, template.unit_cost, template.unit_duration) == ("G", Decimal("12.34"), 20)
    assert (template.information_flow, template.initiated_by, template.language_code_default) == (
        "INBOUND",
        None,
        "FRA",
    )
    assert records.stored(work, InteractionTemplateTranslation, template_code="T").description == "Causerie"


def test_a_template_without_amounts_has_cost_and_duration_0(work: Work) -> None:
    templates.create(work, "T", {"description": "Talk", "unit_cost": None})

    template = records.stored(work, InteractionTemplate, code="T")
    assert (template.unit_cost, template.unit_duration, template.blocked) == (Decimal(0), 0, False)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"unit_cost": Decimal("-1")}, "unit_cost"),
        ({"unit_cost": Decimal("0.001")}, "unit_cost"),
        ({"unit_cost": Decimal(10) ** 16}, "unit_cost"),
        ({"unit_cost": Decimal("NaN")}, "unit_cost"),
        ({"unit_duration": -1}, "unit_duration"),
        ({"unit_duration": 525_601}, "unit_duration"),
        ({"language_code_default": "FRA"}, "language_code_default"),
    ],
)
def test_d1_003_a_template_with_invalid_amounts_is_refused_r_tpl_1(
    work: Work, fields: InteractionTemplateFields, field: str
) -> None:
    assert refusals_of(templates.create, work, "T", {"description": "Talk", **fields}) == [
        ("INVALID", ("interaction_template", field))
    ]


def test_all_errors_of_a_template_are_reported_at_once(work: Work) -> None:
    twice = [{"language_code": "FRA", "description": "Causerie"}] * 2

    assert refusals_of(templates.create, work, "T", {"group_code": "X", "campaign_no": "X", "translations": twice}) == [
        ("INVALID", ("interaction_template", "translations", "1", "language_code")),
        ("INVALID", ("interaction_template", "description")),
        ("GROUP_NOT_FOUND", ("interaction_template", "group_code")),
        ("CAMPAIGN_NOT_FOUND", ("interaction_template", "campaign_no")),
    ]
    records.insert_template(work, "T")
    assert refusal_codes(templates.create, work, "T", {"description": "Again"}) == ["DUPLICATE"]


FRENCH = {"language_code": "fra", "description": "Visite"}


def test_translations_are_replaced_as_a_set_and_the_default_language_is_one_of_them_r_tpl_2(work: Work) -> None:
    records.insert_template(work, "VISIT", languages=("ENU", "FRA"), language_code_default="ENU")

    assert refusals_of(templates.update, work, "VISIT", {"translations": [FRENCH]}) == [
        ("INVALID", ("interaction_template", "language_code_default"))
    ]
    templates.update(work, "VISIT", {"translations": [FRENCH], "language_code_default": "FRA"})  # type: ignore[list-item]  # a plain dictionary

    assert records.stored(work, InteractionTemplateTranslation, template_code="VISIT").description == "Visite"
    assert recorded_changes(work)[0][2]["translations"][1] == '[{"languageCode": "FRA", "description": "Visite"}]'
    assert refusal_codes(templates.update, work, "VISIT", {"translations": None}) == ["INVALID"]
    assert templates.update(work, "VISIT", {"translations": None, "language_code_default": None}).version == 3
    assert work.find(InteractionTemplateTranslation, template_code="VISIT") is None


def test_replacing_translations_by_equal_ones_is_no_change(work: Work) -> None:
    records.insert_template(work, "VISIT", description="Visit", languages=("FRA", "ENU"))
    same = [{"language_code": code, "description": f"Visit {code}"} for code in ("FRA", "ENU")]

    assert templates.update(work, "VISIT", {"translations": same}).version == 1  # type: ignore[typeddict-item]  # plain dictionaries


def test_null_clears_fields_of_a_template_except_its_description(work: Work) -> None:
    records.insert_fixtures(work)

    made = templates.update(
        work,
        " visit ",
        {"unit_cost": None, "unit_duration": None, "group_code": None, "information_flow": None, "blocked": True},
        expected_version=1,
    )

    visit = records.stored(work, InteractionTemplate, code="VISIT")
    assert (made.version, visit.unit_cost, visit.unit_duration, visit.group_code) == (2, Decimal(0), 0, None)
    assert (visit.information_flow, visit.initiated_by, visit.blocked, visit.description) == (None, "US", True, "Visit")
    assert recorded_changes(work)[0][2]["unitCost"] == ("45.00", "0.00")
    assert refusals_of(
        templates.update, work, "VISIT", {"description": " ", "unit_cost": Decimal(-1), "campaign_no": "XX"}
    ) == [
        ("INVALID", ("interaction_template", "description")),
        ("CAMPAIGN_NOT_FOUND", ("interaction_template", "campaign_no")),
        ("INVALID", ("interaction_template", "unit_cost")),
    ]
    assert refusal_codes(templates.update, work, "VISIT", {}, expected_version=1) == ["STALE_VERSION"]
    assert refusals_of(templates.update, work, "XX", {}) == [("TEMPLATE_NOT_FOUND", ("code",))]


def test_a_changed_template_changes_no_entry_and_no_line_r_tpl_5(work: Work) -> None:
    records.insert_fixtures(work)
    entry = records.insert_entry(work, contact="C1")
    segment = records.insert(work, Segment(no="SM1", date=records.TODAY, template_code="VISIT", unit_cost=Decimal(45)))
    records.insert_line(work, segment, template_code="VISIT", cost=Decimal(45))

    templates.update(work, "VISIT", {"unit_cost": Decimal(99), "description": "Other", "group_code": "PHONE"})

    logged = records.stored(work, InteractionLogEntry, entry_no=entry.entry_no)
    assert (logged.cost, logged.description, logged.group_code) == (Decimal(45), "Visit", "MEET")
    assert records.stored(work, SegmentLine, segment_id=segment.id).cost == Decimal(45)
    assert records.stored(work, Segment, id=segment.id).unit_cost == Decimal(45)


def test_an_unused_template_is_deleted_with_its_translations_and_a_used_one_is_not_r_tpl_4_k6(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert_template(work, "NEW", languages=("FRA",))
    records.insert_entry(work, contact="C1")
    records.insert(work, Segment(no="SM1", date=records.TODAY, template_code="MAIL"))

    templates.delete(work, "new")

    assert work.find(InteractionTemplateTranslation, template_code="NEW") is None
    assert recorded_changes(work, "NEW")[0][1:] == (
        "DELETED",
        {
            "description": ("Template NEW", None),
            "unitCost": ("0.00", None),
            "unitDuration": ("0", None),
            "translations": ('[{"languageCode": "FRA", "description": "Template NEW FRA"}]', None),
        },
    )
    for code in ("VISIT", "MAIL"):
        assert refusals_of(templates.delete, work, code) == [("IN_USE", ("code",))]
    assert refusal_codes(templates.delete, work, "NEW") == ["TEMPLATE_NOT_FOUND"]


def test_a_group_can_be_changed_and_is_deleted_only_if_it_has_no_template_k6(work: Work) -> None:
    records.insert_fixtures(work)
    records.insert(work, InteractionGroupTranslation(group_code="LETTER", language_code="FRA", description="Lettres"))

    made = groups.update(
        work,
        "letter",
        {"description": "Mail", "translations": [{"language_code": "ENU", "description": "Mails"}]},
        expected_version=1,
    )

    assert (made.version, records.stored(work, InteractionGroup, code="LETTER").description) == (2, "Mail")
    assert records.stored(work, InteractionGroupTranslation, group_code="LETTER").language_code == "ENU"
    assert refusals_of(groups.update, work, "LETTER", {"description": None}) == [
        ("INVALID", ("interaction_group", "description"))
    ]
    assert refusal_codes(groups.update, work, "XX", {}) == ["GROUP_NOT_FOUND"]
    assert refusals_of(groups.delete, work, "LETTER") == [("IN_USE", ("code",))]
    templates.update(work, "MAIL", {"group_code": None})
    groups.delete(work, "LETTER")
    assert work.find(InteractionGroup, code="LETTER") is None
