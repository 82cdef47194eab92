"""NDJSON files, such as `carnet export` and streams write, are read like CSV."""

from pathlib import Path

import pytest

from resolvers.errors import Refused
from resolvers.imports import campaigns, salespeople
from resolvers.imports.campaigns.importing import CAMPAIGNS
from resolvers.imports.own_files import CAMPAIGNS as COLUMNS
from resolvers.imports.reading import ImportFile, open_file
from resolvers.work import Work


def opened(folder: Path, content: str | bytes, name: str = "campaigns.ndjson") -> ImportFile:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_file(path, CAMPAIGNS.kind)


OWN = '{"no": "C1", "description": "=1, \\"é\\"\\n", "startingDate": null, "endingDate": null, "salesperson": %s, "blocked": true}'


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_objects_become_rows_of_cells(tmp_path: Path, mark: str, end: str) -> None:
    line = OWN % '{"code": "JO"}'
    for name in ("campaigns.ndjson", "campaigns.JSONL", "campaigns.csv"):
        file = opened(tmp_path, f"{mark}{line}{end}", name)

        assert file.is_own
        rows = [(number, dict(zip(file.captions, cells, strict=True))) for number, cells in file.rows()]
        assert rows == [
            (
                1,
                {
                    "no": "C1",
                    "description": '=1, "é"\n',
                    "startingDate": "",
                    "endingDate": "",
                    "salesperson.code": "JO",
                    "blocked": "true",
                },
            )
        ]


def test_objects_that_are_null_in_some_or_all_lines_are_blank_cells(tmp_path: Path) -> None:
    for lines in ([OWN % "null"], [OWN % "null", OWN % '{"code": "JO"}'], [OWN % '{"code": null}', OWN % "null"], []):
        file = opened(tmp_path, "\n\n".join(lines))

        assert file.is_own
        assert {*file.captions} == {*COLUMNS}
        assert [number for number, _ in file.rows()] == [1, 3][: len(lines)]


def test_the_last_line_of_a_stream_is_no_row_and_further_members_are_unknown_columns(tmp_path: Path) -> None:
    file = opened(
        tmp_path,
        '{"cursor": "5b", "no": "C1", "description": "A", "tags": ["a", {"b": 1}]}\n'
        '{"no": "C2", "description": 12.5, "more": {"deep": {"er": 1}}}\n{"cursor": "5b", "rows": 2}\n',
    )

    assert (file.is_own, file.unknown) == (False, ["cursor", "tags", "more.deep.er"])
    assert [cells for _, cells in file.rows()] == [
        ["5b", "C1", "A", '["a", {"b": 1}]', ""],
        ["", "C2", "12.5", "", "1"],
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'{"no": "C1", "description": "A"}\n{"no": "C2", "descr', 2),
        (b'{"no": "C1"}\n[1]\n', 2),
        (b'{"no": "C1"}\n\n"text"\n', 3),
        (b'{"no": "C1", "description": "a\\u0000b"}', 1),
        (b'{"no": "\\ud800"}', 1),
        (b'{"no": "\xe9"}', 1),
        (b'{\n"no": "C1"\n}', 1),
        (b'{"no": "C1"} {"no": "C2"}', 1),
        (b"\x00", 1),
    ],
)
def test_a_line_that_is_not_an_object_is_refused_with_its_number(tmp_path: Path, content: bytes, line: int) -> None:
    with pytest.raises(Refused) as refused:
        opened(tmp_path, content)

    (refusal,) = refused.value.refusals
    assert f"campaigns.ndjson cannot be read: line {line} " in refusal.message("EN")
    assert f"la ligne {line} n’est pas" in refusal.message("FR")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('{"no": "C2", "description": "A", "description": "B"}', "description"),
        ('{"no": "C2", "descr\\u0069ption": "A", "description": "A"}', "description"),
        ('{"no": "C2", "salesperson": {"code": "JO", "code": "SM"}}', "code"),
        ('{"no": "C2", "salesperson": {"code": "JO"}, "salesperson.code": "SM"}', "salesperson.code"),
        ('{"no": "C2", "description": ":", "tags": [{"a": 1, "a": 1}]}', "a"),
    ],
)
def test_a_name_that_a_line_has_more_than_once_is_refused(tmp_path: Path, line: str, name: str) -> None:
    with pytest.raises(Refused) as refused:
        opened(tmp_path, '{"no": "C1"}\n' + line)

    (refusal,) = refused.value.refusals
    assert f"campaigns.ndjson cannot be read: line 2 has {name} more than once" in refusal.message("EN")
    assert f"la ligne 2 contient plusieurs fois {name}." in refusal.message("FR")


def test_a_repeated_name_is_shown_without_invisible_characters_and_cut(tmp_path: Path) -> None:
    name = "\\u001b" + "x" * 100
    with pytest.raises(Refused) as refused:
        opened(tmp_path, f'{{"{name}": 1, "{name}": 2}}')

    (refusal,) = refused.value.refusals
    assert f"line 1 has {'x' * 60}… more than once" in refusal.message("EN")


@pytest.mark.parametrize("levels", [100, 101, 1000, 2000])
@pytest.mark.parametrize("inside", ['{"a": ', "["])
def test_a_line_has_at_most_100_levels(tmp_path: Path, inside: str, levels: int) -> None:
    end = "}" if inside[0] == "{" else "]"
    line = '{"no": "C1", "description": "A", "more": ' + inside * (levels - 1) + '"[{[\\"{"' + end * (levels - 1) + "}"
    if levels == 100:
        assert len([*opened(tmp_path, line).rows()]) == 1
        return
    with pytest.raises(Refused) as refused:
        opened(tmp_path, line)

    (refusal,) = refused.value.refusals
    assert "line 1 has more than 100 levels" in refusal.message("EN")
    assert "la ligne 1 a plus de 100 niveaux" in refusal.message("FR")


def test_errors_name_the_line_and_the_member(work: Work, tmp_path: Path) -> None:
    path = tmp_path / "list.ndjson"
    path.write_text('{"no": "C1", "description": "A"}\n\n{"no": "C2", "description": "B", "startingDate": "soon"}\n')
    with pytest.raises(Refused) as refused:
        campaigns.run(work, path)

    (error,) = refused.value.detail.errors  # type: ignore[attr-defined]  # the report
    assert (error.row, error.column) == (3, "startingDate")
    path.write_text("")
    assert salespeople.run(work, path).rows == 0
