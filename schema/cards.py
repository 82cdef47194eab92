"""The mutations that create, update and delete a card: a record of master data that people know by a number or code.

For the card `Salesperson`, which has a code, they are

    createSalesperson(input: CreateSalespersonInput!): CreateSalespersonPayload
    updateSalesperson(input: UpdateSalespersonInput!): UpdateSalespersonPayload
    deleteSalesperson(input: DeleteSalespersonInput!): DeleteSalespersonPayload

    input CreateSalespersonInput { code: String!, salesperson: SalespersonInput!, idempotencyKey: String }
    input UpdateSalespersonInput {
        code: String!, salesperson: SalespersonInput!, expectedVersion: Int, idempotencyKey: String
    }
    input DeleteSalespersonInput { code: String!, idempotencyKey: String }

    type CreateSalespersonPayload { userErrors: [UserError!]!, salesperson: Salesperson }
    type UpdateSalespersonPayload { userErrors: [UserError!]!, salesperson: Salesperson }
    type DeleteSalespersonPayload { userErrors: [UserError!]!, deletedId: ID }

A card with a number is alike, but `no` of `CreateCampaignInput` is optional: the number series assigns one.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from types import new_class
from typing import Generic, Optional, Protocol, TypeVar

import strawberry

from resolvers.outcomes import IsDataclass
from resolvers.roles import Access
from resolvers.work import Work
from schema.access import mutation
from schema.execution.context import Info, MutationInput
from schema.inputs import Declaration, expected_version, given_fields, idempotency_key, number_of_new, or_none, required
from schema.payload_fields import id_field, object_field
from schema.payloads import Payload, payload

Fields = TypeVar("Fields")
Fields_contra = TypeVar("Fields_contra", contravariant=True)


class CardOutcome(IsDataclass, Protocol):
    """The outcome of the rules of a card: a dataclass with the id of the card."""

    @property
    def id(self) -> int: ...


class CreateWithNumber(Protocol[Fields_contra]):
    """A rule that creates a card. Without `no` the number series assigns one."""

    def __call__(self, work: Work, fields: Fields_contra, /, *, no: str | None = None) -> CardOutcome: ...


class Update(Protocol[Fields_contra]):
    """A rule that changes the card with this number or code."""

    def __call__(
        self, work: Work, key: str, fields: Fields_contra, /, *, expected_version: int | None = None
    ) -> CardOutcome: ...


class CardInput(MutationInput, Protocol):
    """What the inputs of all mutations of cards have besides the fields of the card."""

    @property
    def no(self) -> str | None: ...

    @property
    def code(self) -> str: ...

    @property
    def expected_version(self) -> int | None: ...


Resolver = Callable[[Info, CardInput], Awaitable[Payload[CardOutcome]]]
Members = Mapping[str, tuple[object, Declaration]]
"""The fields of an input type by their Python names: annotation and declaration."""


class Card(Generic[Fields]):
    """A card such as `salespeople.Salesperson`, with the input of its fields and the TypedDict that rules take."""

    def __init__(self, target: str, input: type, fields: type[Fields], *, key: str) -> None:
        self._target, self._input, self._fields, self._key = target, input, fields, key
        self._name = target.rpartition(".")[2]
        self._field = re.sub("(?<!^)(?=[A-Z])", "_", self._name).lower()
        self._noun = self._field.replace("_", " ")

    def create_with_code(
        self, rule: Callable[[Work, str, Fields], CardOutcome], description: str, *, access: Access, longest: int
    ) -> Declaration:
        """The mutation that creates a card with a code that the client chooses, of at most `longest` characters."""

        async def create(info: Info, input: CardInput) -> Payload[CardOutcome]:
            return made.of(await info.context.write(info, input, rule, input.code, self._given(input)))

        code = required(f"The code, at most {longest} characters. It is trimmed and converted to upper case.")
        made = self._object_payload("Create", f"The new {self._noun}. Null if the mutation was refused.")
        members = {"code": (str, code), **self._fields_of_new()}
        return self._mutation("Create", access, create, made, description, f"A new {self._noun}.", members)

    def create_with_number(self, rule: CreateWithNumber[Fields], description: str, *, access: Access) -> Declaration:
        """The mutation that creates a card with a number, by default the next one of a number series."""

        async def create(info: Info, input: CardInput) -> Payload[CardOutcome]:
            return made.of(await info.context.write(info, input, rule, self._given(input), no=or_none(input.no)))

        made = self._object_payload("Create", f"The new {self._noun}. Null if the mutation was refused.")
        members = {"no": (Optional[str], number_of_new()), **self._fields_of_new()}
        return self._mutation("Create", access, create, made, description, f"A new {self._noun}.", members)

    def update(self, rule: Update[Fields], description: str, *, access: Access) -> Declaration:
        """The mutation that changes a card."""

        async def update(info: Info, input: CardInput) -> Payload[CardOutcome]:
            key, version = getattr(input, self._key), or_none(input.expected_version)
            return made.of(
                await info.context.write(info, input, rule, key, self._given(input), expected_version=version)
            )

        made = self._object_payload("Update", f"The {self._noun} after the change. Null if the mutation was refused.")
        members = {
            **self._key_member(),
            **self._fields_member("The fields to change. Fields that are left out keep their values."),
            "expected_version": (Optional[int], expected_version()),
        }
        return self._mutation("Update", access, update, made, description, f"Changes to the {self._noun}.", members)

    def delete(self, rule: Callable[[Work, str], CardOutcome], description: str, *, access: Access) -> Declaration:
        """The mutation that deletes a card."""

        async def delete(info: Info, input: CardInput) -> Payload[CardOutcome]:
            return made.of(await info.context.write(info, input, rule, getattr(input, self._key)))

        deleted = id_field(self._target, f"The id of the deleted {self._noun}. Null if the mutation was refused.", "id")
        made = self._payload("Delete", "deleted_id", deleted)
        return self._mutation(
            "Delete", access, delete, made, description, f"The {self._noun} to delete.", self._key_member()
        )

    def _given(self, input: CardInput) -> Fields:
        return given_fields(getattr(input, self._field), self._fields)

    def _key_member(self) -> Members:
        named = {"no": "number", "code": "code"}[self._key]
        return {self._key: (str, required(f"The {named} of the {self._noun}."))}

    def _fields_of_new(self) -> Members:
        return self._fields_member(f"The fields of the new {self._noun}.")

    def _fields_member(self, description: str) -> Members:
        return {self._field: (self._input, required(description))}

    def _object_payload(self, action: str, description: str) -> type[Payload[CardOutcome]]:
        return self._payload(action, self._field, object_field(self._target, description, "id"))

    def _payload(self, action: str, field: str, declaration: Declaration) -> type[Payload[CardOutcome]]:
        docstring = f"Result of {action.lower()}{self._name}."
        attributes = {"__doc__": docstring, "__module__": __name__, field: declaration}
        return payload(
            new_class(
                f"{action}{self._name}Payload", (Payload[CardOutcome],), exec_body=lambda body: body.update(attributes)
            )
        )

    def _mutation(
        self,
        action: str,
        access: Access,
        resolve: Resolver,
        returns: type[Payload[CardOutcome]],
        description: str,
        input_description: str,
        members: Members,
    ) -> Declaration:
        """The field of `Mutation`; its input type has these members and an idempotency key."""
        members = {**members, "idempotency_key": (Optional[str], idempotency_key())}
        attributes = {name: declaration for name, (_, declaration) in members.items()}
        annotations = {name: annotation for name, (annotation, _) in members.items()}
        made = type(
            f"{action}{self._name}Input", (), {"__annotations__": annotations, "__module__": __name__, **attributes}
        )
        input = strawberry.input(made, description=input_description)
        resolve.__annotations__ = {"info": Info, "input": input, "return": Optional[returns]}
        return mutation(description, access=access)(resolve)
