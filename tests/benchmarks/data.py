"""Data for benchmarks in the tables of Carnet: 100,000 contacts, a million entries, segments of 1,000 to 1,000,000
lines.

The database generates the rows from a series of numbers, the same on SQLite and PostgreSQL. PostGraphile reads the same
tables.

    python -m tests.benchmarks.data sqlite:///bench.db --contacts 100000 --entries 1000000 --segments 1000,100000
"""

import argparse
import asyncio
import time

from sqlalchemy import text
from sqlmodel import Session

from persistence.database import Database
from persistence.versions import migrate
from resolvers.statistics.refreshing import refresh_some, refresh_some_contacts

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
    " SELECT n + 1, c.no, c.company_no, {day}, {clock}, 'Note no. ' || n, t.code, t.group_code, 'SP' || {salesperson}, c.salesperson_code,"
    " CASE WHEN n % 3 = 0 THEN 'CP' || {campaign} END, {no}, {no},"
    " CASE n % 3 WHEN 1 THEN 'OUTBOUND' WHEN 2 THEN 'INBOUND' END,"
    " CASE n % 3 WHEN 1 THEN 'US' WHEN 2 THEN 'THEM' END,"
    " CASE n % 6 WHEN 1 THEN 'POSITIVE' WHEN 2 THEN 'NEUTRAL' WHEN 3 THEN 'NEGATIVE' END, n % 31 = 0, (n * 7919 % 20000) {cents},"
    " n * 104729 % 120, n % 97 = 0, 'bench', {moment}"
    " FROM {numbers:entries} JOIN contact c ON c.no = 'CT' || {random_contact}"
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
    " JOIN interaction_template t ON t.code = 'TPL0' || (n % 7) ORDER BY n",
)


class Dialect:
    """The SQL in which the two databases differ."""

    def __init__(self, sqlite: bool, sizes: dict[str, int]) -> None:
        self.sqlite, self.sizes = sqlite, sizes

    def padded(self, number: str, width: int) -> str:
        return f"printf('%0{width}d', {number})" if self.sqlite else f"lpad(({number})::text, {width}, '0')"

    def numbers(self, count: int) -> str:
        if self.sqlite:
            return f"(SELECT value AS n FROM generate_series(0, {count - 1}))"
        return f"generate_series(0::bigint, {count - 1}) AS numbers(n)"

    def fill(self, statement: str, **more: object) -> str:
        contacts = self.sizes["contacts"]
        words = {
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
            "day": "date('2023-01-01', '+' || (n * 1095 / {e}) || ' days')"
            if self.sqlite
            else "date '2023-01-01' + (n::bigint * 1095 / {e})::int",
            "clock": "time(28800 + n % 36000, 'unixepoch')"
            if self.sqlite
            else "time '08:00' + (n % 36000) * interval '1 second'",
            "today": "'2026-01-15'" if self.sqlite else "date '2026-01-15'",
            "moment": "'2026-01-15T10:00:00+00:00'" if self.sqlite else "timestamptz '2026-01-15T10:00:00Z'",
        }
        for name, word in {**words, **{key: str(value) for key, value in more.items()}}.items():
            statement = statement.replace("{" + name + "}", word.replace("{e}", str(self.sizes["entries"])))
        for name, count in {
            **self.sizes,
            **{key: value for key, value in more.items() if isinstance(value, int)},
        }.items():
            statement = statement.replace("{numbers:" + name + "}", self.numbers(int(count)))
        for count in (8, 50, 100, 200):
            statement = statement.replace("{numbers:" + str(count) + "}", self.numbers(count))
        return statement


def series_without_extension(statement: str) -> str:
    """A series of numbers as a recursive query, because SQLite in Python has no generate_series."""
    import re

    return re.sub(
        r"\(SELECT value AS n FROM generate_series\(0, (\d+)\)\)",
        r"(WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r WHERE n < \1) SELECT n FROM r)",
        statement,
    )


async def fill(url: str, *, contacts: int, entries: int, segments: list[int]) -> None:
    """Create the tables and insert all rows. The database must be empty."""
    dialect = Dialect(url.startswith("sqlite:"), {"contacts": contacts, "entries": entries})
    statements = [dialect.fill(statement) for statement in (*MASTER, *CONTACTS, *ENTRIES)]
    for lines in segments:
        statements += [dialect.fill(statement, lines=lines) for statement in SEGMENT]
    if dialect.sqlite:
        statements = [series_without_extension(statement) for statement in statements]
        statements.append(f"UPDATE interaction_entry_counter SET last_no = {entries}")
    else:
        statements.append(f"SELECT setval('interaction_entry_no', {entries})")

    def run(session: Session) -> None:
        for statement in statements:
            session.execute(text(statement.replace(":", "\\:")))

    async with Database.at(url) as database:
        await migrate(database)
        await database.writing(run)
        for refresh in (refresh_some, refresh_some_contacts):
            while await database.writing(refresh):
                pass
    await analyze(url)


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
    options = parser.parse_args()
    began = time.monotonic()
    sizes = [int(size) for size in options.segments.split(",") if size]
    asyncio.run(fill(options.url, contacts=options.contacts, entries=options.entries, segments=sizes))
    print(f"{time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
