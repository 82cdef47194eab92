"""From a request to an answer: parse and validate once, plan once, then one statement per root field."""

import asyncio
import datetime as dt
import gc
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    execute,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.values import VariableValues, get_variable_values

from persistence.database import Database
from persistence.lru import LRUCache
from persistence.threads import Threads
from resolvers.visibility import EVERYBODY
from schema.execution import mutations
from schema.execution.context import Caller, Context
from schema.execution.graphql_internals import OneOfInputValidationRule, RawJsonExecutor
from schema.execution.mutation_filters import MutationFilters
from schema.execution.operations import CHANGES, ROOTS, Document, Planning, Plans, Root, Signature
from schema.execution.raw_json import RawJson, to_json
from schema.execution.request_size import LONG_DOCUMENT, are_large, is_long

DOCUMENTS_KEPT, PLANS_KEPT, CONSTANTS_KEPT = 1024, 1024, 32
TOKENS_AT_MOST = 2000
RULES = (*specified_rules, OneOfInputValidationRule)
_NUL = re.compile(r"\\u(0000|\{0+\})")

Check = Callable[[Any], None]
Report = Callable[[Sequence[GraphQLError], str | None], list[dict[str, Any]]]


@dataclass(frozen=True)
class GraphQLRequest:
    """What a client sent."""

    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None


@dataclass(frozen=True)
class Answer:
    """The whole response as JSON. Nothing was executed where the request itself was wrong."""

    body: bytes
    executed: bool = True
    retry_after: int | None = None
    """Seconds after which to come back; nothing was done, because others kept the database busy."""
    refused_status: int | None = None


def _told(errors: Sequence[GraphQLError], operation: str | None) -> list[dict[str, Any]]:
    return [dict(error.formatted) for error in errors]


def _clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Engine:
    """Answers requests over one database.

    `check` bounds what a document may ask for, before it is validated; `report` turns errors into what clients see;
    `plain` takes the ordinary road for everything.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        database: Database,
        *,
        check: Check = lambda _: None,
        report: Report = _told,
        clock: Callable[[], dt.datetime] = _clock,
        introspection: bool = True,
        plain: bool = False,
    ) -> None:
        self.schema, self.database = schema, database
        self._check, self._report, self._clock = check, report, clock
        self._plain = plain
        self._filters = MutationFilters(schema)
        self._rules = RULES if introspection else (*RULES, NoSchemaIntrospectionCustomRule)
        self._suggests = introspection
        self._for_small, self._for_large = Threads(1, "carnet-plan"), Threads(1, "carnet-plan-large")
        self.documents: LRUCache[str, Document] = LRUCache(DOCUMENTS_KEPT)
        self.plans: Plans = LRUCache(PLANS_KEPT)
        self.constants: LRUCache[tuple[int, str | None], bytes] = LRUCache(CONSTANTS_KEPT)
        """Answers about the schema, by document and operation."""

    async def answer(self, request: GraphQLRequest, caller: Caller, *, only_queries: bool = False) -> Answer:
        """The answer to a request, errors included."""
        name, large = request.operation_name, are_large(request.variables)
        threads = self._for_large if large or is_long(request.query) else self._for_small
        begin_in: Threads | None = threads
        try:
            prepared = None if large else self._prepare(request, only_queries, only_known=True)
            if prepared is None:
                prepare = self._prepare if threads is self._for_small else self._prepare_without_gc
                prepared = await threads.run(self.database.limits.patience, prepare, request, only_queries)
                assert prepared is not None
            else:
                begin_in = None
            if isinstance(prepared, Answer):
                return prepared
            context = Context(
                self.database, caller, self._clock(), prepared.planning, threads, large or prepared.document.large
            )
            answer = None
            if prepared.roots is not None:
                answer = await self._planned(prepared.roots, prepared.variables, context)
            elif prepared.changes is not None:
                answer = await self._changed(prepared, prepared.changes, context)
            if answer is not None:
                return answer
        except GraphQLErrors as several:
            return Answer(to_json({"errors": self._report(several.errors, name)}), executed=False)
        except GraphQLError as error:
            return Answer(to_json({"errors": self._report([error], name)}), executed=False)
        answer = await self._executed(prepared.document, request, context, begin_in)
        if _is_about_the_schema(prepared.operation):
            self.constants.put((prepared.document.number, name), answer.body)
        return answer

    def _prepare_without_gc(self, request: GraphQLRequest, only_queries: bool) -> "Prepared | Answer | None":
        """The same with garbage collection off: it would stop all threads, and the large syntax tree is still in
        use.
        """
        gc.disable()
        try:
            return self._prepare(request, only_queries)
        finally:
            gc.enable()

    def _prepare(
        self, request: GraphQLRequest, only_queries: bool, only_known: bool = False
    ) -> "Prepared | Answer | None":
        """Everything that needs no database: parsing, validation and planning. May take a second, so it runs in a
        thread.

        With `only_known` only caches are used; the result is None if the document or its plan is not cached.
        """
        name, text = request.operation_name, request.query
        document = self.documents.get(text) if only_known else self.parse(text)
        if document is None:
            return None
        operation = _chosen(document, name)
        if only_queries and operation.operation is not OperationType.QUERY:
            error = _coded(GraphQLError("Send mutations with POST."), "BAD_REQUEST")
            return Answer(to_json({"errors": self._report([error], name)}), executed=False, refused_status=405)
        constant = self.constants.get((document.number, name))
        if constant is not None:
            return Answer(constant)
        if faults := self._filters.faults(document, operation, request.variables or {}):
            raise GraphQLErrors(faults)
        variables = self._variables(document, operation, request.variables or {})
        if self._plain:
            return Prepared(document, operation, variables)
        planning = Planning(self.schema, self.database.dialect, document, operation, variables, EVERYBODY, self.plans)
        if operation.operation is OperationType.QUERY:
            if only_known and not planning.keeps(ROOTS):
                return None
            return Prepared(document, operation, variables, planning, roots=planning.roots())
        if operation.operation is OperationType.MUTATION:
            if only_known and not planning.keeps(CHANGES):
                return None
            changes = planning.changes(lambda planning: mutations.changes(planning, self.schema))
            mutations.check(changes, variables)
            return Prepared(document, operation, variables, planning, changes=changes)
        return Prepared(document, operation, variables, planning)

    def parse(self, text: str) -> Document:
        """The document, checked and validated; raises GraphQLErrors."""
        known = self.documents.get(text)
        if known is not None:
            return known
        try:
            node = parse(text, max_tokens=TOKENS_AT_MOST)
        except GraphQLError as error:
            raise GraphQLErrors([_coded(error, "GRAPHQL_PARSE_FAILED")]) from None
        if _NUL.search(text):
            raise GraphQLErrors([_coded(GraphQLError("Text must not contain the NUL character."), "BAD_USER_INPUT")])
        self._check(node)
        errors = validate(
            self.schema,
            node,
            self._rules,
            max_errors=20,
            hide_suggestions=not self._suggests or len(text) > LONG_DOCUMENT,
        )
        document = Document.of(node, large=is_long(text))
        if errors:
            errors = self._filters.with_paths(errors, document)
            raise GraphQLErrors([_coded(error, "GRAPHQL_VALIDATION_FAILED") for error in errors])
        return self.documents.put(text, document)

    def _variables(
        self, document: Document, operation: OperationDefinitionNode, given: Mapping[str, Any]
    ) -> VariableValues:
        if not operation.variable_definitions:
            return VariableValues({}, {})
        name = operation.name.value if operation.name else None
        known = document.signatures.get(name)
        values = known.values(given) if known else None
        if values is not None:
            return values
        coerced = get_variable_values(self.schema, operation.variable_definitions, dict(given), max_errors=20)
        if isinstance(coerced, VariableValues):
            if known is None:
                document.signatures[name] = Signature.of(operation, coerced)
            return coerced
        raise GraphQLErrors([_coded(error, "BAD_USER_INPUT") for error in coerced])

    async def _planned(self, roots: Sequence[Root], variables: VariableValues, context: Context) -> Answer | None:
        """The answer if every root field was planned; else what was planned is put ready for the ordinary road."""
        plans = [root.planned for root in roots if root.planned is not None]
        try:
            texts = iter(await context.run(plans, variables.coerced)) if plans else iter(())
        except GraphQLError:
            raise
        except Exception as error:
            return self._failed(roots, error)
        pieces = [(root, next(texts) if root.planned is not None else root.text) for root in roots]
        if all(root.is_answered for root in roots):
            members = ",".join(f'"{root.key}":{"null" if text is None else text}' for root, text in pieces)
            return Answer(f'{{"data":{{{members}}}}}'.encode())
        context.prepared = {
            root.key: RawJson(text or "null") for root, text in pieces if root.planned is not None and root.is_answered
        }
        return None

    async def _changed(
        self, prepared: "Prepared", changes: Sequence[mutations.MutationField], context: Context
    ) -> Answer | None:
        """The answer if the changes were done and their payloads are finished; else the ordinary road goes on."""
        body = await mutations.run(
            changes, prepared.document, prepared.operation, self.schema, prepared.variables, context
        )
        return None if body is None else Answer(body)

    def _failed(self, roots: Sequence[Root], error: Exception) -> Answer:
        """The database did not answer: every field is null, one error says so."""
        data = {root.key: None for root in roots}
        reported = self._report([GraphQLError(str(error), original_error=error)], None)
        return _answer(data, reported)

    async def _executed(
        self, document: Document, request: GraphQLRequest, context: Context, threads: Threads | None
    ) -> Answer:
        """The default execution, with finished subtrees spliced in. It starts in a thread if `threads` is given."""
        begin = partial(
            execute,
            self.schema,
            document.node,
            None,
            context,
            dict(request.variables or {}),
            request.operation_name,
            executor_class=RawJsonExecutor,
        )
        result: Any = begin() if threads is None else await threads.run(self.database.limits.patience, begin)
        if asyncio.iscoroutine(result) or asyncio.isfuture(result):
            result = await result
        self._report_faults(context.faults, result.errors or (), request.operation_name)
        return _answer(result.data, self._report(result.errors, request.operation_name) if result.errors else [])

    def _report_faults(
        self, faults: Mapping[str, Exception], errors: Sequence[GraphQLError], operation: str | None
    ) -> None:
        """Log the exceptions of payloads that failed first and were then made by the default execution.

        Those that failed again are already in `errors`.
        """
        again = {(error.path[0], type(error.original_error)) for error in errors if error.path}
        unseen = [error for key, error in faults.items() if (key, type(error)) not in again]
        if unseen:
            self._report([GraphQLError(str(error), original_error=error) for error in unseen], operation)


def _answer(data: dict[str, Any] | None, errors: list[dict[str, Any]]) -> Answer:
    """Where nothing was done and somebody had to wait too long, it is said when to come back, and there is no data."""
    if not errors:
        return Answer(to_json({"data": data}))
    waits = [
        error["extensions"]["retryAfterSeconds"]
        for error in errors
        if "retryAfterSeconds" in error.get("extensions", {})
    ]
    if waits and all(value is None for value in (data or {}).values()):
        return Answer(to_json({"data": None, "errors": errors}), retry_after=max(waits))
    return Answer(to_json({"data": data, "errors": errors}))


@dataclass(frozen=True)
class Prepared:
    """A parsed and validated request with the plans of a query or of a mutation."""

    document: Document
    operation: OperationDefinitionNode
    variables: VariableValues
    planning: Planning | None = None
    roots: Sequence[Root] | None = None
    changes: Sequence[mutations.MutationField] | None = None


class GraphQLErrors(Exception):
    """Several things wrong with a request at once."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__(str(errors))
        self.errors = errors


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


def _chosen(document: Document, name: str | None) -> OperationDefinitionNode:
    """The operation to run: the one named, or the only one."""
    if name is not None:
        if name in document.operations:
            return document.operations[name]
        raise _coded(GraphQLError(f"There is no operation {name!r} in the document."), "BAD_REQUEST")
    if len(document.operations) == 1:
        return next(iter(document.operations.values()))
    raise _coded(
        GraphQLError("The document has several operations. Say in operationName which one to run."), "BAD_REQUEST"
    )


def _is_about_the_schema(operation: OperationDefinitionNode) -> bool:
    """Whether the answer is always the same: nothing but introspection, without variables."""
    return not operation.variable_definitions and all(
        isinstance(node, FieldNode) and node.name.value.startswith("__") for node in operation.selection_set.selections
    )


__all__ = ["Answer", "Caller", "Engine", "GraphQLErrors", "GraphQLRequest"]
