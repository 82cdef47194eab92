"""The page of GraphiQL, from its built packages or from the installed Python package, and its examples."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from schema.server.graphiql import page as graphiql
from tests.schema.server.conftest import application


@pytest.mark.parametrize("built", [True, False])
def test_browsers_get_graphiql_without_the_internet(
    built: bool, empty_copy: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The version that has been built from its packages, or else that of the installed Python package."""
    monkeypatch.setattr(graphiql, "BUILT", tmp_path)
    if built:
        (tmp_path / "graphiql.js").touch()
    with application(empty_copy("sqlite"), loop) as http:
        page = http("GET", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        package = ("graphiql.min.js", "graphiql.min.css", "react.production.min.js", "react-dom.production.min.js")

        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert "http://" not in page.text
        assert "https://" not in page.text
        assert 'src="graphql/assets/start.js"' in page.text
        assert ("graphql/assets/built/graphiql.js" in page.text) == built
        assert [f"graphql/assets/package/{name}" in page.text for name in package] == [not built] * len(package)
        assert {http("GET", f"/graphql/assets/package/{name}").status_code for name in package} == {200}


def test_every_package_of_graphiql_is_installed_with_its_hash() -> None:
    """The lock file has no addresses, so that the registry that npm is configured for is used."""
    asked = json.loads((graphiql.FOLDER / "package.json").read_text())
    locked = json.loads((graphiql.FOLDER / "package-lock.json").read_text())["packages"]

    assert all(re.fullmatch(r"[\d.]+", version) for version in asked["dependencies"].values())
    assert locked.pop("")["dependencies"] == asked["dependencies"]
    assert {path for path, package in locked.items() if not package["integrity"].startswith("sha512-")} == set()
    assert {path for path, package in locked.items() if "resolved" in package} == set()
    assert len(locked) > 50


def test_examples_have_comments_in_both_languages_and_the_same_operations() -> None:
    english, french = graphiql.examples("en"), graphiql.examples("fr")

    for one, other in zip(english, french, strict=True):
        (first, operation), (premiere, same) = one["query"].split("\n", 1), other["query"].split("\n", 1)
        assert operation == same
        assert first.startswith("# ")
        assert premiere.startswith("# ")
        assert first != premiere
        assert re.match(r"(query|mutation|subscription) \w+", operation)
