"""The engine of a server: it also runs subscriptions."""

from graphql import GraphQLError, OperationType

from schema.execution.context import Context
from schema.execution.engine import Engine
from schema.execution.errors import GraphQLErrors
from schema.execution.live.operations import LiveOperation
from schema.execution.reads import Caller
from schema.execution.request_size import are_large
from schema.execution.requests import GraphQLRequest, GraphQLResponse


class LiveEngine(Engine):
    """Answers requests, and prepares subscriptions for the hub that runs them."""

    async def subscribe(self, request: GraphQLRequest, caller: Caller) -> LiveOperation | GraphQLResponse:
        """The subscription that a request asks for, or the response with its errors, or to a query or mutation."""
        threads = self._threads_for(request, large=are_large(request.variables))
        try:
            prepared = await threads.run(self.database.limits.patience, self._prepare, request, caller, False)
            if isinstance(prepared, GraphQLResponse):
                return prepared
            assert prepared is not None
            if prepared.operation.node.operation is not OperationType.SUBSCRIPTION:
                return await self.answer(request, caller)
            await self.database.newest_primary.reach(request.read_after)

            def context() -> Context:
                large = prepared.document.large
                return Context(self.database, caller, self._clock(), prepared.planning, threads, large)

            async def respond(context: Context, root: object) -> bytes:
                return (await self._run_by_default(prepared, request, context, None, root)).body

            return LiveOperation(prepared, caller, context, respond)
        except (GraphQLErrors, GraphQLError) as error:
            return self.refused(error, request)

    def note_failure(self, error: Exception) -> None:
        """Log a failure that no client gets."""
        self._report([GraphQLError(str(error), original_error=error)], None)
