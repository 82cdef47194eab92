"""What a document may ask for is bounded before it is validated, in one linear walk."""

import pytest
from graphql import GraphQLError, parse

from schema.server.limits import Walk, check


def refused(text: str) -> str:
    with pytest.raises(GraphQLError) as caught:
        check(parse(text))
    assert caught.value.extensions == {"code": "GRAPHQL_VALIDATION_FAILED"}
    return caught.value.message


def test_doubling_fragments_are_visited_once() -> None:
    spreads = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(25))

    walk = Walk(parse("{ ...f0 } " + spreads + " fragment f25 on Query { viewer { userId } }"))
    with pytest.raises(GraphQLError):
        walk.check()

    assert walk.visits < 100


def test_a_ring_of_fragments_ends() -> None:
    check(parse("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"))


def test_nested_pages_are_counted_as_products() -> None:
    two = "{ contacts(first: 100) { nodes { interactionLogEntries(first: 100) { nodes { entryNo } } } } }"
    three = two.replace("entryNo", "contact { interactionLogEntries(first: 100) { nodes { entryNo } } }")
    check(parse(two))

    assert "objects" in refused(three)


def test_a_page_size_in_a_variable_counts_as_the_largest() -> None:
    assert "objects" in refused("""query($n: Int) { contacts(first: $n) { nodes { interactionLogEntries(first: $n) { nodes {
        contact { interactionLogEntries(first: $n) { nodes { entryNo } } } } } } } }""")


def test_depth_is_bounded() -> None:
    deep = '{ contact(no: "1") ' + "{ company " * 12 + "{ no }" + " }" * 13
    assert "levels deep" in refused(deep)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{ " + " ".join(f"a{n}: viewer {{ userId }}" for n in range(31)) + " }", "31 aliases"),
        ("{ viewer { userId" + " @include(if: true)" * 21 + " } }", "21 directives"),
        ("{ " + "viewer { userId } " * 21 + "}", "stands 21 times"),
        (" ".join(f"query q{n} {{ viewer {{ userId }} }}" for n in range(21)), "operations"),
        (
            "{ viewer { userId } } " + " ".join(f"fragment f{n} on Query {{ viewer {{ userId }} }}" for n in range(31)),
            "fragments",
        ),
    ],
)
def test_other_bounds_say_what_they_are(text: str, says: str) -> None:
    assert says in refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "{ " + "... { viewer { userId } } " * 21 + "}",
        "{ ...a ...b } fragment a on Query {"
        + " viewer { userId }" * 11
        + "} fragment b on Query {"
        + " viewer { userId }" * 10
        + "}",
    ],
)
def test_equal_fields_are_counted_through_fragments(text: str) -> None:
    assert "stands 21 times" in refused(text)


def test_a_field_of_a_fragment_spread_twice_is_one_field() -> None:
    check(parse("{ " + "...a " * 25 + "} fragment a on Query { viewer { userId } }"))
