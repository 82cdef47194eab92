"""All work in the background while the server runs, for one database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from persistence.database import Database
from schema.execution.graphql_internals import graphql_schema
from schema.root import schema
from schema.server.background.old_changes import deleting_old_changes
from schema.server.background.refreshing import refreshing
from schema.server.background.webhook_counts import WebhookCounts
from schema.server.background.webhooks import delivering_to_webhooks
from schema.server.settings import Settings


@asynccontextmanager
async def working_in_background(
    database: Database, settings: Settings, counts: WebhookCounts, *, pause: float | None
) -> AsyncIterator[None]:
    """Refresh stored sums, delete old changes and deliver to webhooks while the block runs. `pause` is that of
    `refreshing`.
    """
    delivering = delivering_to_webhooks(database, graphql_schema(schema), settings.webhook_options, counts)
    async with (
        refreshing(database, pause=pause),
        deleting_old_changes(database, settings.changes_kept_days),
        delivering,
    ):
        yield
