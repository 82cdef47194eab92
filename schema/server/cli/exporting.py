"""`carnet export`: writes all rows of a list to a file."""

import datetime as dt
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from persistence import versions
from persistence.concurrency.threads import Threads
from persistence.database import Database
from resolvers.progress import Progress
from schema.compiler.streams import StreamFormat
from schema.execution.exports import EXPORTS, ExportedKind
from schema.execution.graphql_internals import graphql_schema
from schema.execution.reads import Caller, Reads
from schema.execution.streams import COMMA, SEMICOLON, Stream
from schema.root import schema as graph
from schema.server.cli import running
from schema.server.cli.output import fail, print_message
from schema.server.cli.texts import messages

SUFFIXES = (".csv", ".ndjson")

Kind = Annotated[ExportedKind, typer.Argument(help="What to export.")]
File = Annotated[
    Path, typer.Argument(help="The file to write, as CSV or NDJSON: its name ends in .csv or .ndjson.", dir_okay=False)
]
Excel = Annotated[
    bool,
    typer.Option(
        "--excel",
        help="Write CSV for spreadsheets: with semicolons, and an apostrophe before texts that look like formulas.",
    ),
]


def export(kind: Kind, file: File, excel: Excel = False) -> None:
    """Write all rows of a list to a file. All but segment lines and logged segments can be imported again."""
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        fail(messages.EXPORT_FORMAT_UNKNOWN())
    if excel and suffix != ".csv":
        fail(messages.EXCEL_IS_CSV())
    unfinished = file.with_name(f".{file.name}.part")
    format = StreamFormat(csv=suffix == ".csv", guard=excel)

    async def write(output: BinaryIO) -> int:
        async with running.database() as database:
            await versions.check(database)
            with running.progress_bars() as progress:
                return await _write(database, kind, format, output, progress, excel=excel)

    try:
        with (
            running.report_interruption(lambda: messages.NOT_EXPORTED(file=file.name)),
            unfinished.open("wb") as output,
        ):
            rows = running.run(write(output))
        unfinished.replace(file)
    except (OSError, NotWritten) as error:
        fail(messages.EXPORT_NOT_WRITABLE(file=file, reason=getattr(error, "strerror", error)))
    finally:
        unfinished.unlink(missing_ok=True)
    print_message(messages.EXPORTED(rows=messages.ROWS(rows), file=file.name))


class NotWritten(Exception):
    """The file cannot be written any further."""


async def _write(
    database: Database, kind: ExportedKind, format: StreamFormat, output: BinaryIO, progress: Progress, *, excel: bool
) -> int:
    """Write all lists of a kind from one state of the database. Returns the number of rows."""
    schema, lists = graphql_schema(graph), EXPORTS[kind]
    reads = Reads(database, Caller(), dt.datetime.now(dt.UTC), None, Threads(1, "carnet-export"), False)
    async with database.streaming() as snapshot:
        totals = []
        for each in lists:
            count = each.count(schema, database)
            totals.append(int(await snapshot.value((count.sql, ())) or 0))
        written = 0

        async def keep(chunk: bytes) -> None:
            nonlocal written
            try:
                output.write(chunk)
            except OSError as error:  # would be taken for one of the database
                raise NotWritten(error.strerror) from error
            written += chunk.count(b"\n")
            progress("rows written", min(written, sum(totals)), sum(totals))

        for place, each in enumerate(lists):
            plan = each.plan(schema, database, format)
            (parameters,) = await reads.parameters([plan.rows], {})
            delimiter = SEMICOLON if excel else COMMA
            stream = Stream(plan, reads, {}, parameters, delimiter, marked=excel, is_continued=place > 0, has_end=False)
            await stream.write_from(snapshot, keep)
        return sum(totals)
