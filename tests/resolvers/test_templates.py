"""R-TPL: creating groups and templates."""

from decimal import Decimal

import pytest

from persistence.templates import (
    InteractionGroup,
    InteractionGroupTranslation,
    InteractionTemplate,
    InteractionTemplateTranslation,
)
from resolvers import groups, templates
from resolvers.templates import InteractionTemplateFields
from resolvers.work import Work
from tests import given
from tests.refusing import codes, refused


def test_d1_001_a_group_can_be_read_back_and_its_code_is_given_once(work: Work) -> None:
    fields = groups.InteractionGroupFields(
        description="Meetings", translations=[{"language_code": "fra", "description": "Réunions"}]
    )

    made = groups.create(work, " g ", fields)

    assert (made.code, given.the(work, InteractionGroup, code="G").description) == ("G", "Meetings")
    assert given.the(work, InteractionGroupTranslation, group_code="G", language_code="FRA").description == "Réunions"
    assert codes(groups.create, work, "G", {"description": "Again"}) == ["DUPLICATE"]
    assert refused(groups.create, work, "", {"description": "Blank"}) == [("INVALID", ("code",))]


def test_d1_002_a_template_keeps_its_group_cost_and_duration(work: Work) -> None:
    given.a_group(work, "G")

    made = templates.create(work, "t", {
        "description": "Talk", "group_code": "g", "unit_cost": Decimal("12.34"), "unit_duration": 20,
        "information_flow": "INBOUND", "translations": [{"language_code": "FRA", "description": "Causerie"}],
        "language_code_default": "fra",
    })

    template = given.the(work, InteractionTemplate, code="T")
    assert made.id == template.id
    assert (template.group_code, template.unit_cost, template.unit_duration) == ("G", Decimal("12.34"), 20)
    assert (template.information_flow, template.initiated_by, template.language_code_default) == ("INBOUND", None, "FRA")
    assert given.the(work, InteractionTemplateTranslation, template_code="T").description == "Causerie"


def test_a_template_without_amounts_costs_nothing(work: Work) -> None:
    templates.create(work, "T", {"description": "Talk", "unit_cost": None})

    template = given.the(work, InteractionTemplate, code="T")
    assert (template.unit_cost, template.unit_duration, template.blocked) == (Decimal(0), 0, False)


@pytest.mark.parametrize(("fields", "field"), [
    ({"unit_cost": Decimal("-1")}, "unit_cost"),
    ({"unit_cost": Decimal("0.001")}, "unit_cost"),
    ({"unit_cost": Decimal(10) ** 16}, "unit_cost"),
    ({"unit_cost": Decimal("NaN")}, "unit_cost"),
    ({"unit_duration": -1}, "unit_duration"),
    ({"unit_duration": 525_601}, "unit_duration"),
    ({"language_code_default": "FRA"}, "language_code_default"),
])
def test_d1_003_a_template_with_impossible_amounts_is_refused_r_tpl_1(
    work: Work, fields: InteractionTemplateFields, field: str
) -> None:
    assert refused(templates.create, work, "T", {"description": "Talk", **fields}) == [
        ("INVALID", ("interaction_template", field))
    ]


def test_everything_that_is_wrong_with_a_template_is_refused_at_once(work: Work) -> None:
    twice = [{"language_code": "FRA", "description": "Causerie"}] * 2

    assert refused(templates.create, work, "T", {"group_code": "X", "campaign_no": "X", "translations": twice}) == [
        ("INVALID", ("interaction_template", "translations", "1", "language_code")),
        ("INVALID", ("interaction_template", "description")),
        ("GROUP_NOT_FOUND", ("interaction_template", "group_code")),
        ("CAMPAIGN_NOT_FOUND", ("interaction_template", "campaign_no")),
    ]
    given.a_template(work, "T")
    assert codes(templates.create, work, "T", {"description": "Again"}) == ["DUPLICATE"]
