"""The JSON that the databases build has every value as it is stored: compared with plain rows of Python."""

import asyncio
import datetime as dt
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, Float, Integer, Unicode, case, delete, insert, literal, literal_column, null, select, true

from persistence import tables
from persistence.columns import Money, Table, table_of, time_of_day
from persistence.database import Database
from persistence.enums import Evaluation, InformationFlow, InitiatedBy, Role
from persistence.sql.json import AsJson, JoinedObjects, JsonArray, JsonList, JsonObject, JsonWords, json_text
from persistence.sql_types import SqlExpression
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema
from tests.conftest import NOW

KINDS = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
SPECIAL = [
    *map(chr, range(1, 32)),
    '"',
    "\\",
    "/",
    "'",
    "\x7f",
    "\x85",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\U0001f600",
    "é",
    "$1",
    "%s",
    ":x",
]
"""Characters that JSON escapes or that need care in SQL. No database stores U+0000 or half of a surrogate pair."""
EVERY_CHARACTER = "".join(SPECIAL)
EXTREMES = ["", " ", "null", '"}', "\\u0041", "\\", '\\"', "😀" * 20, *SPECIAL]
CALLERS = [Caller(), Caller(language="FR", language_tag="fr-ca")]
OWN = Caller(salesperson_code='S"1', roles=frozenset({Role.SALESPERSON}))

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


@pytest.fixture(scope="module")
def databases(empty_copy: Callable[[str], str], loop: asyncio.AbstractEventLoop) -> Iterator[dict[str, Database]]:
    opened = {kind: Database.at(empty_copy(kind)) for kind in ("sqlite", "postgresql")}
    yield {kind: loop.run_until_complete(each.__aenter__()) for kind, each in opened.items()}
    for each in opened.values():
        loop.run_until_complete(each.__aexit__(None, None, None))


def found(database: Database, loop: asyncio.AbstractEventLoop, json_: SqlExpression, *sources: Any) -> Any:
    """The JSON that an expression builds, read as JSON."""
    query = select(json_).select_from(*sources)
    return json.loads(str(loop.run_until_complete(database.querying(lambda session: session.execute(query).scalar()))))


@KINDS
def test_values_of_each_type_become_json(
    kind: str, databases: dict[str, Database], loop: asyncio.AbstractEventLoop
) -> None:
    values: list[tuple[SqlExpression, object]] = [
        (literal(EVERY_CHARACTER, Unicode()), EVERY_CHARACTER),
        (literal("", Unicode()), ""),
        (literal(None, Unicode()), None),
        (literal_column(str(2**31 - 1), Integer()), 2**31 - 1),
        (literal_column(str(-(2**53) - 1), Integer()), -(2**53) - 1),
        (literal(None, Integer()), None),
        (literal(0.1, Float()), 0.1),
        (literal(-1.5e-7, Float()), -1.5e-7),
        (literal(Decimal("9999999999999999.99"), Money()), "9999999999999999.99"),
        (literal(Decimal("0.05"), Money()), "0.05"),
        (literal(Decimal(0), Money()), "0.00"),
        (literal(dt.date(1, 2, 3), Date()), "0001-02-03"),
        (literal(dt.date(9999, 12, 31), Date()), "9999-12-31"),
        (literal(None, Date()), None),
        (null(), None),
        (literal(dt.time(0, 5, 59), time_of_day()), "00:05:59"),
        (true(), True),
        (literal(1, Integer()) > literal(2, Integer()), False),
        (json_text('{"a": [null]}'), {"a": [None]}),
        (case((literal(1, Integer()) > literal(2, Integer()), JsonObject([]))), None),
        (AsJson(literal('{"é": "\\u0001\\""}', Unicode())), {"é": '\x01"'}),
        (AsJson(literal(None, Unicode())), None),
        (JsonWords([("one", true()), ("two", literal(1, Integer()) > literal(2, Integer()))]), ["one"]),
        (JsonList([]), []),
        (JsonList([literal(None, Integer()), literal('"', Unicode())]), [None, '"']),
        (JsonObject([]), {}),
        (
            JoinedObjects([JsonObject([("x", literal("}", Unicode()))]), JsonObject([("y", true())])]),
            {"x": "}", "y": True},
        ),
    ]
    for expression, expected in values:
        got = found(databases[kind], loop, JsonObject([("value", expression), ("next", literal(1, Integer()))]))
        assert got == {"value": expected, "next": 1}
        assert type(got["value"]) is type(expected), expected
    members = [(f"m{number}", expression) for number, (expression, _) in enumerate(values * 20)]
    assert list(found(databases[kind], loop, JsonObject(members)).values()) == [expected for _, expected in values] * 20
    none = select(literal_column("1").label("x")).where(literal(1, Integer()) > literal(2, Integer())).subquery()
    assert found(databases[kind], loop, JsonArray(none.c.x, [none.c.x]), none) == []


NODE = """entryNo date timeOfInteraction description subject contactVia informationFlow initiatedBy evaluation cost duration
attemptFailed canceled userId loggedAt contact { no name email } template { code description }
salesperson { code name } comments { comment }"""
PAGES = ["first: 1", "first: 7", "last: 1", "last: 7", "first: 100", "last: 100"]
INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(given_=st.lists(texts, min_size=20, max_size=20))
@KINDS
def test_lists_nested_lists_and_cards_show_the_stored_rows(
    kind: str, databases: dict[str, Database], loop: asyncio.AbstractEventLoop, given_: list[str]
) -> None:
    database = databases[kind]
    rows, entries = stored_rows([*EXTREMES, *given_])
    loop.run_until_complete(database.writing(lambda session: write_rows(session, rows)))
    engine = Engine(schema._schema, database)

    def ask(document: str, caller: Caller) -> Any:
        body = json.loads(loop.run_until_complete(engine.answer(GraphQLRequest(document), caller)).body)
        assert "errors" not in body, body
        return body["data"]

    newest = sorted(entries, key=lambda entry: -entry["entryNo"])
    for caller, arguments in itertools.product([*CALLERS, OWN], PAGES):
        own = [entry for entry in newest if caller is not OWN or entry["salesperson"]["code"] == OWN.salesperson_code]
        side, _, size = arguments.partition(": ")
        page = own[: int(size)] if side == "first" else own[-int(size) :]
        answer = ask(
            f"{{ plain: interactionLogEntries({arguments}) {{ nodes {{ {NODE} }} }} "
            f"log: interactionLogEntries({arguments}) {{ edges {{ cursor node {{ {NODE} }} }} {INFO} }} }}",
            caller,
        )
        cursors = [edge["cursor"] for edge in answer["log"]["edges"]]
        assert answer["plain"]["nodes"] == [edge["node"] for edge in answer["log"]["edges"]] == page, arguments
        assert answer["log"]["pageInfo"] == {
            "hasNextPage": side == "first" and len(own) > int(size),
            "hasPreviousPage": side == "last" and len(own) > int(size),
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        }
        if caller is OWN:
            continue
        for contact in {entry["contact"]["no"]: entry["contact"] for entry in page}.values():
            its = [entry for entry in newest if entry["contact"]["no"] == contact["no"]]
            inside = f"no name email log: interactionLogEntries({arguments}) {{ nodes {{ {NODE} }} {INFO} }}"
            card = ask(f"{{ contact(no: {json.dumps(contact['no'])}) {{ {inside} }} }}", caller)["contact"]
            assert (card["no"], card["name"], card["email"]) == (contact["no"], contact["name"], contact["email"])
            assert card["log"]["nodes"] == (its[: int(size)] if side == "first" else its[-int(size) :])
    assert ask(
        f'{{ contact(no: "NONE") {{ no interactionLogEntries {{ nodes {{ entryNo }} {INFO} }} }} }}', CALLERS[0]
    ) == {
        "contact": {
            "no": "NONE",
            "interactionLogEntries": {
                "nodes": [],
                "pageInfo": dict.fromkeys(("hasNextPage", "hasPreviousPage"), False)
                | dict.fromkeys(("startCursor", "endCursor")),
            },
        }
    }


def stored_rows(texts: Sequence[str]) -> tuple[list[tuple[type[Table], dict[str, Any]]], list[dict[str, Any]]]:
    """Rows with these texts in all places, and the entries as responses show them."""
    rows: list[tuple[type[Table], dict[str, Any]]] = []
    shown: list[dict[str, Any]] = []
    codes = ['S"1', "S\\2", "S'{}"]
    for code in codes:
        rows.append(
            (tables.Salesperson, {"code": code, "version": 1, "name": code, "search_name": code, "blocked": False})
        )
    rows.append((tables.InteractionGroup, {"code": "G", "version": 1, "description": "G"}))
    template = {"group_code": "G", "unit_cost": Decimal(0), "unit_duration": 0, "version": 1}
    flags = dict.fromkeys(
        ("campaign_target", "campaign_response", "blocked", "ignore_contact_correspondence_type"), False
    )
    rows.append((tables.InteractionTemplate, {"code": 'T"\\', "description": EVERY_CHARACTER, **template, **flags}))
    contacts = [contact_row(f'C"\\{place}', text or None) for place, text in enumerate(texts[::9])]
    rows += [(tables.Contact, row) for row in [*contacts, contact_row("NONE", None)]]
    for place, text in enumerate(texts):
        contact, code = contacts[place % len(contacts)], codes[place % 3]
        entry = {
            "entry_no": place + 1,
            "date": dt.date(2026, 1, 1),
            "time_of_interaction": dt.time(10, 0, 1),
            "description": text,
            "subject": text if place % 2 else None,
            "contact_via": None if place % 2 else text,
            "information_flow": [*InformationFlow, None][place % 3],
            "initiated_by": [*InitiatedBy, None][place % 3],
            "evaluation": [*Evaluation, None][place % 6],
            "cost": Decimal(place * 37) / 100,
            "duration": place,
            "attempt_failed": place % 2 == 0,
            "canceled": place % 3 == 0,
            "user_id": text,
            "logged_at": NOW,
        }
        hidden = {"contact_no": contact["no"], "template_code": 'T"\\', "salesperson_code": code, "group_code": "G"}
        more = {"contact_salesperson_code": None, "campaign_target": False, "campaign_response": False}
        rows.append((tables.InteractionLogEntry, {**entry, **hidden, **more}))
        shown.append(
            {
                "entryNo": place + 1,
                "date": "2026-01-01",
                "timeOfInteraction": "10:00:01",
                "description": text,
                "subject": entry["subject"],
                "contactVia": entry["contact_via"],
                "informationFlow": entry["information_flow"],
                "initiatedBy": entry["initiated_by"],
                "evaluation": entry["evaluation"],
                "cost": f"{entry['cost']:.2f}",
                "duration": place,
                "attemptFailed": entry["attempt_failed"],
                "canceled": entry["canceled"],
                "userId": text,
                "loggedAt": NOW.isoformat(),
                "contact": {"no": contact["no"], "name": contact["name"], "email": contact["email"]},
                "template": {"code": 'T"\\', "description": EVERY_CHARACTER},
                "salesperson": {"code": code, "name": code},
                "comments": [],
            }
        )
    return rows, shown


def contact_row(no: str, text: str | None) -> dict[str, Any]:
    """A contact with this text as its name and address."""
    named = {"name": text or "-", "search_name": "x", "email": text}
    return {"no": no, "version": 1, "type": "PERSON", "exclude_from_segment": False, "privacy_blocked": False, **named}


def write_rows(session: Any, rows: Sequence[tuple[type[Table], dict[str, Any]]]) -> None:
    """Replace all rows of these tables."""
    for model in reversed(dict.fromkeys(model for model, _ in rows)):
        session.execute(delete(table_of(model)))
    for model, row in rows:
        session.execute(insert(table_of(model)).values(row))
