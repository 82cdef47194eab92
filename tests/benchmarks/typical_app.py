"""A typical app over the same tables: Strawberry, SQLModel's ORM and dataloaders, as in tutorials. It answers the same
queries.
"""

import datetime as dt
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import strawberry
from sqlalchemy import func
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

from persistence import tables
from persistence.interactions import ENTRY_NOS

Entry = tables.InteractionLogEntry
NEWEST = (col(Entry.date).desc(), col(Entry.time_of_interaction).desc(), col(Entry.entry_no).desc())
sessions: Any = None


@strawberry.type
class Template:
    code: str
    description: str


@strawberry.type
class Salesperson:
    code: str
    name: str


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class LogEntry:
    row: strawberry.Private[Any]
    entry_no: int
    date: dt.date
    description: str
    information_flow: str | None
    initiated_by: str | None
    cost: Decimal
    duration: int
    evaluation: str | None

    @classmethod
    def of(cls, row: Any) -> "LogEntry":
        names = (
            "entry_no",
            "date",
            "description",
            "information_flow",
            "initiated_by",
            "cost",
            "duration",
            "evaluation",
        )
        return cls(row=row, **{name: getattr(row, name) for name in names})

    @strawberry.field
    async def contact(self, info: strawberry.Info) -> "Contact | None":
        row = await info.context["contact"].load(self.row.contact_no)
        return row and Contact.of(row)

    @strawberry.field
    async def template(self, info: strawberry.Info) -> Template | None:
        row = await info.context["template"].load(self.row.template_code)
        return row and Template(code=row.code, description=row.description)

    @strawberry.field
    async def salesperson(self, info: strawberry.Info) -> Salesperson | None:
        row = await info.context["salesperson"].load(self.row.salesperson_code)
        return row and Salesperson(code=row.code, name=row.name)


@strawberry.type
class LogEntries:
    nodes: list[LogEntry]
    page_info: PageInfo


@strawberry.type
class Contact:
    no: str
    name: str
    city: str | None
    email: str | None

    @classmethod
    def of(cls, row: Any) -> "Contact":
        return cls(no=row.no, name=row.name, city=row.city, email=row.email)

    @strawberry.field
    async def interaction_log_entries(self, info: strawberry.Info, first: int) -> LogEntries:
        return _page(await info.context["newest"].load((self.no, first)), first)


@strawberry.type
class Contacts:
    nodes: list[Contact]


@strawberry.input
class CodeFilter:
    eq: str | None = None


@strawberry.input
class ContactFilter:
    salesperson_code: CodeFilter


def _page(rows: Sequence[Any], first: int) -> LogEntries:
    shown = [LogEntry.of(row) for row in rows[:first]]
    return LogEntries(
        nodes=shown,
        page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=str(shown[-1].entry_no) if shown else None),
    )


@strawberry.type
class Query:
    @strawberry.field
    async def interaction_log_entries(self, info: strawberry.Info, first: int) -> LogEntries:
        async with sessions() as session:
            return _page((await session.exec(select(Entry).order_by(*NEWEST).limit(first + 1))).all(), first)

    @strawberry.field
    async def contact(self, info: strawberry.Info, no: str) -> Contact | None:
        row = await info.context["contact"].load(no)
        return row and Contact.of(row)

    @strawberry.field
    async def contacts(self, info: strawberry.Info, first: int, filter: ContactFilter) -> Contacts:
        theirs = col(tables.Contact.salesperson_code) == filter.salesperson_code.eq
        async with sessions() as session:
            rows = await session.exec(
                select(tables.Contact).where(theirs).order_by(col(tables.Contact.no)).limit(first)
            )
            return Contacts(nodes=[Contact.of(row) for row in rows])


@strawberry.input
class InteractionInput:
    contact_no: str
    template_code: str
    salesperson_code: str
    description: str


@strawberry.input
class CreateInteractionInput:
    interaction: InteractionInput


@strawberry.type
class Created:
    interaction_log_entry: LogEntry


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def create_interaction(self, input: CreateInteractionInput) -> Created:
        given, now = input.interaction, dt.datetime.now(dt.UTC).replace(microsecond=0)
        async with sessions() as session:
            contact = (await session.exec(select(tables.Contact).where(tables.Contact.no == given.contact_no))).one()
            template = (
                await session.exec(
                    select(tables.InteractionTemplate).where(tables.InteractionTemplate.code == given.template_code)
                )
            ).one()
            entry = Entry(
                entry_no=await session.scalar(select(ENTRY_NOS.next_value())),
                contact_no=contact.no,
                company_no=contact.company_no,
                date=now.date(),
                time_of_interaction=now.time(),
                description=given.description,
                template_code=template.code,
                group_code=template.group_code,
                salesperson_code=given.salesperson_code,
                information_flow=template.information_flow,
                initiated_by=template.initiated_by,
                cost=template.unit_cost,
                duration=template.unit_duration,
                user_id="bench",
                logged_at=now,
            )
            session.add(entry)
            await session.commit()
            return Created(interaction_log_entry=LogEntry.of(entry))


def _by_key(table: Any, name: str) -> DataLoader[str, Any]:
    async def load(keys: list[str]) -> list[Any]:
        async with sessions() as session:
            rows = (await session.exec(select(table).where(getattr(table, name).in_(keys)))).all()
        found = {getattr(row, name): row for row in rows}
        return [found.get(key) for key in keys]

    return DataLoader(load)


async def _newest(keys: list[tuple[str, int]]) -> list[list[Any]]:
    most = max(first for _, first in keys) + 1
    place = func.row_number().over(partition_by=col(Entry.contact_no), order_by=NEWEST).label("place")
    numbered = select(col(Entry.entry_no), place).where(col(Entry.contact_no).in_([no for no, _ in keys])).subquery()
    chosen = (
        select(Entry)
        .join(numbered, numbered.c.entry_no == Entry.entry_no)
        .where(numbered.c.place <= most)
        .order_by(*NEWEST)
    )
    by_contact: dict[str, list[Any]] = defaultdict(list)
    async with sessions() as session:
        for row in await session.exec(chosen):
            by_contact[row.contact_no].append(row)
    return [by_contact[no] for no, _ in keys]


class App(GraphQL[Any, Any]):
    async def get_context(self, request: Any, response: Any = None) -> Any:
        return {
            "contact": _by_key(tables.Contact, "no"),
            "template": _by_key(tables.InteractionTemplate, "code"),
            "salesperson": _by_key(tables.Salesperson, "code"),
            "newest": DataLoader(_newest),
        }


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    global sessions
    engine = create_async_engine(
        os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://"), pool_size=10
    )
    sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
    yield
    await engine.dispose()


app = Starlette(lifespan=lifespan, routes=[Route("/graphql", App(strawberry.Schema(Query, Mutation)))])
