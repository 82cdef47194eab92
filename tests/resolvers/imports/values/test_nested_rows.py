"""Cells with a JSON list of objects: the comments of interactions and the translations of templates and groups."""

import json
from pathlib import Path

import pytest

from resolvers.imports.interactions.columns import INTERACTION_LIST
from resolvers.imports.interactions.staging import COMMENTS
from resolvers.imports.reading import open_file
from resolvers.imports.templates.columns import TEMPLATE_LIST
from resolvers.imports.templates.staging import OF_GROUP
from resolvers.imports.values.cells import InvalidCell
from tests.resolvers.imports.importing_interactions import HEAD

COMMENT = {"lineNo": 1, "date": "2026-01-05", "comment": " é\n", "userId": "ann"}


def test_a_list_of_objects_is_taken_as_it_is_and_an_empty_one_is_blank() -> None:
    for rows in ([COMMENT], [COMMENT, {**COMMENT, "lineNo": 3, "comment": "x" * 2000}]):
        assert COMMENTS.parse(json.dumps(rows)) == json.dumps(rows)
    assert COMMENTS.parse("[]") is None


@pytest.mark.parametrize(
    "cell",
    [
        "text",
        "{}",
        "null",
        "[1]",
        "[null]",
        "[[]]",
        "[{}]",
        "[" * 100_000,
        json.dumps([COMMENT, COMMENT]),
        *(
            json.dumps([{**COMMENT, name: value}])
            for name, values in {
                "lineNo": (0, -1, 2**31, "1", True, None, 1.5),
                "date": ("2026-02-30", "", 3, None),
                "comment": ("", "x" * 2001, "a\0b", None, ["x"]),
                "userId": ("", "x" * 51, None),
            }.items()
            for value in values
        ),
        *(json.dumps([{name: value for name, value in COMMENT.items() if name != missing}]) for missing in COMMENT),
    ],
)
def test_anything_else_is_refused_with_advice(cell: str) -> None:
    with pytest.raises(InvalidCell, match="or empty it"):
        COMMENTS.parse(cell)


def test_languages_of_translations_are_given_once() -> None:
    row = {"languageCode": "FRC", "description": "Été"}
    assert OF_GROUP.parse(json.dumps([row])) is not None
    with pytest.raises(InvalidCell):
        OF_GROUP.parse(json.dumps([row, row]))


def test_columns_of_the_same_name_in_other_files_are_no_json_lists(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEAD},Comments\n")
    assert open_file(path, INTERACTION_LIST).columns["Comments"] == "comment"
    path.write_text("Code,Description,Translations\nVISIT,Visit,none\n")
    assert open_file(path, TEMPLATE_LIST).unknown == ["Translations"]
