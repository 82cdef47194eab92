"""Who has no right to a company cannot tell it from one that does not exist."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from schema.server.companies import rights
from tests.api import create_company
from tests.companies.serving import Served, serving
from tests.schema.server.authentication.issuer import AUDIENCE, ISSUER, key_set, token

VIEWER = {"query": "{ viewer { userId } }"}
HTML = {"accept": "text/html"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(
    request: pytest.FixtureRequest,
    empty_copy: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
    loop: asyncio.AbstractEventLoop,
) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("companies")
    keys = folder / "keys.json"
    keys.write_text(key_set())
    url = empty_copy(request.param)
    jwt: dict[str, Any] = {"jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, "jwt_jwks": str(keys)}
    with (
        pytest.MonkeyPatch.context() as patch,
        serving({"north": url}, empty_copy("sqlite"), folder / "list", loop, metrics=True, **jwt) as served,
    ):
        patch.setattr(rights, "REFUSAL_SECONDS", 0.02)
        create_company(served.api["north"])
        (served.folder / "gone.url").write_text(f"sqlite:///{folder / 'gone.db'}")
        (served.folder / "wrong.url").write_text("mysql://u@h/db")
        yield served


WRONG = "carnet_wrong"
REQUESTS: dict[str, Any] = {
    "no token": ("POST", "/graphql", {"json": VIEWER}),
    "wrong token": ("POST", "/graphql", {"json": VIEWER, "headers": {"authorization": f"Bearer {WRONG}"}}),
    "long token": ("POST", "/graphql", {"json": VIEWER, "headers": {"authorization": "Bearer carnet_" + "x" * 300}}),
    "basic": ("POST", "/graphql", {"json": VIEWER, "headers": {"authorization": "Basic YTpi"}}),
    "token of no company": ("POST", "/graphql", {"json": VIEWER, "headers": {"authorization": "JWT"}}),
    "token of another company": ("POST", "/graphql", {"json": VIEWER, "headers": {"authorization": "JWT of south"}}),
    "wrong media type": ("POST", "/graphql", {"content": b"x", "headers": {"content-type": "text/plain"}}),
    "query string": ("GET", "/graphql?query={viewer{userId}}", {}),
    "stream": ("POST", "/graphql", {"json": VIEWER, "headers": {"accept": "text/csv"}}),
    "slash at the end": ("POST", "/graphql/", {"json": VIEWER}),
    "other method": ("DELETE", "/graphql", {}),
    "front page": ("GET", "/", {"headers": HTML}),
    "front page without slash": ("GET", "", {"headers": HTML}),
    "program at front page": ("GET", "/", {}),
    "graphiql": ("GET", "/graphql", {"headers": HTML}),
    "file": ("GET", "/front-page/carnet.js", {}),
    "schema": ("GET", "/schema.graphql", {}),
    "schema with wrong token": ("GET", "/schema.graphql", {"headers": {"authorization": f"Bearer {WRONG}"}}),
    "calendar": ("GET", f"/calendar/{'a' * 40}.ics", {}),
    **{path: ("GET", f"/{path}", {}) for path in ("health", "ready", "live", "metrics", "nothing", "companies/north/")},
    "preflight": (
        "OPTIONS",
        "/graphql",
        {"headers": {"origin": "https://x.example", "access-control-request-method": "POST"}},
    ),
}


@pytest.mark.parametrize("request_of", REQUESTS.values(), ids=REQUESTS.keys())
def test_a_stranger_gets_the_same_answer_for_all_names_of_companies(served: Served, request_of: Any) -> None:
    """Also for a company whose database is lost. From this machine, too: every caller of a company needs a token."""
    method, path, more = request_of
    more = {**more, "headers": {"x-request-id": "same", **more.get("headers", {})}}
    if more["headers"].get("authorization") == "JWT":
        more["headers"]["authorization"] = f"Bearer {token()}"
    if more["headers"].get("authorization") == "JWT of south":
        more["headers"]["authorization"] = f"Bearer {token(companies=['south', 'east'])}"

    def answer(name: str, outside: bool) -> Any:
        response = served.request(method, f"/companies/{name}{path}", outside=outside, **more)
        headers = {key: value.replace(f"/{name}/", "/NAME/") for key, value in response.headers.items()}
        return response.status_code, response.text, headers

    for outside in (True, False):
        seen = [answer(name, outside) for name in ("north", "nobody", "gone", "wrong", "Big", "x" * 60)]
        assert all(each == seen[0] for each in seen), seen
        assert seen[0][0] in (200, 307, 401, 403, 404, 405, 406)
        assert "Boréal" not in str(seen)


def test_paths_without_a_name_are_not_found_and_a_missing_token_is_explained(served: Served) -> None:
    for path in ("/companies", "/companies/", "/companies//", "/companies//graphql"):
        assert served.request("GET", path).status_code == 404
    refused = served.request("POST", "/companies/north/graphql", json=VIEWER).json()
    assert "`carnet token create --company NAME`" in refused["errors"][0]["message"]


def test_the_time_of_a_refusal_does_not_tell_whether_there_is_a_company(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "REFUSAL_SECONDS", 0.15)
    headers = {"authorization": f"Bearer {WRONG}"}

    for name in ("north", "nobody", "gone"):
        began = time.monotonic()
        served.request("POST", f"/companies/{name}/graphql", json=VIEWER, headers=headers)
        assert time.monotonic() - began > 0.14


def test_a_token_of_one_company_is_unknown_to_all_others(served: Served) -> None:
    headers = {"authorization": f"Bearer {served.tokens['north']}"}

    assert served.request("POST", "/companies/north/graphql", json=VIEWER, headers=headers).status_code == 200
    assert served.request("POST", "/companies/nobody/graphql", json=VIEWER, headers=headers).status_code == 401
    assert served.request("POST", "/graphql", json=VIEWER, headers=headers).status_code == 401


def test_a_json_web_token_is_for_the_companies_of_its_claim(served: Served) -> None:
    def status(path: str, **claims: Any) -> int:
        headers = {"authorization": f"Bearer {token(**claims)}"}
        return int(served.request("POST", path, json=VIEWER, headers=headers).status_code)

    assert status("/companies/north/graphql", companies="north") == 200
    assert status("/companies/north/graphql", companies=["south", "north"]) == 200
    assert status("/companies/north/graphql", companies=["south"]) == 403
    assert status("/companies/north/graphql", companies={"north": True}) == 403
    assert status("/companies/north/graphql", companies="northern") == 403
    assert status("/companies/north/graphql") == 403
    assert status("/companies/nobody/graphql", companies="nobody") == 404
    assert status("/companies/gone/graphql", companies="gone") == 503
    assert status("/graphql", companies="north") == 403
    assert status("/graphql") == 200
