"""The lower limit for response times: hand-written SQL behind plain routes, without GraphQL. The database builds the
JSON.
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

NEWEST = "ORDER BY e.date DESC, e.time_of_interaction DESC, e.entry_no DESC"
W1 = f"""SELECT json_agg(json_build_object('entryNo', e.entry_no, 'date', e.date, 'description', e.description,
 'informationFlow', e.information_flow, 'initiatedBy', e.initiated_by, 'cost', e.cost::text, 'duration', e.duration,
 'evaluation', e.evaluation, 'contact', json_build_object('no', c.no, 'name', c.name),
 'template', json_build_object('code', t.code, 'description', t.description),
 'salesperson', json_build_object('code', s.code, 'name', s.name)))::text
 FROM (SELECT * FROM interaction_log_entry e {NEWEST} LIMIT 100) e JOIN contact c ON c.no = e.contact_no
 JOIN interaction_template t ON t.code = e.template_code JOIN salesperson s ON s.code = e.salesperson_code"""
W2 = f"""SELECT json_build_object('no', c.no, 'name', c.name, 'city', c.city, 'email', c.email, 'log', (SELECT json_agg(
 json_build_object('entryNo', e.entry_no, 'date', e.date, 'description', e.description, 'cost', e.cost::text))
 FROM (SELECT * FROM interaction_log_entry e WHERE e.contact_no = c.no {NEWEST} LIMIT 20) e))::text FROM contact c WHERE c.no = $1"""
W3 = f"""SELECT json_agg(json_build_object('no', c.no, 'name', c.name, 'log', (SELECT json_agg(json_build_object(
 'entryNo', e.entry_no, 'date', e.date, 'description', e.description, 'cost', e.cost::text,
 'template', json_build_object('code', t.code, 'description', t.description)))
 FROM (SELECT * FROM interaction_log_entry e WHERE e.contact_no = c.no {NEWEST} LIMIT 5) e
 JOIN interaction_template t ON t.code = e.template_code)))::text
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


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/w1", reading(W1), methods=["POST"]),
        Route("/w2", reading(W2, "no"), methods=["POST"]),
        Route("/w3", reading(W3, "sp"), methods=["POST"]),
        Route("/w5", create, methods=["POST"]),
    ],
)
