"""Turns a request into a response: parse and validate once, plan once, then one statement for each root field."""

import asyncio
import datetime as dt
import gc
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationType, execute

from persistence.cache import Section
from persistence.concurrency.threads import Threads
from persistence.database import Database
from persistence.dialects.read_positions import ANY, PRIMARY, token_of
from persistence.exceptions import OutcomeUnknown
from resolvers.webhooks.options import WebhookOptions
from schema.compiler.streams import StreamFormat
from schema.execution import mutations, observing
from schema.execution.context import NO_OPTIONS, Caller, Context
from schema.execution.costs import Costs, Measure
from schema.execution.documents import Check, Document, Documents, Operation
from schema.execution.errors import GraphQLErrors, of_executed, refused_fields, unseen_faults, with_code
from schema.execution.graphql_internals import RawJsonExecutor
from schema.execution.mutation_filters import MutationFilters
from schema.execution.permissions import ForbiddenFields, permissions_of
from schema.execution.planning import Planning, Plans, RootField, RootFields
from schema.execution.prepared import Prepared, with_plans
from schema.execution.raw_json import RawJson, to_json
from schema.execution.request_size import are_large, is_long
from schema.execution.requests import GraphQLRequest, GraphQLResponse, response_with_errors
from schema.execution.streams import Stream
from schema.execution.value_errors import check_texts

Report = Callable[[Sequence[GraphQLError], str | None], list[dict[str, Any]]]
OVER_WEBSOCKET = "Send subscriptions over a WebSocket to this path, with the subprotocol graphql-transport-ws."
_clock = partial(dt.datetime.now, dt.UTC)


def _formatted(errors: Sequence[GraphQLError], operation: str | None) -> list[dict[str, Any]]:
    return [dict(error.formatted) for error in errors]


class Engine:
    """Answers requests over one database.

    `check` enforces the limits of documents before they are validated. `cost` measures operations for clients that ask
    for it. `report` formats errors for clients. With `default_execution` nothing is planned.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        database: Database,
        *,
        check: Check = lambda _: None,
        cost: Measure = lambda _, __: {},
        report: Report = _formatted,
        clock: Callable[[], dt.datetime] = _clock,
        introspection: bool = True,
        default_execution: bool = False,
        webhook_options: WebhookOptions = NO_OPTIONS,
    ) -> None:
        self.schema, self.database, self._webhook_options = schema, database, webhook_options
        self._report, self._clock, self._default_execution = report, clock, default_execution
        self._filters = MutationFilters(schema, hides_schema=not introspection)
        self._permissions = permissions_of(schema)
        self._for_small, self._for_large = Threads(1, "carnet-plan"), Threads(1, "carnet-plan-large")
        self._hides_schema = not introspection
        self._documents = Documents(
            schema, database.cache, check, introspection=introspection, hides_schema=self._hides_schema
        )
        self.costs = Costs(self._documents, cost)
        self._plans = Plans(schema, database)
        self._responses: Section[tuple[int, str | None], bytes] = Section(database.cache, "responses")
        """Responses that are always the same, by document and operation."""

    async def answer(self, request: GraphQLRequest, caller: Caller, *, only_queries: bool = False) -> GraphQLResponse:
        """The response to a request, errors included."""
        response = await self._answer(request, caller, only_queries)
        if response.of_mutation and not (request.shows_cost or self.database.has_standby):
            return response.with_position(self.database.newest_primary.position)
        extensions: dict[str, object] = {}
        if response.of_mutation:
            try:
                position = await self.database.position()
            except asyncio.CancelledError:  # the time limit of the request ended after it had changed something
                raise OutcomeUnknown from None
            response, extensions["readAfter"] = response._replace(position=position), token_of(position)
        if request.shows_cost and (cost := self.costs.of(request)) is not None:
            extensions["cost"] = cost
        return response.with_extensions(extensions) if extensions else response

    async def _answer(self, request: GraphQLRequest, caller: Caller, only_queries: bool) -> GraphQLResponse:
        large = are_large(request.variables)
        begin_in: Threads | None = None
        context: Context | None = None
        try:
            prepared = None if large else self._prepare(request, caller, only_queries, only_known=True)
            if prepared is None:
                begin_in = self._threads_for(request, large=large)
                prepare = self._prepare if begin_in is self._for_small else self._prepare_without_gc
                prepared = await begin_in.run(self.database.limits.patience, prepare, request, caller, only_queries)
                assert prepared is not None
            if isinstance(prepared, GraphQLResponse):
                return prepared
            large = large or prepared.document.large
            threads = self._for_large if large else self._for_small
            context = Context(self.database, caller, self._clock(), prepared.planning, threads, large)
            context.webhook_options = self._webhook_options
            answer = None
            if prepared.root_fields is not None and prepared.root_fields.are_answered:
                context.after = request.read_after
            elif request.read_after > ANY:
                await self.database.newest_primary.reach(request.read_after)
            if prepared.root_fields is not None:
                answer = await self._run_planned(prepared, prepared.root_fields, context)
            elif prepared.mutation_fields is not None:
                answer = await self._run_mutation(prepared, prepared.mutation_fields, context)
            elif prepared.operation.node.operation is OperationType.SUBSCRIPTION:
                raise with_code(GraphQLError(OVER_WEBSOCKET), "BAD_REQUEST")
            if answer is not None:
                return answer
            context.after = PRIMARY
            answer = await self._run_by_default(prepared, request, context, begin_in)
        except (GraphQLErrors, GraphQLError) as error:
            return self.refused(error, request)
        except asyncio.CancelledError:
            if context is not None and context.executed:  # the request took too long after it had changed something
                raise OutcomeUnknown from None
            raise
        if prepared.operation.node.operation is OperationType.MUTATION:
            answer = answer._replace(of_mutation=True)
        if prepared.operation.has_constant_response:
            key = prepared.document.number, prepared.operation.name
            self._responses.put(key, answer.body, len(answer.body), prepared.document.entry)
        return answer

    async def stream(
        self, request: GraphQLRequest, caller: Caller, format: StreamFormat, *, only_queries: bool = False
    ) -> Stream | GraphQLResponse:
        """The stream that a request asks for, or the response with its errors."""
        large = are_large(request.variables)
        threads = self._threads_for(request, large=large)
        try:
            prepared = await threads.run(
                self.database.limits.patience, self._prepare, request, caller, only_queries, False, format
            )
            if isinstance(prepared, GraphQLResponse):
                return prepared
            assert prepared is not None
            assert prepared.stream is not None
            await self.database.newest_primary.reach(request.read_after)
            large = large or prepared.document.large
            context = Context(self.database, caller, self._clock(), prepared.planning, threads, large)
            (parameters,) = await context.parameters([prepared.stream.rows], prepared.variables.coerced)
            return Stream(prepared.stream, context, prepared.variables.coerced, parameters)
        except (GraphQLErrors, GraphQLError) as error:
            return self.refused(error, request)

    def parse(self, text: str) -> Document:
        """The document, checked and validated; raises GraphQLErrors."""
        return self._documents.parse(text, self._filters.with_paths)

    def _threads_for(self, request: GraphQLRequest, *, large: bool) -> Threads:
        """The threads that prepare a request. `large` says whether its variables are large."""
        return self._for_large if large or is_long(request.query) else self._for_small

    def refused(self, error: GraphQLErrors | GraphQLError, request: GraphQLRequest) -> GraphQLResponse:
        """The response to a request that was not executed."""
        errors = error.errors if isinstance(error, GraphQLErrors) else [error]
        body = to_json({"errors": self._report(errors, request.name_in_document)})
        return GraphQLResponse(body, executed=False, forbidden=isinstance(error, ForbiddenFields))

    def _prepare_without_gc(
        self, request: GraphQLRequest, caller: Caller, only_queries: bool
    ) -> Prepared | GraphQLResponse | None:
        """`_prepare` without garbage collection: it would stop all threads, and the large syntax tree is in use."""
        gc.disable()
        try:
            return self._prepare(request, caller, only_queries)
        finally:
            gc.enable()

    def _prepare(
        self,
        request: GraphQLRequest,
        caller: Caller,
        only_queries: bool,
        only_known: bool = False,
        stream: StreamFormat | None = None,
    ) -> Prepared | GraphQLResponse | None:
        """Everything that needs no database: parsing, validation and planning. May take a second, so it runs in a
        thread. With a format, a stream is planned.

        With `only_known` only the cache is used; the result is None if the document or its plan is not there.
        """
        text = request.query
        document = self._documents.cached.get(text) if only_known else self.parse(text)
        if document is None:
            return None
        operation = observing.noted(document, document.operation(request.operation_name))
        type_ = operation.node.operation
        if only_queries and type_ is not OperationType.QUERY:
            errors = self._report([with_code(GraphQLError("Send mutations with POST."), "BAD_REQUEST")], operation.name)
            return GraphQLResponse(to_json({"errors": errors}), executed=False, refused_status=405)
        if stream is not None and type_ is not OperationType.QUERY:
            raise with_code(GraphQLError("Only queries can be streamed. Accept application/json."), "BAD_REQUEST")
        if operation.access is None:
            operation.access = self._permissions.of_operation(operation.node, document.fragments)
        operation.access.check(caller.roles)
        if operation.has_constant_response and stream is None:
            response = self._responses.get((document.number, operation.name))
            if response is not None:
                return GraphQLResponse(response)
        given = request.variables or {}
        check_texts(request.unstorable, operation.node, document.fragments)
        if faults := self._filters.faults(document, operation, given):
            raise GraphQLErrors(faults)
        variables = operation.variables(self.schema, given, document.fragments, hides_schema=self._hides_schema)
        planning = Planning(self._plans, document, operation, variables, caller.viewer)
        if stream is not None:
            return Prepared(document, operation, variables, planning, stream=planning.stream(stream))
        if self._default_execution:
            return Prepared(document, operation, variables)
        return with_plans(document, operation, variables, planning, self.schema, only_known=only_known)

    async def _run_planned(self, prepared: Prepared, planned: RootFields, context: Context) -> GraphQLResponse | None:
        """The response if every root field was planned; else None, and default execution uses the planned ones."""
        roots, plans = planned.fields, planned.plans
        try:
            found = await context.run_each(plans, prepared.variables.coerced) if plans else []
        except GraphQLError:
            raise
        except Exception as error:
            return self._failed_response(roots, error, prepared.operation)
        texts = iter(found)
        pieces = [
            (root, next(texts) if root.planned is not None else root.text if root.refused is None else root.refused)
            for root in roots
        ]
        refused = [piece for _, piece in pieces if isinstance(piece, GraphQLError)]
        if refused and len(refused) == len(roots):
            raise GraphQLErrors(refused)
        if planned.are_answered and not refused:
            members = ",".join([f'"{root.key}":{"null" if text is None else text}' for root, text in pieces])
            return GraphQLResponse(f'{{"data":{{{members}}}}}'.encode())
        if all(root.is_answered for root, piece in pieces if not isinstance(piece, GraphQLError)):
            data = {root.key: RawJson(piece) if isinstance(piece, str) else None for root, piece in pieces}
            return response_with_errors(data, self._report(refused, prepared.operation.name))
        context.prepared = {
            root.key: piece if isinstance(piece, GraphQLError) else RawJson(piece or "null")
            for root, piece in pieces
            if isinstance(piece, GraphQLError) or (root.planned is not None and root.is_answered)
        }
        return None

    async def _run_mutation(
        self, prepared: Prepared, fields: Sequence[mutations.MutationField], context: Context
    ) -> GraphQLResponse | None:
        """The response if all mutations were executed and their payloads were planned; else None, and default execution
        continues.
        """
        body = await mutations.run(
            fields, prepared.document, prepared.operation.node, self.schema, prepared.variables, context
        )
        return None if body is None else GraphQLResponse(body, of_mutation=True)

    def _failed_response(self, roots: Sequence[RootField], error: Exception, operation: Operation) -> GraphQLResponse:
        """The response after the statement failed: every field is null, with one error for all."""
        failed = GraphQLError(str(error), [*operation.node.selection_set.selections], original_error=error)
        reported = self._report([failed], operation.name)
        return response_with_errors({root.key: None for root in roots}, reported)

    async def _run_by_default(
        self,
        prepared: Prepared,
        request: GraphQLRequest,
        context: Context,
        threads: Threads | None,
        root: object = None,
    ) -> GraphQLResponse:
        """The response of default execution, with the JSON of planned subtrees inserted. It starts in a thread if
        `threads` is given. `root` is the value of the root field of a subscription.
        """
        begin = partial(
            execute,
            self.schema,
            prepared.document.node,
            root,
            context,
            dict(request.variables or {}),
            request.operation_name,
            executor_class=RawJsonExecutor,
        )
        result = begin() if threads is None else await threads.run(self.database.limits.patience, begin)
        if not isinstance(result, ExecutionResult):
            result = await result
        assert isinstance(result, ExecutionResult)
        name, errors = prepared.operation.name, result.errors or ()
        if faults := unseen_faults(context.faults, errors):
            self._report(faults, name)
        if prepared.operation.node.operation is OperationType.QUERY and (refused := refused_fields(result)):
            raise GraphQLErrors(refused)
        reported = [of_executed(each, context.executed) for each in errors]
        return response_with_errors(result.data, self._report(reported, name) if reported else [])


__all__ = ["Caller", "Engine", "GraphQLErrors", "GraphQLRequest", "GraphQLResponse"]
