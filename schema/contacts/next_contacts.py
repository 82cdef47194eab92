"""Whom to contact next: the contacts that are due, with reasons and a draft to start from."""

import datetime as dt

import strawberry

from persistence.precomputed.due_contacts import DueContact
from resolvers.contacts import next_contacts
from resolvers.interactions import rules as interactions
from resolvers.roles import READS_OWN
from schema.compiler import cursors
from schema.compiler.computed_lists import ComputedList
from schema.compiler.declarations import ExpressionField, MessageField, ObjectsOfRow, ToOne, entity_of
from schema.compiler.entity_types import computed_entity
from schema.compiler.fields import computed_list, lazy_type
from schema.compiler.paging import DEFAULT_SIZE, checked_size
from schema.compiler.values import GraphQLValues
from schema.connections import PageInfo
from schema.enums import NextReasonCode
from schema.execution.context import Context, Info
from schema.execution.graphql_internals import argument, resolve_info
from schema.interactions.drafts import InteractionDraft
from schema.payloads import LanguageArgument

CURSOR = cursors.tag("NextContact", ["due_on", "no"])
decode = cursors.day_and_text_decoder(CURSOR)


@strawberry.type(description="A reason why a contact is due.")
class NextReason:
    reason: strawberry.Private[next_contacts.NextReason]

    @strawberry.field(description="The kind of reason.")
    def code(self) -> NextReasonCode:
        return self.reason.code

    @strawberry.field(description="The reason with its date, to show to users.")
    def message(self, info: Info, language: LanguageArgument = None) -> str:
        chosen = info.context.caller.language if language is None else language.value
        return self.reason.message.french if chosen == "FR" else self.reason.message.english


@strawberry.type(description="A contact that is due, with all its reasons.")
class NextContact:
    due: strawberry.Private[next_contacts.NextContact]

    @strawberry.field(description="The contact.")
    async def contact(self, info: Info) -> lazy_type("contacts.Contact"):  # type: ignore[valid-type]  # built at run time
        read = info.context.read_object_batched
        return await read(resolve_info(info), entity_of("contacts.Contact"), [], self.due.contact_no, ("no",))

    @strawberry.field(description="Why the contact is due, at least one reason; each kind at most once.")
    def reasons(self) -> list[NextReason]:
        return [NextReason(reason=reason) for reason in self.due.reasons]

    @strawberry.field(description="The day since which the contact has been due: the earliest of the reasons.")
    def due_on(self) -> dt.date:
        return self.due.due_on

    @strawberry.field(
        description="The postponed interaction with the contact that is due, the earliest if there are several. Null "
        "if there is none."
    )
    async def postponed_interaction(self, info: Info) -> lazy_type("interactions.PostponedInteraction") | None:  # type: ignore[valid-type]  # built at run time
        entry_no, entity = self.due.postponed_entry_no, entity_of("interactions.PostponedInteraction")
        if entry_no is None:
            return None
        return await info.context.read_object_batched(resolve_info(info), entity, [], entry_no)

    @strawberry.field(
        description="An interaction to start from: the one of `postponedInteraction`, resumed, or else a new one with "
        "the contact. Null if the user may not log it."
    )
    async def draft(self, info: Info) -> InteractionDraft | None:
        found = await info.context.read(
            interactions.draft_of_due_contact, self.due.contact_no, self.due.postponed_entry_no
        )
        return None if found is None else InteractionDraft(values=found[0], line_warnings=found[1])


@strawberry.type(description="A contact that is due, and its position in the list.")
class NextContactEdge:
    node: NextContact = strawberry.field(description="The contact that is due, with the reasons.")
    cursor: str = strawberry.field(description="Pass it as `after` to continue after this contact.")


@strawberry.type(description="A page of the contacts that are due.")
class NextContactConnection:
    wanted: strawberry.Private[next_contacts.Wanted]
    edges: list[NextContactEdge] = strawberry.field(description="The contacts with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page starts and ends.")

    @strawberry.field(description="The contacts, without their cursors.")
    def nodes(self) -> list[NextContact]:
        return [edge.node for edge in self.edges]

    @strawberry.field(description="The number of all contacts that are due, on all pages.")
    async def total_count(self, info: Info) -> int:
        return await info.context.read(next_contacts.count, self.wanted)


async def _read(context: Context, arguments: GraphQLValues) -> NextContactConnection:
    """A page in default execution."""
    size, start = arguments.get("first"), arguments.get("after") or None
    size = checked_size(DEFAULT_SIZE if size is None else size, "first")
    cursor = None if start is None else decode(start)
    page = await context.read(next_contacts.read, arguments.get("salespersonCode"), arguments.get("on"), cursor, size)
    edges = [
        NextContactEdge(
            node=NextContact(due=due), cursor=cursors.encode(CURSOR, due.due_on.isoformat(), due.contact_no)
        )
        for due in page.contacts
    ]
    page_info = PageInfo(
        has_next_page=page.has_more,
        has_previous_page=start is not None,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return NextContactConnection(wanted=page.wanted, edges=edges, page_info=page_info)


def _message(values: GraphQLValues, language: str) -> str:
    """The sentence of a reason, from its JSON."""
    due, date = (None if day is None else dt.date.fromisoformat(day) for day in (values["due"], values["date"]))
    assert due is not None
    message = next_contacts.NextReason(NextReasonCode(values["code"]), due, date, values["days"]).message
    return message.french if language == "FR" else message.english


computed_entity(
    "NextReason",
    DueContact,
    {
        "code": ExpressionField(lambda reason, _: reason.c["code"]),
        "message": MessageField(_message, ("code", "due", "date", "days")),
    },
)
computed_entity(
    "NextContact",
    DueContact,
    {
        "contact": ToOne("contacts.Contact", "contact_no", "no"),
        "reasons": ObjectsOfRow("contacts.next_contacts.NextReason", next_contacts.reasons),
        "dueOn": ExpressionField(lambda due, _: due.c["due_on"], column="due_on"),
        "postponedInteraction": ToOne("interactions.PostponedInteraction", "postponed_entry_no", "entry_no"),
    },
)

LIST = ComputedList(
    "contacts.next_contacts.NextContact",
    lambda *_: [[]],
    rows=lambda sql, given: next_contacts.listed(sql, given.get("salespersonCode"), given.get("on")),
    columns_of_order={"due_on": "due_on", "contact_no": "no"},
    read=_read,
)


@strawberry.type
class NextContactQueries:
    """The field of Query that lists whom to contact next."""

    next_contacts = computed_list(
        LIST,
        "contacts.next_contacts.NextContactConnection",
        "Whom to contact next: the contacts that are due on a day, those that have been due longest first, then by "
        "number. Each is listed once, with all its reasons. Canceled interactions do not count, and contacts that are "
        "blocked for privacy are left out. A contact leaves the list as soon as no reason is left.",
        argument(
            "salesperson_code",
            str | None,
            "The code of the salesperson whose contacts and postponed interactions are listed. Default: the user's own "
            "salesperson; if they have none, those of everybody.",
        ),
        argument("on", dt.date | None, "The day on which the contacts are due. Default: today."),
        argument("first", int | None, "The number of contacts, 0 to 100. Default 20."),
        argument(
            "after",
            str | None,
            "Only contacts after this cursor: an `endCursor`, or the `cursor` of an edge. An empty text is the start "
            "of the list.",
        ),
        access=READS_OWN,
    )
