"""Closing connections reliably."""

import asyncio
from collections.abc import Awaitable, Callable


async def close_completely(close: Callable[[], Awaitable[None]]) -> None:
    """Close even if the task is canceled meanwhile: an open connection would keep the server from stopping."""
    closing = asyncio.ensure_future(close())
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await asyncio.wait([closing])
        raise
