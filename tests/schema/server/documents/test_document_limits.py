"""The limits of a document are checked before validation, in linear time."""

import pytest
from graphql import GraphQLError, parse

from schema.server.documents.document_limits import Walk, check


def refused(text: str) -> str:
    with pytest.raises(GraphQLError) as caught:
        check(parse(text))
    assert caught.value.extensions == {"code": "GRAPHQL_VALIDATION_FAILED"}
    return caught.value.message


def test_fragments_that_double_are_visited_once() -> None:
    spreads = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(25))

    walk = Walk(parse("{ ...f0 } " + spreads + " fragment f25 on Query { viewer { userId } }"))
    with pytest.raises(GraphQLError):
        walk.check()

    assert walk.visits < 100


def test_cyclic_fragments_terminate() -> None:
    check(parse("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"))


def test_nested_page_sizes_are_multiplied() -> None:
    two = "{ contacts(first: 100) { nodes { interactionLogEntries(first: 100) { nodes { entryNo } } } } }"
    three = two.replace("entryNo", "contact { interactionLogEntries(first: 100) { nodes { entryNo } } }")
    check(parse(two))

    assert "objects" in refused(three)


def test_a_page_size_in_a_variable_counts_as_the_maximum() -> None:
    assert "objects" in refused("""query($n: Int) { contacts(first: $n) { nodes { interactionLogEntries(first: $n) { nodes {
        contact { interactionLogEntries(first: $n) { nodes { entryNo } } } } } } } }""")


def test_rows_of_figures_are_counted_up_to_a_thousand() -> None:
    rows = "rows { contact { interactionLogEntries(first: 100) { nodes { entryNo contact { no } } } } }"
    for allowed in ("", "(first: 900)"):
        check(parse(f"{{ interactionStatistics{allowed} {{ {rows} }} }}"))

    for text in ("{ interactionStatistics(first: 1000) {", "query($n: Int!) { interactionStatistics(first: $n) {"):
        assert "objects" in refused(f"{text} {rows} }} }}")


def test_the_depth_of_a_document_is_limited() -> None:
    deep = '{ contact(no: "1") ' + "{ company " * 12 + "{ no }" + " }" * 13
    assert "levels deep" in refused(deep)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{ " + " ".join(f"a{n}: viewer {{ userId }}" for n in range(31)) + " }", "31 aliases"),
        ("{ viewer { userId" + " @include(if: true)" * 21 + " } }", "21 directives"),
        ("{ " + "viewer { userId } " * 21 + "}", "selected 21 times"),
        (" ".join(f"query q{n} {{ viewer {{ userId }} }}" for n in range(21)), "operations"),
        (
            "{ viewer { userId } } " + " ".join(f"fragment f{n} on Query {{ viewer {{ userId }} }}" for n in range(31)),
            "fragments",
        ),
    ],
)
def test_a_document_beyond_any_other_limit_is_refused_with_a_message_that_names_the_limit(
    text: str, message: str
) -> None:
    assert message in refused(text)


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
    assert "selected 21 times" in refused(text)


def test_a_field_of_a_fragment_spread_twice_is_one_field() -> None:
    check(parse("{ " + "...a " * 25 + "} fragment a on Query { viewer { userId } }"))
