"""Preview of logging a segment, line by line."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from resolvers.roles import READS
from resolvers.segments import rules
from resolvers.segments.logging.line_status import reason_refusal
from schema.access import query
from schema.compiler import cursors
from schema.compiler.cursors import Cursor, cursor_of
from schema.compiler.declarations import entity_of
from schema.compiler.fields import PAGING
from schema.compiler.paging import PageArguments
from schema.connections import connection_of
from schema.enums import LineStatus, LineWarningCode, OnBlocked
from schema.execution.context import Context, Info
from schema.execution.graphql_internals import resolve_info
from schema.inputs import or_none
from schema.line_warnings import LineWarning
from schema.payload_fields import outcome_field
from schema.payloads import UserError
from schema.scalars import BigInt
from schema.segments.types import SegmentLine

CURSOR = cursors.tag("LineVerdict", ["default"])
decode_cursor = cursors.number_decoder(CURSOR)


class LineWarningLoader:
    """The warnings of some lines of a segment, read together when the first is requested."""

    def __init__(self, context: Context, segment_id: int, line_nos: Sequence[int]) -> None:
        self._read = partial(context.read, rules.warnings_of_lines, segment_id, line_nos)
        self._warnings: asyncio.Future[Any] | None = None

    async def load(self, line_no: int) -> Sequence[Any]:
        """The warnings of one line."""
        if self._warnings is None:
            self._warnings = asyncio.ensure_future(self._read())
        return (await self._warnings).get(line_no, ())


@strawberry.type(description="What logSegment would do with a line, and why.")
class LineVerdict:
    segment_id: strawberry.Private[int]
    checked: strawberry.Private[rules.CheckedLine]
    loader: strawberry.Private[LineWarningLoader]

    @strawberry.field(description="The line of the segment.")
    async def line(self, info: Info) -> SegmentLine:
        read = info.context.read_object_batched
        return await read(
            resolve_info(info), entity_of("segments.SegmentLine"), [self.segment_id], self.checked.line_no
        )

    @strawberry.field(description="Whether the line would be logged, skipped or blocked.")
    def status(self) -> LineStatus:
        return LineStatus(self.checked.status)

    @strawberry.field(description="All reasons why the line cannot be logged. Empty unless it is blocked.")
    def reasons(self) -> list[UserError]:
        return [UserError(refusal=reason_refusal(code, about)) for code, about in self.checked.reasons]

    @strawberry.field(
        description=(
            "What to check before the line is logged. A warning does not change the status unless leaveOut lists it. "
            "Empty if the line has no contact."
        )
    )
    async def warnings(self) -> list[LineWarning]:
        return [LineWarning(warning=warning) for warning in await self.loader.load(self.checked.line_no)]


def verdicts_of(context: Context, segment_id: int, lines: Sequence[rules.CheckedLine]) -> list[LineVerdict]:
    """The payload objects of checked lines of one segment."""
    loader = LineWarningLoader(context, segment_id, [line.line_no for line in lines])
    return [LineVerdict(segment_id=segment_id, checked=line, loader=loader) for line in lines]


LineVerdictConnection, LineVerdictEdge = connection_of("segments.previews.LineVerdict")

StatusArgument = Annotated[LineStatus | None, strawberry.argument(description="Only lines with this status.")]
FirstArgument = Annotated[int | None, strawberry.argument(description=PAGING[0].description)]
AfterArgument = Annotated[str | None, strawberry.argument(description=PAGING[1].description)]
LastArgument = Annotated[int | None, strawberry.argument(description=PAGING[2].description)]
BeforeArgument = Annotated[str | None, strawberry.argument(description=PAGING[3].description)]


@strawberry.type(description="What logSegment would do now. The preview changes nothing.")
class LogSegmentPreview:
    values: strawberry.Private[rules.Preview]

    ready: int = outcome_field("Number of lines that would become interactions.")
    skipped: int = outcome_field(
        "Number of lines that would be skipped, because they have no contact or a warning listed in leaveOut."
    )
    blocked: int = outcome_field("Number of lines that cannot be logged.")
    cost: Decimal = outcome_field("Total cost of the ready lines, in company currency.")
    duration: BigInt = outcome_field("Total duration of the ready lines, in minutes.")
    no_of_campaign_entries: int = outcome_field(
        "Number of campaign entries that would be created: one for each campaign of the ready lines."
    )
    plan_token: str = outcome_field(
        "Pass it to logSegment with the same arguments to have logging refused with PLAN_STALE if the outcome would "
        "differ from this preview."
    )

    @strawberry.field(description="Number of lines with a warning, whatever their status.")
    async def warned(self, info: Info) -> int:
        preview = self.values
        if preview.segment_id is None:
            return 0
        return int(await info.context.read(rules.count_lines_with_warnings, preview.segment_id))

    @strawberry.field(description="All lines with their status, by number.")
    async def verdicts(
        self,
        info: Info,
        status: StatusArgument = UNSET,
        first: FirstArgument = UNSET,
        after: AfterArgument = UNSET,
        last: LastArgument = UNSET,
        before: BeforeArgument = UNSET,
    ) -> LineVerdictConnection:  # type: ignore[valid-type]  # built at run time
        preview = self.values
        after_line, before_line = cursor_of("after", or_none(after)), cursor_of("before", or_none(before))
        paging = PageArguments(or_none(first), or_none(last), after_line, before_line)
        status = or_none(status)
        total = sum(getattr(preview, each.name.lower()) for each in LineStatus if status in (None, each))
        if preview.segment_id is None or not total:
            return _page([], 0, behind=False, before=False)
        found = await info.context.read(
            rules.lines_page,
            preview.segment_id,
            paging.known_size,
            status=status,
            after=_line_no(after_line),
            before=_line_no(before_line),
            backward=paging.backward,
            leave_out=preview.leave_out,
        )
        behind, ahead = (found.has_earlier, found.has_more) if paging.backward else (found.has_more, found.has_earlier)
        nodes = verdicts_of(info.context, preview.segment_id, found.lines)
        return _page(nodes, total, behind=behind, before=ahead)

    @strawberry.field(
        description="Reasons why logSegment would log nothing, such as a missing description of the segment. Empty if "
        "there are none."
    )
    def user_errors(self) -> list[UserError]:
        return [UserError(refusal=refusal) for refusal in self.values.refusals]


def _line_no(cursor: Cursor | None) -> int | None:
    return None if cursor is None else decode_cursor(*cursor)


def _page(nodes: Sequence[LineVerdict], total: int, *, behind: bool, before: bool) -> Any:
    edges = [{"cursor": cursors.encode(CURSOR, node.checked.line_no), "node": node} for node in nodes]
    return {
        "edges": edges,
        "nodes": nodes,
        "total_count": total,
        "page_info": {
            "has_next_page": behind,
            "has_previous_page": before,
            "start_cursor": edges[0]["cursor"] if edges else None,
            "end_cursor": edges[-1]["cursor"] if edges else None,
        },
    }


SegmentNoArgument = Annotated[str, strawberry.argument(description="The number of the segment.")]
CreateFollowUpArgument = Annotated[
    bool, strawberry.argument(description="Whether a follow-up segment would be created.")
]
OnBlockedArgument = Annotated[
    OnBlocked, strawberry.argument(description="What would be done if some lines cannot be logged.")
]

LeaveOutArgument = Annotated[
    list[LineWarningCode] | None, strawberry.argument(description="Lines with one of these warnings would be skipped.")
]


@strawberry.type
class SegmentPreviewQueries:
    """The field of Query that shows what logging would do."""

    @query(
        "What logSegment would do with these arguments, line by line. Null if no segment ever had the number. For "
        "a segment that has been logged, userErrors contains LOGGED_SEGMENT_EXISTS and there are no lines.",
        access=READS,
    )
    async def log_segment_preview(
        self,
        info: Info,
        segment_no: SegmentNoArgument,
        create_follow_up: CreateFollowUpArgument = False,
        on_blocked: OnBlockedArgument = OnBlocked.FAIL,
        leave_out: LeaveOutArgument = UNSET,
    ) -> LogSegmentPreview | None:
        preview = await info.context.read(
            rules.preview,
            segment_no,
            create_follow_up=create_follow_up,
            on_blocked=on_blocked,
            leave_out=or_none(leave_out) or (),
        )
        return None if preview is None else LogSegmentPreview(values=preview)
