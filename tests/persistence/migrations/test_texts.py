"""Migration 0008 normalizes all texts of a database of version 0007, even if it is interrupted."""

import asyncio
import unicodedata
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from persistence import versions
from persistence.database import Database
from persistence.migrations import texts_0008
from tests.old_versions import downgrade, skip_if_older_than_citus, upgrade

E_ACUTE = "e\u0301"
NO_ROOM = "\u0958" * 50
"""Composed, each of these letters becomes two: 100 do not fit a city."""

CONTACT = (
    "INSERT INTO contact (no, version, type, name, search_name, company_no, company_name, search_company_name, city, search_city, "
    "phone_no, phone_digits, email, country_code, salesperson_code, job_title, exclude_from_segment, privacy_blocked) VALUES (:no, 1, "
    ":type, :name, 'old', :company_no, :company_name, 'old', :city, 'old', :phone_no, '1', :email, :country_code, :seller, :job_title, "
    "false, false)"
)
BLANK: dict[str, Any] = dict.fromkeys(
    ("company_no", "company_name", "city", "phone_no", "email", "country_code", "seller", "job_title")
)
CONTACTS: list[dict[str, Any]] = [
    {
        "no": "C1",
        "type": "COMPANY",
        "name": "Café Ω",
        "company_no": "C1",
        "company_name": "Cafe\u0301 Ω",
        "email": "x@@y",
    },
    {
        "no": f"CAF{E_ACUTE}".upper(),
        "type": "PERSON",
        "name": f"Jos{E_ACUTE} Γιώργος",
        "company_no": "C1",
        "phone_no": "020 7946 0123",
        "country_code": "GB",
        "email": "JO@Example.org",
        "seller": f"JOS{E_ACUTE}".upper(),
    },
    {
        "no": "ZERO\u200bWIDTH",
        "type": "PERSON",
        "name": "\u200b",
        "phone_no": "(514) 555-0101",
        "job_title": "\u2060",
        "city": NO_ROOM,
    },
    {"no": "ZW\u200b", "type": "PERSON", "name": "👩\u200d👧 \u202eabc", "phone_no": "call me"},
    {"no": "ZW", "type": "PERSON", "name": "STRAẞE", "phone_no": "+44 20 7946 0123"},
    *(
        {"no": f"P{number}", "type": "PERSON", "name": f"Plain {number}", "email": f"P{number}@example.org"}
        for number in range(20)
    ),
]
LATER = (
    "INSERT INTO interaction_log_entry (entry_no, contact_no, salesperson_code, date, time_of_interaction, description, subject, "
    "campaign_target, campaign_response, attempt_failed, cost, duration, canceled, user_id, logged_at) VALUES "
    "(7, :no, :seller, '2026-03-18', '09:00:00', :text, :blank, false, false, false, 0, 0, false, :user, '2026-03-18T10:00:00+00:00')",
    "INSERT INTO interaction_comment (entry_no, line_no, date, comment, user_id) VALUES (7, 1, '2026-03-18', :lines, 'local')",
    "INSERT INTO interaction_comment (entry_no, line_no, date, comment, user_id) VALUES (7, 2, '2026-03-18', :text, 'local')",
    "INSERT INTO change (kind, object_id, version, object_key, at, user_id, action) VALUES "
    "('contact', 900, 1, :no, '2026-03-18T10:00:00+00:00', 'local', 'DELETED')",
    "INSERT INTO change_field (kind, object_id, version, field, old_value) VALUES ('contact', 900, 1, 'name', :text)",
)


@pytest.fixture
def old(new_url: str, loop: asyncio.AbstractEventLoop) -> str:
    """A database of version 0007 with rows."""
    skip_if_older_than_citus(new_url, "0007")
    loop.run_until_complete(_fill(new_url))
    return new_url


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts_0008, "BATCH_SIZE", 4)


async def _fill(url: str) -> None:
    def fill(session: Session) -> None:
        upgrade(session, "0007")
        decomposed = f"caf{E_ACUTE}"
        session.execute(
            text(
                "INSERT INTO salesperson (code, version, name, search_name, blocked) VALUES (:code, 1, :name, 'old', false)"
            ),
            {"code": f"JOS{E_ACUTE}".upper(), "name": f"Jos{E_ACUTE}"},
        )
        for contact in CONTACTS:
            session.execute(text(CONTACT), BLANK | contact)
        values = {
            "no": CONTACTS[1]["no"],
            "seller": CONTACTS[1]["seller"],
            "text": decomposed,
            "blank": "\u200b",
            "lines": f"a\n\tb \r\n{decomposed}",
            "user": f"ren{E_ACUTE}",
        }
        for statement in LATER:
            session.execute(text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("UPDATE interaction_log_entry SET date = 'infinity'"))
            session.execute(text("UPDATE interaction_comment SET date = '-infinity' WHERE line_no = 1"))

    async with Database.at(url) as database:
        await database.writing(fill)


def _all(session: Session, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(text(sql))]


def _check(session: Session) -> None:
    contacts = {
        row[0]: row[1:]
        for row in _all(
            session,
            "SELECT no, name, search_name, company_name, search_company_name, city, job_title, search_phone, search_email, "
            "salesperson_code, email, phone_no FROM contact",
        )
    }
    assert contacts["C1"] == ("Café Ω", "cafe ω", "Café Ω", "cafe ω", None, None, None, "x@@y", None, "x@@y", None)
    assert contacts["CAFÉ"] == (
        "José Γιώργος",
        "jose γιωργοσ",
        None,
        None,
        None,
        None,
        " ＋442079460123 02079460123 2079460123 ",
        "jo@example.org",
        "JOSÉ",
        "JO@Example.org",
        "020 7946 0123",
    )
    assert contacts["ZEROWIDTH"][:7] == ("\u200b", "", None, None, NO_ROOM, None, " ？5145550101 ")
    assert contacts["ZW\u200b"][:2] == ("👩\u200d👧 \u202eabc", "👩👧 abc"), (
        "its number would be that of another contact: it stays"
    )
    assert contacts["ZW\u200b"][6] is None
    assert contacts["ZW"][:2] == ("STRAẞE", "strasse")
    assert (*contacts["P19"][:2], contacts["P19"][7]) == ("Plain 19", "plain 19", "p19@example.org")
    assert _all(session, "SELECT code, name, search_name FROM salesperson") == [("JOSÉ", "José", "jose")]
    assert _all(
        session, "SELECT contact_no, salesperson_code, description, subject, user_id FROM interaction_log_entry"
    ) == [("CAFÉ", "JOSÉ", "café", None, "rené")]
    assert _all(session, "SELECT comment FROM interaction_comment ORDER BY line_no") == [
        ("a\n\tb \r\ncafé",),
        ("café",),
    ]
    assert _all(
        session, "SELECT object_key, old_value FROM change JOIN change_field USING (kind, object_id, version)"
    ) == [("CAFÉ", "café")]
    if session.get_bind().dialect.name == "postgresql":
        assert _all(session, "SELECT date::text FROM interaction_log_entry") == [("9999-12-31",)]
        assert _all(session, "SELECT date::text FROM interaction_comment WHERE line_no = 1") == [("0001-01-01",)]
        assert _all(session, "SELECT carnet_fold('ΣΑΣ ẞ')") == [("σασ ss",)]


def test_texts_in_any_form_are_normalized(old: str, loop: asyncio.AbstractEventLoop) -> None:
    reported: list[tuple[str, int, int]] = []

    async def migrate() -> None:
        async with Database.at(old) as database:
            await versions.migrate(database, progress=lambda *done: reported.append(done))
            await versions.check(database)
            await database.querying(_check)

    loop.run_until_complete(migrate())
    assert [phase for phase, _, _ in reported] == [
        *(table.name for table in texts_0008.TABLES),
        "day_sum",
        "contact_date",
        "search_text",
        "month_sum",
        "week_sum",
        "day_contact_difference",
    ]
    assert all(done == total for _, done, total in reported)


def test_an_interrupted_migration_continues_where_it_stopped(
    old: str, small_batches: None, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = texts_0008._write

    def interrupted(connection: Any, of: Any, rows: Any) -> None:
        write(connection, of, rows)
        written.append(len(rows))
        if len(written) == 3:
            raise KeyboardInterrupt

    def counting(connection: Any, of: Any, rows: Any) -> None:
        write(connection, of, rows)
        written.append(len(rows))

    async def migrate() -> None:
        async with Database.at(old) as database:
            await versions.migrate(database)
            await versions.check(database)
            await database.querying(_check)

    async def read_progress() -> tuple[str | None, Any]:
        async with Database.at(old) as database:
            done = "SELECT count(*) FROM contact WHERE search_email IS NOT NULL OR search_phone IS NOT NULL OR search_name <> 'old'"
            rows = await database.querying(lambda session: session.execute(text(done)).scalar_one())
            return await versions.current(database), rows

    monkeypatch.setattr(texts_0008, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(migrate())
    assert loop.run_until_complete(read_progress()) == ("0007", 8), "two batches are stored, the third was rolled back"

    monkeypatch.setattr(texts_0008, "_write", counting)
    loop.run_until_complete(migrate())
    assert written[3] == 4, "it continues with the third batch"


def test_the_downgrade_restores_the_old_columns(old: str, loop: asyncio.AbstractEventLoop) -> None:
    async def back() -> Any:
        async with Database.at(old) as database:
            await versions.migrate(database)
            await database.writing(lambda session: downgrade(session, "0007"))
            shown = "SELECT phone_digits FROM contact WHERE name = 'STRAẞE'"
            digits = await database.querying(lambda session: session.execute(text(shown)).scalar_one())
            await versions.migrate(database)
            await database.querying(_check)
            return digits

    assert loop.run_until_complete(back()) == "442079460123"


def test_all_stored_texts_are_in_normal_form_c(old: str, loop: asyncio.AbstractEventLoop) -> None:
    async def migrate() -> list[str]:
        async with Database.at(old) as database:
            await versions.migrate(database)

            def texts(session: Session) -> list[str]:
                return [
                    value
                    for table in texts_0008.TABLES
                    for row in _all(session, f"SELECT * FROM {table.name}")
                    for value in row
                    if isinstance(value, str)
                ]

            return await database.querying(texts)

    assert [value for value in loop.run_until_complete(migrate()) if not unicodedata.is_normalized("NFC", value)] == [
        NO_ROOM
    ]
