"""The lower limit for response times: hand-written SQL behind plain routes, without GraphQL.

The database puts the JSON together as text: for these three pages that takes the least CPU time of PostgreSQL and of
the server together. `json_build_object` takes up to half as much again in PostgreSQL, and reading rows that Python
shapes takes less there, but more in the server (decision 0023). Joined rows are sorted in a subquery, with their text,
because an ORDER BY in the aggregate function sorts wider rows. These statements do less than Carnet: they do not
escape codes, which could have a quotation mark, and have no translations, no cursor and no number of further rows.
"""

import datetime as dt
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

NEWEST = "e.date DESC, e.time_of_interaction DESC, e.entry_no DESC"
W1 = f"""SELECT '[' || string_agg(e.json, ',') || ']' FROM (SELECT e.date, e.time_of_interaction, e.entry_no,
 '{{"entryNo":' || e.entry_no || ',"date":"' || e.date || '","description":' || JSON_SCALAR(e.description)
 || ',"informationFlow":' || coalesce('"' || e.information_flow || '"', 'null')
 || ',"initiatedBy":' || coalesce('"' || e.initiated_by || '"', 'null')
 || ',"cost":"' || e.cost || '","duration":' || e.duration
 || ',"evaluation":' || coalesce('"' || e.evaluation || '"', 'null')
 || ',"contact":{{"no":"' || c.no || '","name":' || JSON_SCALAR(c.name)
 || '}},"template":{{"code":"' || t.code || '","description":' || JSON_SCALAR(t.description)
 || '}},"salesperson":{{"code":"' || s.code || '","name":' || JSON_SCALAR(s.name) || '}}}}' AS json
 FROM (SELECT * FROM interaction_log_entry e ORDER BY {NEWEST} LIMIT 100) e JOIN contact c ON c.no = e.contact_no
 JOIN interaction_template t ON t.code = e.template_code JOIN salesperson s ON s.code = e.salesperson_code
 ORDER BY {NEWEST}) e"""
W2 = f"""SELECT '{{"no":"' || c.no || '","name":' || JSON_SCALAR(c.name) || ',"city":' || JSON_SCALAR(c.city)
 || ',"email":' || JSON_SCALAR(c.email) || ',"log":[' || coalesce((SELECT string_agg(
 '{{"entryNo":' || e.entry_no || ',"date":"' || e.date || '","description":' || JSON_SCALAR(e.description)
 || ',"cost":"' || e.cost || '"}}', ',' ORDER BY {NEWEST})
 FROM (SELECT * FROM interaction_log_entry e WHERE e.contact_no = c.no ORDER BY {NEWEST} LIMIT 20) e), '') || ']}}'
 FROM contact c WHERE c.no = $1"""
W3 = f"""SELECT '[' || string_agg('{{"no":"' || c.no || '","name":' || JSON_SCALAR(c.name)
 || ',"log":[' || coalesce((SELECT string_agg(e.json, ',') FROM (SELECT e.date, e.time_of_interaction, e.entry_no,
 '{{"entryNo":' || e.entry_no || ',"date":"' || e.date || '","description":' || JSON_SCALAR(e.description)
 || ',"cost":"' || e.cost || '","template":{{"code":"' || t.code || '","description":' || JSON_SCALAR(t.description)
 || '}}}}' AS json
 FROM (SELECT * FROM interaction_log_entry e WHERE e.contact_no = c.no ORDER BY {NEWEST} LIMIT 5) e
 JOIN interaction_template t ON t.code = e.template_code ORDER BY {NEWEST}) e), '') || ']}}', ',' ORDER BY c.no) || ']'
 FROM (SELECT * FROM contact WHERE salesperson_code = $1 ORDER BY no LIMIT 50) c"""
W5 = """INSERT INTO interaction_log_entry (entry_no, contact_no, company_no, date, time_of_interaction, description,
 information_flow, initiated_by, cost, duration, template_code, group_code, salesperson_code, attempt_failed, canceled,
 campaign_target, campaign_response, user_id, logged_at)
 SELECT nextval('interaction_entry_no'), c.no, c.company_no, $5, $6, $4, t.information_flow, t.initiated_by, t.unit_cost,
 t.unit_duration, t.code, t.group_code, $3, false, false, false, false, 'bench', $7
 FROM contact c, interaction_template t WHERE c.no = $1 AND t.code = $2 RETURNING entry_no, date, description, cost::text"""


async def no_reset(_: Any) -> None:
    """Does not reset the connection, which would be another round trip."""


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=10, max_size=10, reset=no_reset, server_settings={"jit": "off"}
    ) as pool:
        app.state.pool = pool
        yield


def reading(sql: str, *names: str) -> Any:
    async def answer(request: Request) -> Response:
        variables = orjson.loads(await request.body())["variables"]
        async with request.app.state.pool.acquire() as connection:
            text = await connection.fetchval(sql, *(variables[name] for name in names))
        return Response(f'{{"data":{text}}}', media_type="application/json")

    return answer


async def create(request: Request) -> Response:
    variables = orjson.loads(await request.body())["variables"]
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    given = (*(variables[name] for name in "ctsd"), now.date(), now.time(), now)
    async with request.app.state.pool.acquire() as connection:
        row = await connection.fetchrow(W5, *given)
    return Response(orjson.dumps({"data": dict(row)}), media_type="application/json")


READS: dict[str, tuple[str, tuple[str, ...]]] = {"w1": (W1, ()), "w2": (W2, ("no",)), "w3": (W3, ("sp",))}
"""The statements that read, each with the names of the variables that are its parameters."""

app = Starlette(
    lifespan=lifespan,
    routes=[
        *(Route(f"/{name}", reading(sql, *names), methods=["POST"]) for name, (sql, names) in READS.items()),
        Route("/w5", create, methods=["POST"]),
    ],
)
