"""Mutations call rules with arguments that mypy checks, and pass the fields of inputs as TypedDicts."""

import re
import tomllib
from dataclasses import is_dataclass
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from resolvers.campaigns import rules as campaigns
from resolvers.contacts import rules as contacts
from resolvers.interactions.fields import InteractionFields
from resolvers.number_series import rules as number_series
from resolvers.salespeople import rules as salespeople
from resolvers.segments import rules as segment_rules
from resolvers.segments.logging import logged_segments
from resolvers.setup import rules as setup
from resolvers.templates import groups, translations
from resolvers.templates import rules as templates
from schema.campaigns.mutations import CampaignInput
from schema.contacts.mutations import ContactInput
from schema.execution.context import Info
from schema.execution.graphql_internals import fields_of
from schema.interactions.inputs import InteractionInput
from schema.payload_fields import outcome_field
from schema.payloads import Payload, payload
from schema.salespeople.mutations import SalespersonInput
from schema.segments.inputs import SegmentInput, SegmentLineInput
from schema.segments.logging import LogSegmentInput, LogSegmentPayload
from schema.setup.mutations import MarketingSetupInput, NumberSeriesInput, NumberSeriesLineInput
from schema.templates.mutations import InteractionGroupInput, InteractionTemplateInput, TranslationInput
from tests.schema.queries import members

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
FIELDS = [
    (CampaignInput, campaigns.CampaignFields),
    (ContactInput, contacts.ContactFields),
    (InteractionGroupInput, groups.InteractionGroupFields),
    (InteractionInput, InteractionFields),
    (InteractionTemplateInput, templates.InteractionTemplateFields),
    (MarketingSetupInput, setup.MarketingSetupFields),
    (NumberSeriesInput, number_series.NumberSeriesFields),
    (NumberSeriesLineInput, number_series.NumberSeriesLineFields),
    (SalespersonInput, salespeople.SalespersonFields),
    (SegmentInput, segment_rules.SegmentFields),
    (SegmentLineInput, segment_rules.LineFields),
    (TranslationInput, translations.TranslationFields),
]


async def _wrong_calls(info: Info, input: LogSegmentInput) -> None:
    """Never runs. mypy finds an error in every line: otherwise it would report that the ignore is not used."""
    write, log = info.context.write_bulk, segment_rules.log
    await write(info, input, log, input.segment_no, creat_follow_up=True)  # type: ignore[call-arg]  # wrong on purpose
    await write(info, input, log, input.segment_no, leave_out=5)  # type: ignore[arg-type]  # wrong on purpose
    await write(info, input, log)  # type: ignore[call-arg]  # wrong on purpose
    await write(info, input, log, 5)  # type: ignore[arg-type]  # wrong on purpose
    result = await write(info, input, logged_segments.set_canceled, 5, canceled=True)
    LogSegmentPayload.of(result)  # type: ignore[arg-type]  # wrong on purpose
    await info.context.read(segment_rules.open_segment_id, segment="S1")  # type: ignore[call-arg]  # wrong on purpose


def test_a_misspelt_or_wrong_argument_of_a_rule_is_a_mypy_error() -> None:
    """`_wrong_calls` proves it, as long as mypy checks this file and reports ignores that are not used."""
    settings = tomllib.loads(PYPROJECT.read_text())["tool"]["mypy"]

    assert settings["strict"]
    assert "tests" in [*settings.get("packages", ()), *settings.get("files", ())]


@pytest.mark.parametrize(("input_type", "fields"), FIELDS)
def test_an_input_has_just_the_fields_that_its_rule_takes(input_type: type, fields: type) -> None:
    names = {field.python_name.rstrip("_") for field in fields_of(input_type).values()}

    assert names == set(get_type_hints(fields))


@pytest.mark.parametrize(
    "name", ["Campaign", "Contact", "InteractionGroup", "InteractionTemplate", "NumberSeries", "Salesperson"]
)
def test_each_field_of_the_input_of_a_card_can_be_read(name: str) -> None:
    """A code or number is read through the record that it refers to: `salespersonCode` through `salesperson`."""
    given, read = (members(type_) for type_ in (f"{name}Input", name))

    assert {field for field in given - read if re.sub("(Code|No)$", "", field) not in read} == set()


def test_a_payload_cannot_declare_a_field_that_its_outcome_lacks() -> None:
    with pytest.raises(TypeError, match=r"WrongPayload\.loged: LoggedSegmentMarked has no loged\."):

        @payload
        class WrongPayload(Payload[logged_segments.LoggedSegmentMarked]):
            """Result of nothing."""

            loged: int = outcome_field("Misspelt.")


def test_outcomes_of_all_payloads_are_dataclasses() -> None:
    """They are stored under idempotency keys (K22)."""
    found = [get_args(base)[0] for each in _subclasses(Payload) for base in each.__dict__.get("__orig_bases__", ())]
    outcomes = [outcome for outcome in found if outcome.__name__ not in ("Outcome", "CardOutcome")]

    assert len(outcomes) > 20
    assert [outcome.__name__ for outcome in outcomes if not is_dataclass(outcome)] == []


def _subclasses(cls: type) -> list[type]:
    direct: list[type] = cls.__subclasses__()
    return direct + [each for subclass in direct for each in _subclasses(subclass)]
