"""If a new version of SQLAlchemy changes internals that Carnet uses, these tests fail with a plain message."""

import asyncio
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy
from sqlalchemy import Column, Integer, MetaData, Table, Unicode, bindparam, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import create_async_engine

from persistence import sqlalchemy_internals as internals
from persistence.columns import Money
from persistence.dialects.sql_writer import SqlWriter
from persistence.sql.conditions import Repeated
from persistence.sql.constructs import Compilation, Construct

ROWS = Table(
    "rows",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Unicode(10)),
    Column("cost", Money),
    Column("version", Integer, default=1),
)
POSTGRESQL = create_async_engine("postgresql+asyncpg://").sync_engine
CHEAP = select(ROWS.c.id).where(ROWS.c.name == "Anna", ROWS.c.cost < Decimal("2.50"))


@contextmanager
def expecting(internal: str) -> Iterator[None]:
    """Fails with a sentence if the internal of SQLAlchemy does not work as Carnet needs it."""
    try:
        yield
    except (AssertionError, AttributeError, KeyError, TypeError) as error:
        pytest.fail(
            f"SQLAlchemy {sqlalchemy.__version__} has changed {internal}. Adapt persistence/sqlalchemy_internals.py. "
            f"({error!r})"
        )


def test_a_statement_that_was_compiled_ahead_is_not_compiled_when_it_is_executed() -> None:
    compiled: dict[object, object] = {}
    engine = sqlalchemy.create_engine("sqlite://", execution_options={"compiled_cache": compiled})
    with engine.connect() as connection:
        ROWS.create(connection)
        compiled.clear()
        named = select(ROWS.c.id).where(ROWS.c.name == bindparam("name"), ROWS.c.id == bindparam("id"))
        with expecting("ClauseElement._compile_w_cache"):
            internals.compile_ahead(connection, named, ["name", "id"])
            assert len(compiled) == 1
            connection.execute(named, {"name": "Anna", "id": 1})
            assert len(compiled) == 1


@pytest.mark.parametrize(
    ("dialect", "condition", "sent"),
    [
        (sqlite.dialect(), "rows.name = ? AND rows.cost < ?", 250),
        (POSTGRESQL.dialect, "rows.name = $1::VARCHAR AND rows.cost < $2::NUMERIC(18, 2)", Decimal("2.50")),
    ],
)
def test_a_compiled_statement_has_its_parameters_in_order(dialect: Dialect, condition: str, sent: object) -> None:
    with expecting("Compiled.string, .binds, .positiontup or ._bind_processors"):
        compiled = internals.compile_sql(CHEAP, dialect)
        name, cost = compiled.parameters

        assert compiled.text.endswith(condition)
        assert (name.constant, cost.constant) == ("Anna", Decimal("2.50"))
        assert (cost.process(Decimal("2.50")) if cost.process else cost.constant) == sent


def test_a_compiled_insert_has_the_defaults_of_its_columns() -> None:
    with expecting("Compiled.insert_prefetch"):
        compiled = internals.compile_sql(insert(ROWS), sqlite.dialect(), ["name"])

        assert [parameter.name for parameter in compiled.parameters] == ["name", "version"]
        assert compiled.parameters[1].constant == 1


class Remembers(Construct[int]):
    """A construct that remembers the SELECT around it."""

    type = Integer()
    found: object = None

    def sql(self, writer: SqlWriter, compiled: Compilation) -> str:
        type(self).found = internals.select_around(compiled._compiler)
        return "1"


def test_a_construct_finds_the_select_around_it() -> None:
    statement = select(Remembers()).select_from(ROWS)

    with expecting("SQLCompiler.current_executable"):
        statement.compile(dialect=sqlite.dialect())

        assert Remembers.found is statement


def test_a_construct_that_reads_its_rows_again_is_refused_with_group_by() -> None:
    with expecting("Select._group_by_clauses"), pytest.raises(ValueError, match="GROUP BY"):
        select(Remembers()).select_from(ROWS).group_by(ROWS.c.name).compile(dialect=sqlite.dialect())


def test_a_repeated_value_is_compiled_once() -> None:
    repeated = Repeated(ROWS.c.cost + 1)

    with expecting("SQLCompiler.__dict__"):
        compiled = internals.compile_sql(select(repeated, repeated), sqlite.dialect())

        assert len(compiled.parameters) == 2, "the parameter stands twice in the text"
        assert len({parameter.name for parameter in compiled.parameters}) == 1, "it is one parameter"


def test_a_plain_function_can_await_in_a_greenlet(loop: asyncio.AbstractEventLoop) -> None:
    async def later(value: int) -> int:
        await asyncio.sleep(0)
        return value

    def plain(value: int) -> int:
        return internals.await_in_greenlet(later(value)) + 1

    with expecting("sqlalchemy.util.greenlet_spawn or .await_only"):
        assert loop.run_until_complete(internals.run_in_greenlet(plain, 6)) == 7


def test_an_error_of_the_driver_is_translated() -> None:
    with expecting("AsyncAdapt_asyncpg_dbapi._asyncpg_error_translate"):
        internals.translate_driver_error(POSTGRESQL, asyncpg.InternalClientError)

        driver = POSTGRESQL.dialect.loaded_dbapi
        assert driver._asyncpg_error_translate[asyncpg.InternalClientError] is driver.InterfaceError


@pytest.mark.parametrize("package", ["sqlalchemy", "strawberry-graphql", "graphql-core"])
def test_packages_whose_internals_are_used_have_a_highest_version(package: str) -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]

    (limits,) = [each for each in project["dependencies"] if re.split(r"[\[<>=]", each)[0] == package]
    assert re.search(r",<\d+\.\d+$", limits)
