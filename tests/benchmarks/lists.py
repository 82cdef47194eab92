"""Compares lists over ten million interactions with those over a million: time, and buffers on PostgreSQL.

    python -m tests.benchmarks.lists postgresql://…/million postgresql://…/ten_million    # exit status 1: a goal is missed

Both databases were written by `tests.benchmarks.data`. No list may take 10 s; those that an index or stored dates serve
may not read more buffers when the log grows (decision 0022).
"""

from collections.abc import Iterator

from persistence.database import Database
from persistence.versions import migrate
from tests.benchmarks.command_line import compare_sizes
from tests.benchmarks.growth import LONGEST_MS, MOST_GROWTH, Measured, Measuring

SERVED, READS_ROWS = True, False
BY_LAST = "orderBy: [{field: DATE_OF_LAST_INTERACTION, direction: %s}]"
CONTACTS = "nodes { no name dateOfLastInteraction } pageInfo { hasNextPage endCursor }"
ENTRIES = "nodes { entryNo date description } pageInfo { hasNextPage endCursor }"
OUTBOUND = 'date: {gte: "2025-10-01"}, informationFlow: {eq: OUTBOUND}'


def contacts(arguments: str, selected: str = CONTACTS) -> str:
    """The document of a page of contacts."""
    return f"{{ contacts(first: 50, {arguments}) {{ {selected} }} }}"


def entries(arguments: str, *, total: bool = False) -> str:
    """The document of a page of interactions."""
    return f"{{ interactionLogEntries(first: 50, {arguments}) {{ {'totalCount ' * total}{ENTRIES} }} }}"


def questions() -> Iterator[tuple[str, str, bool]]:
    """The names of lists, their documents, and whether they may not grow with the log."""
    for direction in ("DESC", "ASC"):
        yield f"contacts by last interaction {direction}", contacts(BY_LAST % direction), SERVED
    silent = f"filter: {{interactions: {{count: {{eq: 0}}, where: {{{OUTBOUND}}}}}}}"
    yield "contacts without outbound", contacts(silent), READS_ROWS  # all contacts if none is silent
    yield "contacts without outbound, total", contacts(silent, "totalCount"), SERVED
    before = 'filter: {dateOfLastInteraction: {lt: "2025-10-01"}}'
    yield "contacts last seen before, total", contacts(before, "totalCount"), SERVED
    attempted = "filter: {lastDateAttempted: {last: {count: 90, unit: DAY}}}"
    yield "contacts attempted, total", contacts(attempted, "totalCount"), SERVED
    for name, filter_ in (
        ("without any interaction", "interactions: {count: {eq: 0}}"),
        ("never seen", "dateOfLastInteraction: {isNull: true}"),
        ("with 5 interactions", "interactions: {count: {gte: 5}}"),
        ("evaluated", "interactions: {count: {gte: 1}, where: {evaluation: {eq: NEGATIVE}}}"),
    ):
        yield f"contacts {name}, total", contacts(f"filter: {{{filter_}}}", "totalCount"), READS_ROWS
    yield "entries of a salesperson", entries('filter: {salespersonCode: {eq: "SP001"}}'), SERVED
    yield "entries of a campaign", entries('filter: {campaignNo: {eq: "CP0007"}}'), SERVED
    yield "entries of a template", entries('filter: {templateCode: {eq: "TPL07"}}'), SERVED
    for name, filter_ in (
        ("description contains, none", 'description: {contains: "zzz"}'),
        ("description contains, one", 'description: {contains: "no. 77777"}'),
        ("description starts with", 'description: {startsWith: "zzz"}'),
        ("subject contains", 'subject: {contains: "zzz"}'),
        ("user", 'userId: {eq: "nobody"}'),
        ("template starts with", 'templateCode: {startsWith: "TPL4"}'),
        ("segment starts with", 'segmentNo: {startsWith: "ZZ"}'),
        ("group, none", 'groupCode: {eq: "NONE"}'),
        ("evaluation, none", "evaluation: {eq: VERY_NEGATIVE}"),
        ("cost", 'cost: {gt: "199.98"}'),
        ("duration", "duration: {gt: 1000}"),
        ("campaign contains", 'campaignNo: {contains: "zz"}'),
        ("contact starts with", 'contactNo: {startsWith: "CT00077"}'),
        ("logged segments", "loggedSegmentEntryNo: {in: [3, 4, 5]}"),
        ("canceled", "canceled: true"),
        ("not canceled", "canceled: false"),
        ("a city", 'contact: {city: {eq: "City 7"}}'),
    ):
        yield f"entries: {name}", entries(f"filter: {{{filter_}}}"), READS_ROWS
        yield f"entries: {name}, total", entries(f"filter: {{{filter_}}}", total=True), READS_ROWS
    yield "all entries, total", entries("filter: {}", total=True), READS_ROWS
    for field in ("TEMPLATE_CODE", "SALESPERSON_CODE", "CAMPAIGN_NO", "CONTACT_NAME", "COST", "DURATION"):
        yield f"entries by {field}", entries(f"orderBy: [{{field: {field}, direction: DESC}}]"), READS_ROWS


def missed(small: Measured, large: Measured, *, served: bool) -> str:
    """The goals that a list misses."""
    late = f"more than {LONGEST_MS:,} ms" if large.ms > LONGEST_MS else ""
    grows = served and large.buffers > MOST_GROWTH * small.buffers
    return " ".join(filter(None, (late, f"more than {MOST_GROWTH} × the buffers" if grows else "")))


async def compare(small: str, large: str, *, rounds: int, only: str) -> bool:
    """Print the measurements of each list, and return whether all goals are reached."""
    reached = True
    async with Database.at(small) as first, Database.at(large) as second:
        for database in (first, second):
            await migrate(database)
        measuring = [Measuring(database, rounds) for database in (first, second)]
        print(f"{'':40}      ms     × 10    buffers       × 10")
        for name, document, served in questions():
            if only not in name:
                continue
            try:
                of_small, of_large = [await each.measure(document) for each in measuring]
            except (ValueError, TimeoutError) as error:
                reached = False
                print(f"{name:40} FAILED: {error}", flush=True)
                continue
            wrong = missed(of_small, of_large, served=served)
            reached = reached and not wrong
            print(
                f"{name:40}{of_small.ms:8.0f} {of_large.ms:8.0f} {of_small.buffers:10,} {of_large.buffers:10,} {wrong}",
                flush=True,
            )
    return reached


if __name__ == "__main__":
    compare_sizes(compare, __doc__, "lists")
