"""The steps of a segment, and criteria that are kept for other segments."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Optional

import strawberry

from persistence import segment_steps as tables
from schema.compiler.declarations import Order, by_column
from schema.compiler.entity_types import entity
from schema.compiler.fields import column, json_column, message_field, to_many, unpaged_list
from schema.connections import connection_of
from schema.enums import Language, SegmentStepAction
from schema.execution.graphql_internals import argument
from schema.messages.steps import COLUMNS, sentence
from schema.nodes import Node
from schema.scalars import Filter

IN_LANGUAGE = argument("language", Optional[Language], "In this language instead of the one the request prefers.")
ALL = "An empty filter means every contact, like `all: true` in a mutation."
CODE_KEY: Order = [by_column("code")]


def _words(step: Mapping[str, Any], language: str) -> str:
    return sentence(step, language)


@entity(tables.SegmentStep, key_columns=("segment_id", "step_no"))
class SegmentStep:
    """One step in which the contacts of a segment were put together."""

    step_no: int = column("Its place among the steps of the segment: 1, 2, 3.")
    action: SegmentStepAction = column("What it did.")
    criteria: str = message_field(_words, "Which contacts it meant, in readable words.", *COLUMNS, language=IN_LANGUAGE)
    filter: Filter | None = json_column(f"Which contacts it meant, as a ContactFilter. {ALL}", "filter")
    no_of_contacts: int = column("How many contacts it put on the segment or took off.")
    at: dt.datetime = column("When it was done.")
    user_id: str = column("Who did it.")


@entity(tables.SavedSegmentCriteria, "crt", default=CODE_KEY, key_order=CODE_KEY)
class SavedSegmentCriteria(Node):
    """The steps of a segment, kept under a code to be repeated on other segments (R-SAV)."""

    code: str = column("Its code.")
    description: str = column("What it finds.")
    user_id: str = column("Who saved it.")
    steps = unpaged_list(
        "segments.steps.SavedSegmentStep",
        "The steps in their order.",
        belongs=lambda criteria, step, _: [step.c.criteria_id == criteria.c.id],
        order=lambda step: step.c.step_no,
    )


@entity(tables.SavedSegmentStep, key_columns=("criteria_id", "step_no"))
class SavedSegmentStep:
    """One step of saved criteria. Whom it finds is found out each time anew."""

    action: SegmentStepAction = column("What it does.")
    criteria: str = message_field(_words, "Which contacts it means, in readable words.", *COLUMNS, language=IN_LANGUAGE)
    filter: Filter | None = json_column(f"Which contacts it means, as a ContactFilter. {ALL}", "filter")


SavedSegmentCriteriaConnection, SavedSegmentCriteriaEdge = connection_of("segments.steps.SavedSegmentCriteria")


@strawberry.type
class SavedCriteriaQueries:
    """The fields of Query about saved criteria."""

    saved_segment_criteria = to_many(
        "segments.steps.SavedSegmentCriteria", "Saved criteria, by code.", filtered=False, ordered=False
    )
