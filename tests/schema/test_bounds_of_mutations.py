"""A list in a mutation with more elements than allowed is refused with TOO_MANY; the maximum is accepted."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
)

from tests.api import Api, create_company
from tests.prepared import database_with
from tests.schema.queries import GRAPH
from tests.segment_api import create_segment

MUTATIONS = GRAPH.mutation_type
assert MUTATIONS is not None


def lists(type_: GraphQLInputType, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The paths of the lists in an input, except for lists in filters and lists of enums, where repetitions have no
    effect.
    """
    named = get_named_type(type_)
    if isinstance(get_nullable_type(type_), GraphQLList) and not isinstance(named, GraphQLEnumType):
        yield ".".join(path)
    if isinstance(named, GraphQLInputObjectType) and not named.name.endswith("Filter"):
        for name, field in named.fields.items():
            yield from lists(field.type, (*path, name))


ALL = {(name, path) for name, field in MUTATIONS.fields.items() for path in lists(field.args["input"].type)}

VISIT = {"contactNo": "C1", "templateCode": "VISIT"}
CHANGE = {"lines": {"lineNos": [1]}, "resetToSegment": True}
NUMBERS, NOS, REMARKS = [1] * 1001, ["C1"] * 1001, ["x"] * 101
SERIES = [{"startingNo": f"A{place}", "startingDate": f"2{place:03}-01-01"} for place in range(101)]
WORDS = [{"languageCode": f"L{place}", "description": "x"} for place in range(101)]

BOUNDS: list[tuple[str, str, list[Any], dict[str, Any]]] = [
    ("createInteraction", "interaction.comments", REMARKS, {"interaction": VISIT}),
    ("postponeInteraction", "interaction.comments", REMARKS, {"interaction": VISIT}),
    ("resumeInteraction", "interaction.comments", REMARKS, {"entryNo": 2, "interaction": {}}),
    ("deletePostponedInteractions", "entryNos", NUMBERS, {}),
    ("snoozePostponedInteractions", "postponed.entryNos", NUMBERS, {"postponed": {}, "days": 1}),
    ("commentInteraction", "comments", REMARKS, {"entryNo": 1}),
    ("evaluateInteractions", "interactions.entryNos", NUMBERS, {"interactions": {}, "evaluation": "NEUTRAL"}),
    ("setInteractionsCanceled", "interactions.entryNos", NUMBERS, {"interactions": {}, "canceled": True}),
    ("createSegment", "contactNos", NOS, {"segment": {}}),
    ("addSegmentContacts", "from.contactNos", NOS, {"segmentNo": "SM00001", "from": {}}),
    ("addSegmentLines", "lines", [{}] * 1001, {"segmentNo": "SM00001"}),
    ("updateSegmentLines", "changes", [CHANGE] * 101, {"segmentNo": "SM00001"}),
    ("updateSegmentLines", "changes.lines.lineNos", NUMBERS, {"segmentNo": "SM00001", "changes": [CHANGE]}),
    ("removeSegmentLines", "lines.lineNos", NUMBERS, {"segmentNo": "SM00001", "lines": {}}),
    ("deleteCanceledLoggedSegments", "entryNos", NUMBERS, {}),
    ("mergeContacts", "keepFromMerged", ["phoneNo"] * 1001, {"no": "C1", "mergedNo": "C1"}),
    (
        "createInteractionGroup",
        "interactionGroup.translations",
        WORDS,
        {"code": "G", "interactionGroup": {"description": "x"}},
    ),
    ("updateInteractionGroup", "interactionGroup.translations", WORDS, {"code": "MEET", "interactionGroup": {}}),
    (
        "createInteractionTemplate",
        "interactionTemplate.translations",
        WORDS,
        {"code": "T", "interactionTemplate": {"description": "x"}},
    ),
    (
        "updateInteractionTemplate",
        "interactionTemplate.translations",
        WORDS,
        {"code": "VISIT", "interactionTemplate": {}},
    ),
    ("createNumberSeries", "numberSeries.lines", SERIES, {"code": "S", "numberSeries": {"description": "x"}}),
    ("updateNumberSeries", "numberSeries.lines", SERIES, {"code": "CONT", "numberSeries": {}}),
]


def with_list(input_: Any, path: list[str], values: list[Any]) -> Any:
    """The input with this list at this path."""
    step, *rest = path
    if isinstance(input_, list):
        return [with_list(each, path, values) for each in input_]
    return input_ | {step: with_list(input_.get(step, {}), rest, values) if rest else values}


def test_every_list_of_a_mutation_has_a_tested_bound() -> None:
    assert {(name, path) for name, path, *_ in BOUNDS} == ALL


@database_with(create_company)
def test_one_more_than_the_bound_is_too_many_in_every_mutation(api: Api) -> None:
    create_segment(api, "C1")
    for name, path, values, input_ in BOUNDS:
        too_many, enough = (with_list(input_, path.split("."), given) for given in (values, values[:-1]))

        (error,) = api.send_mutation(name, too_many, "__typename")["userErrors"]
        assert (error["code"], [step for step in error["field"] if not step.isdigit()]) == (
            "TOO_MANY",
            path.split("."),
        ), (name, error)
        assert f" {len(values) - 1:,} " in error["message"]
        codes = {error["code"] for error in api.send_mutation(name, enough, "__typename")["userErrors"]}
        assert "TOO_MANY" not in codes, (name, codes)


@database_with(create_company)
def test_a_list_in_a_filter_of_a_mutation_has_the_same_bound(api: Api) -> None:
    asked: dict[str, Any] = {
        "interactions": {"filter": {"or": [{"canceled": True}, {"contactNo": {"in": ["C1"] * 1001}}]}},
        "canceled": True,
    }
    payload = api.send_mutation("setInteractionsCanceled", asked, "matched")

    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [
        ("TOO_MANY", ["interactions", "filter", "or", "1", "contactNo", "in"])
    ]
    asked["interactions"]["filter"]["or"][1]["contactNo"]["in"].pop()
    assert api.mutate("setInteractionsCanceled", asked, "matched") == {"matched": 0, "userErrors": []}


@database_with(create_company)
def test_an_empty_list_of_changes_is_invalid(api: Api) -> None:
    no = create_segment(api, "C1")

    assert api.refusal_codes("updateSegmentLines", {"segmentNo": no, "changes": []}) == ["INVALID"]
