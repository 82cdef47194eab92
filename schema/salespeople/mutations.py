"""Salespeople: creating, changing and deleting them."""

import strawberry

from resolvers.salespeople import rules as salespeople
from schema.inputs import given, key_to_repeat, optional, or_none, required, version_expected
from schema.payloads import Payload, gone, payload, shown


@strawberry.input(description="The fields of a salesperson.")
class SalespersonInput:
    name: str | None = optional("Their name, at most 50 characters; needed.")
    email: str | None = optional("E-mail address, at most 80 characters.")
    job_title: str | None = optional("What they do, at most 30 characters.")
    phone_no: str | None = optional("Phone number, at most 30 characters; an extension may follow it.")
    blocked: bool | None = optional("Whether they are refused for new work (K10).")


@strawberry.input(description="A new salesperson.")
class CreateSalespersonInput:
    code: str = required("Their code, at most 20 characters; trimmed and upper-cased.")
    salesperson: SalespersonInput = required("The salesperson.")
    idempotency_key: str | None = key_to_repeat()


@payload
class CreateSalespersonPayload(Payload):
    """What createSalesperson did."""

    salesperson = shown("salespeople.Salesperson", "The new salesperson.", "id")


@strawberry.input(description="A change of a salesperson; what is left out stays.")
class UpdateSalespersonInput:
    code: str = required("Their code.")
    salesperson: SalespersonInput = required("What changes.")
    expected_version: int | None = version_expected()
    idempotency_key: str | None = key_to_repeat()


@payload
class UpdateSalespersonPayload(Payload):
    """What updateSalesperson did."""

    salesperson = shown("salespeople.Salesperson", "The salesperson as it is now.", "id")


@strawberry.input(description="The salesperson that is to be deleted.")
class DeleteSalespersonInput:
    code: str = required("Their code.")
    idempotency_key: str | None = key_to_repeat()


@payload
class DeleteSalespersonPayload(Payload):
    """What deleteSalesperson did."""

    deleted_id: strawberry.ID | None = gone("salespeople.Salesperson", "The id that is gone; null when it was refused.")


@strawberry.type
class SalespersonMutations:
    """The fields of Mutation about salespeople."""

    @strawberry.mutation(description="Create a salesperson.")
    async def create_salesperson(
        self, info: strawberry.Info, input: CreateSalespersonInput
    ) -> CreateSalespersonPayload | None:
        return await info.context.write(info, input, salespeople.create, input.code, given(input.salesperson))

    @strawberry.mutation(description="Change a salesperson.")
    async def update_salesperson(
        self, info: strawberry.Info, input: UpdateSalespersonInput
    ) -> UpdateSalespersonPayload | None:
        return await info.context.write(
            info,
            input,
            salespeople.update,
            input.code,
            given(input.salesperson),
            expected_version=or_none(input.expected_version),
        )

    @strawberry.mutation(
        description="Delete a salesperson, unless history, anything open or another card names them (K6)."
    )
    async def delete_salesperson(
        self, info: strawberry.Info, input: DeleteSalespersonInput
    ) -> DeleteSalespersonPayload | None:
        return await info.context.write(info, input, salespeople.delete, input.code)
