"""Companies are opened when they are used, within bounds, below their path."""

import asyncio
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from schema.server.companies import rights
from tests.companies.serving import CREATE, VIEWER, Serve


def test_the_least_recently_used_company_is_closed(urls: list[str], serve: Serve) -> None:
    named = dict(zip("abcd", urls, strict=True))
    with serve(named, max_open_companies=2) as served:
        for name in "abacd":
            assert served.api[name].execute(VIEWER)["viewer"] == {"userId": "ann"}
            assert len(served.open_names) <= 2
            if name == "c":
                assert served.open_names == ["a", "c"]

        assert served.open_names == ["c", "d"]
        assert (
            served.request("GET", "/metrics", outside=False).text.count('carnet_pool_in_use{pool="companies"} 2.0') == 1
        )


def test_a_company_with_a_running_request_is_not_closed(urls: list[str], serve: Serve) -> None:
    with serve(dict(zip("abcd", urls, strict=True)), max_open_companies=1) as served:

        async def scenario() -> None:
            held, release = asyncio.Event(), asyncio.Event()
            assert (await served.api["a"].send(VIEWER)).status_code == 200
            company = served.app.companies._open["a"]
            engine = company.app.state.graphql._engine
            answer = engine.answer

            async def slow(*arguments: Any, **more: Any) -> Any:
                held.set()
                await release.wait()
                return await answer(*arguments, **more)

            engine.answer = slow
            running = asyncio.ensure_future(served.api["a"].send(VIEWER))
            await held.wait()
            refused = await served.api["b"].send(VIEWER)
            assert refused.status_code == 401  # nobody knows yet whether this token is valid
            release.set()
            assert (await running).status_code == 200
            assert (await served.api["b"].send(VIEWER)).status_code == 200

        served.run(scenario())


def test_a_company_with_webhooks_is_opened_from_time_to_time(urls: list[str], serve: Serve) -> None:
    """Changes may wait for another attempt."""
    named = dict(zip("ab", urls[:2], strict=True))
    with serve(named, max_open_companies=1, webhook_allow_private=True) as served:
        webhook = {"url": "http://127.0.0.1:9/"}
        served.api["a"].mutate("createWebhook", webhook, "webhook { id }")
        served.api["b"].execute(VIEWER)
        assert served.open_names == ["b"]

        served.run(served.app.companies.check_all())

        assert served.open_names == ["a"]


def test_companies_are_added_moved_and_removed_while_the_server_runs(
    urls: list[str], serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "REFUSAL_SECONDS", 0.01)
    with serve({}) as served:
        served.add("a", urls[0])
        served.api["a"].execute(CREATE, no="OLD")
        old = served.api["a"]
        served.add("a", urls[1])  # its database has moved
        assert served.api["a"].execute(VIEWER)["contacts"] == {"totalCount": 0}
        assert old.post(VIEWER).status_code == 401
        assert served.open_names == ["a"]
        (served.folder / "a.url").unlink()
        served.run(served.app.companies.check_all())
        assert served.open_names == []
        assert served.api["a"].post(VIEWER).status_code == 401


def test_the_addresses_of_a_company_begin_with_its_path(serve: Serve, empty_copy: Callable[[str], str]) -> None:
    with serve({"a": empty_copy("sqlite")}) as served:
        page = served.request("GET", "/companies/a", headers={"accept": "text/html"})
        assert page.headers["location"] == "/companies/a/"
        assert served.request("GET", "/companies/a/").headers["location"] == "/companies/a/graphql"
        for method, path in (("POST", "/companies/a/graphql"), ("GET", "/companies/a/schema.graphql")):
            redirected = served.request(method, f"{path}/?x=a%2Fb")
            assert (redirected.status_code, redirected.headers["location"]) == (307, f"{path}?x=a%2Fb")
        api = served.api["a"]
        api.mutate("createSalesperson", {"code": "JO", "salesperson": {"name": "Jo"}}, "__typename")
        made = api.send_mutation("createCalendarFeed", {"salespersonCode": "JO"}, "url")
        assert made["url"].startswith("http://localhost/companies/a/calendar/")
        calendar = served.request("GET", made["url"].removeprefix("http://localhost"))
        assert calendar.text.startswith("BEGIN:VCALENDAR")
        assert served.request("GET", made["url"].removeprefix("http://localhost/companies/a")).status_code == 404


def test_without_a_list_of_companies_nothing_is_below_their_path(serve: Serve) -> None:
    with serve({}) as served:
        shutil.rmtree(served.folder)
        assert served.request("GET", "/companies/a/graphql").status_code == 404
        assert served.request("GET", "/ready", outside=False).json() == {"status": "ok"}
