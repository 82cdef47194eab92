"""The front page: its documents, its languages, its files, and what the settings make of it."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from graphql import parse, validate

from schema.root import schema
from schema.server.documents import document_limits
from schema.server.front_page.page import documents
from schema.server.graphiql.page import FOLDER as GRAPHIQL
from schema.server.graphiql.page import examples
from schema.server.web_pages import FOLDER, TEXTS
from tests.api import Api, create_company
from tests.french_typography import faults
from tests.prepared import database_with
from tests.schema.server.conftest import application

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("name", documents())
def test_the_documents_of_the_front_page_are_valid(name: str) -> None:
    document = parse(documents()[name])
    document_limits.check(document)

    assert validate(schema._schema, document) == []


def test_browsers_get_the_front_page_and_programs_are_redirected_to_the_api(http: Any) -> None:
    page, program = http("GET", "/", headers=BROWSER), http("GET", "/", headers={"accept": "*/*"})

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in page.headers["content-security-policy"]
    assert "://" not in page.text
    assert (program.status_code, program.headers["location"]) == (307, "/graphql")


@pytest.mark.parametrize("path", ["/", "/graphql"])
def test_each_file_of_a_page_is_served_and_scripts_import_only_served_files(http: Any, path: str) -> None:
    links = re.findall(r'(?:src|href)="([^"?]+/[^"]+)"', http("GET", path, headers=BROWSER).text)
    waiting = [urljoin(path, link) for link in links]
    found = set[str]()
    while waiting:
        file = waiting.pop()
        answer = http("GET", file)
        assert answer.status_code == 200, file
        assert http("GET", file, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
        found.add(file)
        if "/built/" not in file and "/package/" not in file:
            imported = re.findall(r'from "([./][^"]+)";$', answer.text, re.MULTILINE)
            waiting += [urljoin(file, each) for each in imported]

    assert {"/front-page/carnet.js", "/front-page/carnet.css", "/front-page/favicon.svg"} < found
    assert not [link for link in links if link.startswith("/")]  # the pages of a company are below its path


@pytest.mark.parametrize(
    "path", ["page.py", "__init__.py", "page.html", "texts.json", "../app.py", "%2e%2e/app.py", ""]
)
def test_other_files_of_the_folders_are_not_served(http: Any, path: str) -> None:
    assert http("GET", f"/front-page/{path}").status_code == 404
    assert http("GET", f"/graphql/assets/{path}").status_code == 404


@pytest.mark.parametrize("path", ["/", "/graphql"])
def test_the_language_is_that_of_the_address_then_of_an_earlier_one_then_of_the_browser(http: Any, path: str) -> None:
    def language(path: str, **headers: str) -> tuple[str, str | None]:
        answer = http("GET", path, headers={**BROWSER, **headers})
        return answer.text.partition('<html lang="')[2][:2], answer.headers.get("set-cookie")

    french = {"accept-language": "fr-CA, en;q=0.5"}
    assert language(path) == ("en", None)
    assert language(path, **french) == ("fr", None)
    assert language(path, **french, cookie="carnet-language=en") == ("en", None)
    assert language(path, **french, cookie="carnet-language=de") == ("fr", None)
    assert language(f"{path}?language=de", **french) == ("fr", None)
    chosen, cookie = language(f"{path}?language=en", **french, cookie="carnet-language=fr")
    assert chosen == "en"
    assert cookie is not None
    assert "carnet-language=en; HttpOnly" in cookie


def test_without_graphiql_there_is_no_front_page(empty_copy: Any, loop: asyncio.AbstractEventLoop) -> None:
    with application(empty_copy("sqlite"), loop, graphiql=False) as http:
        page = http("GET", "/", headers=BROWSER)

        assert (page.status_code, page.headers["location"]) == (307, "/graphql")
        assert http("GET", "/front-page/overview.js").status_code == 404
        assert http("GET", "/graphql/assets/start.js").status_code == 404


@pytest.mark.parametrize("graphiql", [True, False])
def test_the_documents_of_the_front_page_are_trusted_where_it_is_served(
    graphiql: bool, empty_copy: Any, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    file = tmp_path / "documents.json"
    file.write_text(json.dumps({"1": "{ viewer { userId } }"}))
    with application(empty_copy("sqlite"), loop, graphiql=graphiql, trusted_documents=file) as http:
        answers = [
            http("POST", json=asked).json()
            for asked in ({"query": documents()["Company"]}, {"documentId": "1"}, {"query": "{ viewer { roles } }"})
        ]

    codes = [answer["errors"][0]["extensions"]["code"] if "errors" in answer else None for answer in answers]
    assert codes == [None if graphiql else "NOT_TRUSTED", None, "NOT_TRUSTED"]


def texts(part: Any, path: str = "") -> dict[str, str]:
    """All texts with their paths."""
    if isinstance(part, str):
        return {path: part}
    return {inner: text for key, value in part.items() for inner, text in texts(value, f"{path}.{key}").items()}


def test_both_languages_have_the_same_texts_with_the_same_placeholders() -> None:
    english, french = texts(TEXTS["en"]), texts(TEXTS["fr"])

    assert list(english) == list(french)
    differing = [
        path for path in english if set(re.findall(r"{\w+}", english[path])) != set(re.findall(r"{\w+}", french[path]))
    ]
    assert differing == []


def test_every_text_is_used() -> None:
    code = "\n".join(path.read_text() for path in [*FOLDER.glob("*.js"), *FOLDER.glob("*.html"), *GRAPHIQL.glob("*.*")])
    names = {"Title", "About", "Empty"}
    unused = [
        name
        for name in TEXTS["en"]
        if not re.search(rf'[{{".]{name}\b', code) and not any(name.endswith(each) for each in names)
    ]

    assert unused == []


def test_french_texts_of_the_pages_have_the_typography_of_quebec() -> None:
    translated = re.findall(r'": "(.*)",$', (GRAPHIQL / "french.js").read_text(), re.MULTILINE)
    comments = [tab["query"].partition("\n")[0] for tab in examples("fr")]
    found = [*texts(TEXTS["fr"]).values(), *translated, *comments]

    assert len(found) > 150
    assert {
        text: faults(re.sub(r"{\w+}|`[^`]*`", "X", text))
        for text in found
        if faults(re.sub(r"{\w+}|`[^`]*`", "X", text))
    } == {}


@database_with(create_company)
def test_each_salesperson_has_the_silent_contacts_that_the_list_shows(api: Api) -> None:
    api.mutate("createContact", {"no": "P3", "contact": {"type": "PERSON", "name": "Ann"}}, "contact { no }")
    visit = {"contactNo": "P1", "templateCode": "VISIT", "salespersonCode": "JO"}
    api.mutate("createInteraction", {"interaction": visit}, "interactionLogEntry { entryNo }")
    since = {"type": {"eq": "PERSON"}, "not": {"dateOfLastInteraction": {"last": {"count": 90, "unit": "DAY"}}}}

    found = api.execute(documents()["SilentContacts"], filter=since)
    lists = {
        code: api.execute(documents()["ContactList"], filter={"and": [since, {"salespersonCode": condition}]})
        for code, condition in {"JO": {"eq": "JO"}, "PS": {"eq": "PS"}, "": {"isNull": True}}.items()
    }

    counted = {row["code"]: row["contacts"]["totalCount"] for row in found["salespeople"]["nodes"]}
    assert counted | {"": found["withoutSalesperson"]["totalCount"]} == {"JO": 0, "PS": 1, "": 1}
    listed = {code: [row["no"] for row in answer["contacts"]["nodes"]] for code, answer in lists.items()}
    assert listed == {"JO": [], "PS": ["P2"], "": ["P3"]}
