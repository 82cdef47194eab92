"""Compares eight tiles of a dashboard with hand-written SQL over the same tables behind a bare Starlette route.

    python -m tests.benchmarks.tiles postgresql://…/million    # a database that tests.benchmarks.data has written

Both answer in this process, without a network, one after the other in each round; the medians are printed. The statements
are those of an expert: they read the stored sums where these are exact, and return the same figures. The goal is that
Carnet takes at most 1.3 times as long. The exit status is 1 if a tile misses it.
"""

import json
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from persistence.database import Database
from persistence.versions import migrate
from schema.server.app import create_app
from schema.server.settings import Settings
from tests.benchmarks.command_line import compare_one

GOAL = 1.3

WARM_UP = 6
"""Rounds before those that count. PostgreSQL plans a statement with parameters anew the first five times that a connection
executes it, and then keeps the plan if it expects to gain nothing by planning.
"""

SAME_BYTES = {"accept-encoding": "identity"}
"""Carnet compresses a response for clients that accept it; the route of the statements by hand never does."""

MEASURES = ("interactions", "cost_high", "duration", "succeeded", "responses")


def days(kind: str, column: str, where: str = "true") -> str:
    """The sums of each day and key: the stored ones of clean days, those of the entries of dirty days."""
    return f"""(SELECT day, key, {", ".join(MEASURES)} FROM day_sum
WHERE kind = '{kind}' AND {where} AND day NOT IN (SELECT day FROM dirty_day)
UNION ALL {_of_dirty_days(column, where)}) AS sums"""


def months(kind: str, column: str, where: str = "true") -> str:
    """The sums of each month and key: the stored ones without those of dirty days, and those of the entries of dirty
    days. `where` selects whole months.
    """
    return f"""(SELECT month AS day, key, {", ".join(MEASURES)} FROM month_sum WHERE kind = '{kind}' AND {where.replace("day", "month")}
UNION ALL SELECT day, key, {", ".join(f"-{name}" for name in MEASURES)} FROM day_sum
WHERE kind = '{kind}' AND day = ANY (ARRAY(SELECT DISTINCT day FROM dirty_day WHERE {where}))
UNION ALL {_of_dirty_days(column, where)}) AS sums"""


def _of_dirty_days(column: str, where: str) -> str:
    key = f"coalesce({column}, '')" if column else "''"
    return f"""SELECT date, {key}, count(*)::int, sum(cost), sum(duration), (count(*) FILTER (WHERE NOT attempt_failed))::int,
(count(*) FILTER (WHERE campaign_response))::int FROM interaction_log_entry
WHERE NOT canceled AND date = ANY (ARRAY(SELECT DISTINCT day FROM dirty_day WHERE {where})) GROUP BY 1, 2"""


def rows(key: str, measures: str, groups: str) -> str:
    """The JSON of the groups, in their order."""
    return f"""SELECT json_build_object('rows', coalesce(json_agg(json_build_object('key', {key},
'measures', json_build_object({measures}))), '[]'))::text FROM ({groups}) AS groups"""


ENTRIES = "FROM interaction_log_entry WHERE NOT canceled"
OF_2025 = "day BETWEEN '2025-01-01' AND '2025-12-31'"
YEAR = 'filter: {date: {gte: "2025-01-01", lte: "2025-12-31"}}'
COUNT, COUNT_COST = "'interactions', n", "'interactions', n, 'cost', cost::text"


@dataclass(frozen=True)
class Tile:
    """A field of GraphQL and the statement that returns the same. `work_mem` is set for the statement."""

    field: str
    sql: str
    work_mem: str = ""


TILES = {
    "month × template": Tile(
        "interactionStatistics(groupBy: [{date: MONTH}, {by: TEMPLATE}], first: 1000)"
        " { rows { key measures { interactions cost } } }",
        rows(
            "month || '|' || key",
            COUNT_COST,
            "SELECT date_trunc('month', day)::date AS month, key, sum(interactions) AS n, sum(cost_high) AS cost"
            f" FROM {months('TEMPLATE', 'template_code')} GROUP BY 1, 2 ORDER BY 1, nullif(key, '') LIMIT 1000",
        ),
    ),
    "salesperson × evaluation": Tile(
        "interactionStatistics(groupBy: [{by: SALESPERSON}, {by: EVALUATION}], first: 1000)"
        " { rows { key measures { interactions } } }",
        rows(
            "coalesce(salesperson_code, '') || '|' || coalesce(evaluation, '')",
            COUNT,
            f"SELECT salesperson_code, evaluation, count(*) AS n {ENTRIES} GROUP BY 1, 2 ORDER BY 1, array_position("
            "ARRAY['VERY_POSITIVE', 'POSITIVE', 'NEUTRAL', 'NEGATIVE', 'VERY_NEGATIVE'], evaluation::text) LIMIT 1000",
        ),
    ),
    "hour × weekday": Tile(
        "interactionStatistics(groupBy: [{date: HOUR_OF_DAY}, {date: DAY_OF_WEEK}]) { rows { key measures { interactions } } }",
        rows(
            "hour || '|' || weekday",
            COUNT,
            "SELECT key::int AS hour, extract(isodow FROM day)::int AS weekday, sum(interactions) AS n"
            f" FROM {days('HOUR', 'to_char(time_of_interaction, $$HH24$$)')} GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 100",
        ),
    ),
    "campaigns with responses": Tile(
        "interactionStatistics(groupBy: [{by: CAMPAIGN}], first: 1000) { rows { key measures { interactions cost responses } } }",
        rows(
            "key",
            f"{COUNT_COST}, 'responses', responses",
            "SELECT key, sum(interactions) AS n, sum(cost_high) AS cost, sum(responses) AS responses"
            f" FROM {months('CAMPAIGN', 'campaign_no')} GROUP BY 1 ORDER BY nullif(key, '') LIMIT 1000",
        ),
    ),
    "totals of a year": Tile(
        f"interactionStatistics({YEAR}) {{ totals {{ interactions cost duration successRate }} }}",
        "SELECT json_build_object('totals', json_build_object('interactions', sum(interactions), 'cost', sum(cost_high)::text,"
        " 'duration', sum(duration), 'successRate', round(sum(succeeded)::numeric / sum(interactions), 4)::float8))::text"
        f" FROM {months('TOTAL', '', OF_2025)}",
    ),
    "cities": Tile(
        "interactionStatistics(groupBy: [{by: CITY}], orderBy: [{field: INTERACTIONS, direction: DESC}], first: 20)"
        " { rows { key measures { interactions } } }",
        rows(
            "coalesce(city, '')",
            COUNT,
            f"SELECT city, sum(n) AS n FROM (SELECT contact_no, count(*) AS n {ENTRIES} GROUP BY 1) AS entries"
            " LEFT JOIN contact ON no = contact_no GROUP BY city, search_city ORDER BY n DESC, search_city, city LIMIT 20",
        ),
        "64MB",
    ),
    "distinct contacts by month": Tile(
        "interactionStatistics(groupBy: [{date: MONTH}]) { rows { key measures { contacts } } }",
        rows(
            "month",
            "'contacts', n",
            f"SELECT month, count(contact_no) AS n FROM (SELECT DISTINCT date_trunc('month', date)::date AS month, contact_no {ENTRIES})"
            " AS each GROUP BY 1 ORDER BY 1 LIMIT 100",
        ),
        "64MB",
    ),
    "template × quarter, year before": Tile(
        f"interactionStatistics(groupBy: [{{by: TEMPLATE}}, {{date: QUARTER}}], {YEAR}, compareTo: PREVIOUS_YEAR, first: 1000)"
        " { rows { key measures { interactions cost } previous { interactions } } }",
        rows(
            "key || '|' || quarter",
            COUNT_COST,
            "SELECT key, date_trunc('quarter', CASE WHEN day < '2025-01-01' THEN day + interval '1 year' ELSE day END)::date AS"
            " quarter, coalesce(sum(interactions) FILTER (WHERE day >= '2025-01-01'), 0) AS n,"
            " coalesce(sum(cost_high) FILTER (WHERE day >= '2025-01-01'), 0) AS cost,"
            " coalesce(sum(interactions) FILTER (WHERE day < '2025-01-01'), 0) AS before"
            f" FROM {months('TEMPLATE', 'template_code', OF_2025.replace('2025', '2024', 1))}"
            " GROUP BY 1, 2 ORDER BY nullif(key, ''), 2 LIMIT 1000",
        ).replace("'measures'", "'previous', json_build_object('interactions', before), 'measures'"),
    ),
}


def bare(url: str) -> Starlette:
    """An application with a route for the statement of each tile."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        settings = {"jit": "off", "timezone": "UTC", "datestyle": "ISO"}
        async with asyncpg.create_pool(url, min_size=1, max_size=4, server_settings=settings) as pool:
            app.state.pool = pool
            yield

    async def answer(request: Request) -> Response:
        tile = TILES[json.loads(await request.body())["tile"]]
        async with request.app.state.pool.acquire() as connection:
            if not tile.work_mem:
                text = await connection.fetchval(tile.sql)
            else:
                async with connection.transaction(readonly=True):
                    await connection.execute(f"SET LOCAL work_mem = '{tile.work_mem}'")
                    text = await connection.fetchval(tile.sql)
        return Response(f'{{"data":{{"it":{text}}}}}', media_type="application/json")

    return Starlette(lifespan=lifespan, routes=[Route("/tile", answer, methods=["POST"])])


async def compare(url: str, *, rounds: int) -> bool:
    """Print the milliseconds of each tile, and return whether all reach the goal."""
    async with Database.at(url) as database:
        await migrate(database)
    reached, carnet, plain = True, create_app(Settings(database_url=url)), bare(url)
    async with carnet.router.lifespan_context(carnet), plain.router.lifespan_context(plain):
        clients = [
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=app), base_url="http://localhost", timeout=120, headers=SAME_BYTES
            )
            for app in (carnet, plain)
        ]
        print(f"{'ms':34}{'Carnet':>10}{'by hand':>10}{'ratio':>8}")
        for name, tile in TILES.items():
            sent: list[tuple[str, dict[str, Any]]] = [
                ("/graphql", {"query": f"{{ it: {tile.field} }}"}),
                ("/tile", {"tile": name}),
            ]
            times: list[list[float]] = [[], []]
            for number in range(WARM_UP + rounds):
                answers = []
                for place, (client, (path, body)) in enumerate(zip(clients, sent, strict=True)):
                    began = time.perf_counter()
                    answer = await client.post(path, json=body)
                    if number >= WARM_UP:
                        times[place].append((time.perf_counter() - began) * 1000)
                    answers.append(answer.json()["data"]["it"])
                assert answers[0] == answers[1], (name, answers)
            own, by_hand = map(statistics.median, times)
            missed = own > GOAL * by_hand
            reached = reached and not missed
            print(f"{name:34}{own:10.1f}{by_hand:10.1f}{own / by_hand:8.2f}{' missed' * missed}", flush=True)
        for client in clients:
            await client.aclose()
    return reached


if __name__ == "__main__":
    compare_one(compare, __doc__, rounds=11)
