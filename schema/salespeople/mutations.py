"""Mutations that create, update and delete salespeople."""

import strawberry

from resolvers.roles import ADMINISTRATION
from resolvers.salespeople import rules
from schema.cards import Card
from schema.inputs import optional


@strawberry.input(description="The fields of a salesperson.")
class SalespersonInput:
    name: str | None = optional("The name: 1 to 50 characters. Required when the salesperson is created.")
    email: str | None = optional("The e-mail address, at most 80 characters.")
    job_title: str | None = optional("The job title, at most 30 characters.")
    phone_no: str | None = optional("The phone number, at most 30 characters; an extension may follow it.")
    blocked: bool | None = optional(
        "Whether the salesperson is refused in new interactions; existing ones keep it. Default: false."
    )


CARD = Card("salespeople.Salesperson", SalespersonInput, rules.SalespersonFields, key="code")


@strawberry.type
class SalespersonMutations:
    """The fields of Mutation about salespeople."""

    create_salesperson = CARD.create_with_code(rules.create, "Create a salesperson.", longest=20, access=ADMINISTRATION)
    update_salesperson = CARD.update(rules.update, "Change fields of a salesperson.", access=ADMINISTRATION)
    delete_salesperson = CARD.delete(
        rules.delete,
        "Delete a salesperson. Refused with IN_USE while an interaction, a postponed interaction, a segment or another "
        "object refers to it; block it instead.",
        access=ADMINISTRATION,
    )
