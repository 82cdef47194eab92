"""The probes `/health`, `/ready` and `/live`, which need no token."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from persistence.exceptions import UNAVAILABLE_SECONDS, Overloaded, Unavailable
from schema.server.errors import Rejected, log
from schema.server.logs.outages import outages
from schema.server.logs.stack_traces import describe

HEALTHY_WITHIN = 2
"""Seconds within which the database must respond."""


async def live(_: Request) -> Response:
    """200 while the process answers at all. It does not ask the database: restarting Carnet would not help."""
    return JSONResponse({"status": "ok"})


async def health(request: Request) -> Response:
    """200 if a table can be read in time and changes can be stored, else 503. This is about the database of
    CARNET_DATABASE_URL: requests to the other companies must not stop because the database of one is not available.
    """
    try:
        async with asyncio.timeout(HEALTHY_WITHIN):
            await request.app.state.database.check_ready()
    except (Overloaded, Unavailable, TimeoutError) as error:
        outages.note(error, path=request.url.path)
    except Exception as error:
        log.warning("database not ready", exception=describe(error))
    else:
        return JSONResponse({"status": "ok", **await _companies(request)})
    headers = {"retry-after": str(UNAVAILABLE_SECONDS)}
    return JSONResponse({"status": "database unreachable"}, status_code=503, headers=headers)


async def _companies(request: Request) -> dict[str, object]:
    """The companies that cannot be used, for callers who may read the metrics; for others nothing."""
    state = request.app.state
    if state.metrics is None or not state.companies.exist():
        return {}
    try:
        await state.metrics.check(request.scope)
    except Rejected:
        return {}
    return {"companies": state.companies.summary()}
