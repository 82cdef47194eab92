"""The steps of a segment, and saved criteria to repeat them on other segments."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Optional

import strawberry

from persistence import segment_steps as tables
from resolvers.roles import READS
from resolvers.segments import queries
from schema.compiler.declarations import Order, by_column
from schema.compiler.entity_types import entity
from schema.compiler.fields import column, json_column, message_field, to_many, unpaged_list
from schema.connections import connection_of
from schema.enums import Language, SegmentStepAction
from schema.execution.graphql_internals import argument
from schema.filter_descriptions.steps import COLUMNS, sentence
from schema.nodes import Node
from schema.scalars import Filter

LANGUAGE_ARGUMENT = argument(
    "language", Optional[Language], "The language of the sentence; by default the one that the request prefers."
)
ALL_CONTACTS = "An empty filter stands for all contacts, like `all: true` in a mutation."
CODE_KEY: Order = [by_column("code")]


def _sentence(step: Mapping[str, Any], language: str) -> str:
    return sentence(step, language)


@entity(tables.SegmentStep, key_columns=("segment_id", "step_no"))
class SegmentStep:
    """A step that added contacts to a segment or removed them."""

    step_no: int = column("The number of the step within the segment: 1, 2, 3.")
    action: SegmentStepAction = column("What the step did.")
    criteria: str = message_field(
        _sentence, "Which contacts the step selected, as a sentence.", *COLUMNS, language=LANGUAGE_ARGUMENT
    )
    filter: Filter | None = json_column(
        f"Which contacts the step selected, as a ContactFilter. {ALL_CONTACTS}", "filter"
    )
    no_of_contacts: int = column("Number of contacts that the step added or removed.")
    at: dt.datetime = column("The time of the mutation.")
    user_id: str = column("The user whose mutation was the step.")


@entity(tables.SavedSegmentCriteria, "crt", default=CODE_KEY, key_order=CODE_KEY)
class SavedSegmentCriteria(Node):
    """The steps of a segment, saved under a code to be repeated on other segments."""

    code: str = column("The code of the saved criteria, unique among them.")
    description: str = column("Which contacts the criteria select.")
    user_id: str = column("The user who saved the criteria.")
    steps = unpaged_list(
        "segments.steps.SavedSegmentStep",
        "The steps, in the order in which they are repeated.",
        belongs=queries.steps_of_criteria,
        order="step_no",
    )


@entity(tables.SavedSegmentStep, key_columns=("criteria_id", "step_no"))
class SavedSegmentStep:
    """A step of saved criteria. The contacts are selected again each time it is repeated."""

    action: SegmentStepAction = column("What the step does.")
    criteria: str = message_field(
        _sentence, "Which contacts the step selects, as a sentence.", *COLUMNS, language=LANGUAGE_ARGUMENT
    )
    filter: Filter | None = json_column(
        f"Which contacts the step selects, as a ContactFilter. {ALL_CONTACTS}", "filter"
    )


SavedSegmentCriteriaConnection, SavedSegmentCriteriaEdge = connection_of("segments.steps.SavedSegmentCriteria")


@strawberry.type
class SavedCriteriaQueries:
    """The fields of Query about saved criteria."""

    saved_segment_criteria = to_many(
        "segments.steps.SavedSegmentCriteria", "Saved criteria, by code.", filtered=False, ordered=False, access=READS
    )
