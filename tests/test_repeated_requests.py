"""A request that is repeated with its idempotency key has one effect, on both databases (K22)."""

import itertools
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from schema.root import schema
from tests.api import Api, create_company
from tests.commands import create_token
from tests.prepared import database_with
from tests.soaking import repetitions

CREATE = """mutation($input: CreateInteractionInput!) { it: createInteraction(input: $input) {
interactionLogEntry { entryNo description } userErrors { code } } }"""
LOGGED = "{ interactionLogEntries { totalCount } }"
PAGE = """query($after: String) { interactionLogEntries(first: 100, after: $after) {
totalCount nodes { entryNo description } pageInfo { hasNextPage endCursor } } }"""


def visit_input(description: str, key: str | None = None, **more: Any) -> dict[str, Any]:
    visit = {"contactNo": "C1", "templateCode": "VISIT", "description": description} | more
    return {"input": {"interaction": visit} | ({} if key is None else {"idempotencyKey": key})}


def entry_no(response: Any) -> int:
    answer = response.json()["data"]["it"]
    assert answer["userErrors"] == []
    return int(answer["interactionLogEntry"]["entryNo"])


mutations = schema._schema.mutation_type
assert mutations is not None


@pytest.mark.parametrize("name", sorted(mutations.fields.keys() - {"cancelLogSegment"}))
def test_every_mutation_takes_an_idempotency_key_k22(name: str) -> None:
    """Except for the mutation that only cancels another one: when it is repeated, there is nothing left to cancel."""
    assert mutations is not None
    (input_,) = mutations.fields[name].args.values()
    type_ = get_named_type(input_.type)

    assert isinstance(type_, GraphQLInputObjectType)
    assert str(type_.fields["idempotencyKey"].type) == "String"


@database_with(create_company)
def test_two_simultaneous_requests_with_one_key_have_one_effect_and_equal_answers_k22(api: Api) -> None:
    answers = api.run_concurrently(*(api.send(CREATE, visit_input("once", "k")) for _ in range(8)))

    assert len({entry_no(answer) for answer in answers}) == 1
    assert api.execute(LOGGED)["interactionLogEntries"]["totalCount"] == 1


@database_with(create_company)
def test_the_key_is_not_part_of_the_compared_request_k22(api: Api) -> None:
    first, again, other = (entry_no(api.post(CREATE, visit_input("same", key))) for key in ("k", "k", "another"))

    assert first == again != other
    assert entry_no(api.post(CREATE, visit_input("same"))) not in (first, other)


@database_with(create_company)
def test_another_spelling_of_the_same_input_is_the_same_request_k22(api: Api) -> None:
    """As JSON number or text, in a document or in a variable, with more digits, with seconds, in another order."""
    first = entry_no(api.post(CREATE, visit_input("once", "k", cost="7.00", timeOfInteraction="10:16", duration=15)))

    for more in (
        {"cost": 7, "timeOfInteraction": "10:16:00", "duration": 15},
        {"cost": 7.0, "timeOfInteraction": "10:16", "duration": 15.0},
        {"duration": 15, "timeOfInteraction": "10:16", "cost": "7.0000000000"},
        {"cost": "7", "timeOfInteraction": "10:16", "duration": 15},
    ):
        assert entry_no(api.post(CREATE, visit_input("once", "k", **more))) == first
    literal = """mutation { it: createInteraction(input: {idempotencyKey: "k", interaction: {duration: 15, timeOfInteraction: "10:16", cost: 7.0,
        description: "once", templateCode: "VISIT", contactNo: "C1"}}) { interactionLogEntry { entryNo } userErrors { code } } }"""
    assert entry_no(api.post(literal)) == first
    different: tuple[dict[str, object], ...] = (
        {"cost": "7.01"},
        {"cost": 7, "duration": 16},
        {"cost": 7, "campaignNo": None},
        {"cost": None},
    )
    for more in different:
        input = {"timeOfInteraction": "10:16", "duration": 15} | more
        assert api.refusal_codes("createInteraction", visit_input("once", "k", **input)["input"]) == [
            "IDEMPOTENCY_CONFLICT"
        ]
    assert api.execute(LOGGED)["interactionLogEntries"]["totalCount"] == 1


@database_with(create_company)
def test_an_amount_in_a_filter_in_another_spelling_is_the_same_request_k22(api: Api) -> None:
    api.post(CREATE, visit_input("any", cost="8"))
    input = {"evaluation": "POSITIVE", "idempotencyKey": "k"}

    for cost in (7, "7.0", "7.00", 7.0):
        which = {"interactions": {"filter": {"cost": {"gt": cost}}}}
        assert api.mutate("evaluateInteractions", input | which, "changed")["changed"] == 1


@database_with(create_company)
def test_a_refused_request_does_not_use_up_its_key_k22(api: Api) -> None:
    assert api.refusal_codes("createInteraction", visit_input("x", "k", templateCode="NIX")["input"]) == [
        "TEMPLATE_NOT_FOUND"
    ]
    assert entry_no(api.post(CREATE, visit_input("mended", "k")))
    assert api.refusal_codes("createInteraction", visit_input("other", "k")["input"]) == ["IDEMPOTENCY_CONFLICT"]


@database_with(create_company)
def test_two_users_may_use_the_same_key_k22(api: Api, database_url: str) -> None:
    people = [api, *(api.with_token(create_token(database_url, user)) for user in ("ann", "bob"))]

    made = [entry_no(each.post(CREATE, visit_input(f"of {place}", "k"))) for place, each in enumerate(people)]

    assert len(set(made)) == 3
    assert made == [entry_no(each.post(CREATE, visit_input(f"of {place}", "k"))) for place, each in enumerate(people)]


@database_with(create_company)
def test_a_client_that_repeats_every_lost_request_has_one_effect_per_key_k22(api: Api) -> None:
    each = repetitions(15, 1_000)
    sent = itertools.count()
    lost = []

    async def client(name: str) -> None:
        for number in range(each):
            wanted = visit_input(f"{name} {number}", f"{name} {number}")
            answer = await api.send(CREATE, wanted)
            while next(sent) % 10 == 9:
                lost.append(entry_no(answer))
                answer = await api.send(CREATE, wanted)
            assert entry_no(answer)

    api.run_concurrently(*(client(name) for name in "abcd"))

    logged = all_logged(api)
    print(f"\n{4 * each} keys, {next(sent)} sent, {len(lost)} answers lost, {len(logged)} logged")
    assert sorted(logged.values()) == sorted(f"{name} {number}" for name in "abcd" for number in range(each))
    assert len(lost) >= 4 * each // 10
    assert set(lost) <= set(logged)


def all_logged(api: Api) -> dict[int, str]:
    """The description of every entry, page by page."""
    found: dict[int, str] = {}
    after = None
    while True:
        page = api.execute(PAGE, after=after)["interactionLogEntries"]
        found |= {node["entryNo"]: node["description"] for node in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            assert len(found) == page["totalCount"]
            return found
        after = page["pageInfo"]["endCursor"]
