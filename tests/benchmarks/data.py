"""Data for benchmarks in the tables of Carnet: 100,000 contacts, a million entries, segments of 1,000 to 1,000,000
lines.

The database generates the rows from a series of numbers, the same on SQLite and PostgreSQL. PostGraphile reads the same
tables.

    python -m tests.benchmarks.data sqlite:///bench.db --contacts 100000 --entries 1000000 --segments 1000,100000

`--mailings 0.3` makes 30 % of the entries mailings: logged segments of 1,000 to 100,000 interactions on one day. Some of
the others are responses to their campaigns.
"""

import argparse
import asyncio
import re
import time
from collections.abc import Iterator

from sqlalchemy import text
from sqlmodel import Session

from persistence.database import Database
from persistence.versions import migrate
from resolvers.statistics.refreshing import refresh_some, refresh_some_contacts
from tests.benchmarks.mailings import DAYS, MAILING, Mailing, mailings

SALESPEOPLE, CAMPAIGNS, TEMPLATES = 100, 200, 50

MASTER = (
    "INSERT INTO salesperson (code, version, name, search_name, email, blocked)"
    " SELECT 'SP' || {p3}, 1, 'Salesperson ' || n, 'salesperson ' || n, 'sp' || n || '@example.com', {no} FROM {numbers:100}",
    "INSERT INTO campaign (no, version, description, blocked) SELECT 'CP' || {p4}, 1, 'Campaign ' || n, {no} FROM {numbers:200}",
    "INSERT INTO interaction_group (code, version, description) SELECT 'GRP' || n, 1, 'Group ' || n FROM {numbers:8}",
    "INSERT INTO interaction_template (code, version, description, group_code, unit_cost, unit_duration, campaign_target,"
    " campaign_response, blocked, ignore_contact_correspondence_type)"
    " SELECT 'TPL' || {p2}, 1, 'Template ' || n, 'GRP' || (n % 8), (5 + n * 3 % 40) {money}, 5 + n * 7 % 60, {no}, {no}, {no}, {no}"
    " FROM {numbers:50}",
)
CONTACTS = (
    "INSERT INTO contact (no, version, type, name, search_name, company_no, company_name, search_company_name, city, search_city,"
    " phone_no, search_phone, email, search_email, language_code, salesperson_code, exclude_from_segment, privacy_blocked)"
    " SELECT 'CT' || {p6}, 1, CASE WHEN n % 5 = 0 THEN 'COMPANY' ELSE 'PERSON' END, 'Contact Name ' || n, 'contact name ' || n,"
    " 'CT' || {company}, 'Contact Name ' || (n - n % 5), 'contact name ' || (n - n % 5), 'City ' || (n % 300), 'city ' || (n % 300),"
    " '+45 ' || (10000000 + n), ' ＋45' || (10000000 + n) || ' ' || (10000000 + n) || ' ', 'ct' || n || '@example.com', 'ct' || n || '@example.com',"
    " CASE n % 3 WHEN 0 THEN 'DAN' WHEN 1 THEN 'ENU' ELSE 'DEU' END, 'SP' || {salesperson}, {no}, {no}"
    " FROM {numbers:contacts} ORDER BY n % 5 <> 0, n",
)
ENTRIES = (
    "INSERT INTO interaction_log_entry (entry_no, contact_no, company_no, date, time_of_interaction, description, template_code,"
    " group_code, salesperson_code, contact_salesperson_code, campaign_no, campaign_target, campaign_response, information_flow,"
    " initiated_by, evaluation,"
    " attempt_failed, cost, duration, canceled, user_id, logged_at)"
    " SELECT {before} + n + 1, c.no, c.company_no, {day}, {clock}, 'Note no. ' || CAST(n AS varchar), t.code, t.group_code, 'SP' || {salesperson}, c.salesperson_code,"
    " CASE WHEN n % 3 = 0 THEN 'CP' || {campaign} END, {no}, {response},"
    " CASE n % 3 WHEN 1 THEN 'OUTBOUND' WHEN 2 THEN 'INBOUND' END,"
    " CASE n % 3 WHEN 1 THEN 'US' WHEN 2 THEN 'THEM' END,"
    " CASE n % 6 WHEN 1 THEN 'POSITIVE' WHEN 2 THEN 'NEUTRAL' WHEN 3 THEN 'NEGATIVE' END, n % 31 = 0, (n * 7919 % 20000) {cents},"
    " n * 104729 % 120, n % 97 = 0, 'bench', {moment}"
    " FROM {numbers:first:count} JOIN contact c ON c.no = 'CT' || {random_contact}"
    " JOIN interaction_template t ON t.code = 'TPL' || {random_template} ORDER BY n",
)
SEGMENT = (
    "INSERT INTO segment (no, version, description, date, salesperson_code, campaign_no, template_code, group_code, unit_cost,"
    " unit_duration, campaign_target, campaign_response, ignore_contact_correspondence_type, last_line_no)"
    " SELECT 'SM{lines}', 1, 'Segment of {lines} lines', {today}, 'SP000', 'CP0000', t.code, t.group_code, t.unit_cost,"
    " t.unit_duration, {no}, {no}, {no}, {lines} FROM interaction_template t WHERE t.code = 'TPL00'",
    "INSERT INTO segment_line (segment_id, line_no, customized, contact_no, company_no, template_code, group_code, description, date,"
    " salesperson_code, campaign_no, cost, duration, campaign_target, campaign_response, attempt_failed)"
    " SELECT s.id, n + 1, 0, c.no, c.company_no, t.code, t.group_code, t.description, s.date, c.salesperson_code, s.campaign_no,"
    " t.unit_cost, t.unit_duration, {no}, {no}, {no} FROM {numbers:lines}"
    " JOIN segment s ON s.no = 'SM{lines}' JOIN contact c ON c.no = 'CT' || {line_contact}"
    " JOIN interaction_template t ON t.code = 'TPL0' || CAST(n % 7 AS varchar) ORDER BY n",
)


WITHOUT_CHECKS = (
    "SELECT set_config('session_replication_role', 'replica', true) WHERE current_setting('is_superuser') = 'on'"
)
"""Lets PostgreSQL insert the rows without the triggers that check foreign keys and mark days."""

AT_ONCE = 1_000_000
"""The largest number of entries that one statement inserts. A larger log gets its indexes after its entries, which is
faster; their pages are fuller than those of a log that has grown.
"""


class Dialect:
    """The SQL in which the two databases differ."""

    def __init__(self, sqlite: bool, sizes: dict[str, int], *, responses: bool = False) -> None:
        self.sqlite, self.sizes, self.responses = sqlite, sizes, responses

    def padded(self, number: str, width: int) -> str:
        return f"printf('%0{width}d', {number})" if self.sqlite else f"lpad(({number})::text, {width}, '0')"

    def numbers(self, first: int, count: int) -> str:
        """The numbers from `first`; SQLite in Python has no generate_series."""
        last = first + count - 1
        if self.sqlite:
            series = f"SELECT {first} UNION ALL SELECT n + 1 FROM r WHERE n < {last}"
            return f"(WITH RECURSIVE r(n) AS ({series}) SELECT n FROM r)"
        return f"generate_series({first}::bigint, {last}) AS numbers(n)"

    def day(self, number: str) -> str:
        """The day of the log with this number."""
        if self.sqlite:
            return f"date('2023-01-01', '+' || ({number}) || ' days')"
        return f"date '2023-01-01' + ({number})::int"

    def fill(self, statement: str, **more: object) -> str:
        """The statement with the words of the dialect, and with `more` words, of which integers are sizes, too."""
        contacts = self.sizes["contacts"]
        words = {
            "yes": "1" if self.sqlite else "true",
            "no": "0" if self.sqlite else "false",
            "money": "* 100" if self.sqlite else "",
            "cents": "" if self.sqlite else "/ 100.0",
            "p2": self.padded("n", 2),
            "p3": self.padded("n", 3),
            "p4": self.padded("n", 4),
            "p6": self.padded("n", 6),
            "company": self.padded("n - n % 5", 6),
            "salesperson": self.padded(f"n % {SALESPEOPLE}", 3),
            "campaign": self.padded(f"n % {CAMPAIGNS}", 4),
            "random_contact": self.padded(f"(n * 48271 + n / 7) % {contacts}", 6),
            "random_template": self.padded(f"(n * 31 + n / 50) % {TEMPLATES}", 2),
            "line_contact": self.padded(f"n * 7 % {contacts}", 6),
            "day": self.day(f"n * {DAYS} / {self.sizes['entries']}"),
            "clock": "time(28800 + n % 36000, 'unixepoch')"
            if self.sqlite
            else "time '08:00' + (n % 36000) * interval '1 second'",
            "response": "n % 15 = 0" if self.responses else ("0" if self.sqlite else "false"),
            "today": "'2026-01-15'" if self.sqlite else "date '2026-01-15'",
            "moment": "'2026-01-15T10:00:00+00:00'" if self.sqlite else "timestamptz '2026-01-15T10:00:00Z'",
        }
        for name, word in {**words, **{key: str(value) for key, value in more.items()}}.items():
            statement = statement.replace("{" + name + "}", word)

        def numbers(series: re.Match[str]) -> str:
            known = {**self.sizes, **more}
            *first, count = (int(str(known.get(size, size))) for size in series[1].split(":"))
            return self.numbers(first[0] if first else 0, count)

        return re.sub(r"\{numbers:([a-z0-9:]+)\}", numbers, statement)

    def entries(self, first: int, end: int, before: int) -> list[str]:
        """The statements that insert entries `first` to `end`, of which no mailing is, after `before` of mailings."""
        starts = range(first, end, AT_ONCE)
        return [
            self.fill(each, first=start, count=min(AT_ONCE, end - start), before=before)
            for start in starts
            for each in ENTRIES
        ]

    def mailing(self, mailing: Mailing, before: int) -> list[str]:
        """The statements that insert a mailing after `before` entries."""
        contacts, number = self.sizes["contacts"], mailing.number
        words = {
            "date": self.day(str(mailing.day)),
            "campaign": self.padded(str(number % CAMPAIGNS), 4),
            "template": self.padded(str(number % TEMPLATES), 2),
            "mailed_contact": self.padded(f"(n * 7 + {number * 7919}) % {contacts}", 6),
            "at": "'10:15:00'" if self.sqlite else "time '10:15'",
        }
        return [self.fill(each, number=number, lines=mailing.lines, before=before, **words) for each in MAILING]

    def log(self, mailed: list[Mailing]) -> Iterator[str]:
        """The statements that insert all entries in the order of their days, so that those of a day are together."""
        first = before = 0
        for each in mailed:
            end = each.day * self.sizes["entries"] // DAYS
            yield from self.entries(first, end, before)
            yield from self.mailing(each, end + before)
            first, before = end, before + each.lines
        yield from self.entries(first, self.sizes["entries"], before)


async def fill(url: str, *, contacts: int, entries: int, segments: list[int], share: float = 0) -> None:
    """Create the tables and insert all rows; a `share` of the entries are mailings. The database must be empty."""
    mailed = mailings(entries, share, contacts)
    others = entries - sum(each.lines for each in mailed)
    dialect = Dialect(url.startswith("sqlite:"), {"contacts": contacts, "entries": others}, responses=bool(mailed))
    statements = [dialect.fill(statement) for statement in (*MASTER, *CONTACTS)]
    log = list(dialect.log(mailed))
    ends = [dialect.fill(statement, lines=lines) for lines in segments for statement in SEGMENT]
    if dialect.sqlite:
        ends.append(f"UPDATE interaction_entry_counter SET last_no = {entries}")
    else:
        statements.append(WITHOUT_CHECKS)
        ends += ["INSERT INTO dirty_day SELECT DISTINCT date FROM interaction_log_entry"]
        ends += [f"SELECT setval('interaction_entry_no', {entries})"]
        if mailed:
            ends += [
                f"SELECT setval(pg_get_serial_sequence('{table}', 'entry_no'), {len(mailed)})"
                for table in ("logged_segment", "campaign_entry")
            ]

    def run(session: Session) -> None:
        for statement in statements:
            session.execute(text(statement.replace(":", "\\:")))
        dropped = _drop_indexes(session) if entries > AT_ONCE else []
        for number, statement in enumerate(log):
            session.execute(text(statement.replace(":", "\\:")))
            if len(log) > LONG:
                print(f"\r{number + 1} of {len(log)} statements", end="", flush=True)
        for statement in (*dropped, *ends):
            session.execute(text(statement.replace(":", "\\:")))

    async with Database.at(url) as database:
        await migrate(database)
        await database.writing(run)
        for refresh in (refresh_some, refresh_some_contacts):
            while await database.writing(refresh):
                pass
    await analyze(url)


LONG = 10
"""If the log needs more statements than this, progress is printed."""


def _drop_indexes(session: Session) -> list[str]:
    """Drop the indexes of entries, and return the statements that create them."""
    table = "interaction_log_entry"
    if session.connection().dialect.name == "sqlite":
        found = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = '{table}' AND sql IS NOT NULL"
    else:
        found = f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename = '{table}' AND indexname NOT LIKE 'pk%'"
    indexes = session.execute(text(found)).all()
    for name, _ in indexes:
        session.execute(text(f"DROP INDEX {name}"))
    return [definition for _, definition in indexes]


async def analyze(url: str) -> None:
    """Statistics for the query planner, as a database in use has them."""
    if url.startswith("sqlite:"):
        async with Database.at(url) as database:
            await database.writing(lambda session: session.execute(text("ANALYZE")))
        return
    import asyncpg

    connection = await asyncpg.connect(url)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--segments", default="1000,100000")
    parser.add_argument("--mailings", type=float, default=0, help="the share of the entries that mailings have")
    options = parser.parse_args()
    began = time.monotonic()
    sizes = [int(size) for size in options.segments.split(",") if size]
    sizes_of_log = {"contacts": options.contacts, "entries": options.entries, "share": options.mailings}
    asyncio.run(fill(options.url, **sizes_of_log, segments=sizes))
    print(f"{time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
