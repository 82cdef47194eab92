"""The token in answers of changes, and the header of requests that hands it back."""

import pytest

from tests.api import Api, create_company
from tests.prepared import database_with

CHANGE = 'mutation { createSalesperson(input: {code: "AB", salesperson: {name: "Ann"}}) { userErrors { code } } }'
READ = "{ salespeople(first: 1) { nodes { code } } }"


@database_with(create_company)
def test_each_answer_of_a_change_has_a_token_that_every_request_takes(api: Api) -> None:
    for document in (CHANGE, CHANGE, CHANGE.replace("userErrors { code }", "__typename")):
        answer = api.post(document, None, **{"x-show-cost": "1"})
        token = answer.headers["carnet-read-after"]
        assert answer.json()["extensions"]["readAfter"] == token
        assert "cost" in answer.json()["extensions"]
        for again in (READ, CHANGE):
            assert "errors" not in api.post(again, None, **{"carnet-read-after": token}).json()
    assert "carnet-read-after" not in api.post(READ).headers
    assert "extensions" not in api.post(READ).json()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "1.",
        "1.12345678901234567",
        "1.G",
        "2.1f",
        "1.1f, 1.2f",
        "1.-1",
        "2.1.",
        "2.123456789.1",
        "3.a.1.",
        "3.a.p",
        "3.a.1.g",
    ],
)
def test_another_value_of_the_header_is_refused(api: Api, token: str) -> None:
    answer = api.post(READ, None, **{"carnet-read-after": token})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
