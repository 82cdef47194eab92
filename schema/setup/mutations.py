"""Mutations of number series and of the marketing setup."""

import datetime as dt

import strawberry

from resolvers.master_data import CardUpdated
from resolvers.number_series import rules as series_rules
from resolvers.roles import ADMINISTRATION
from resolvers.setup import rules
from schema.access import mutation
from schema.cards import Card
from schema.execution.context import Info
from schema.inputs import expected_version, given_fields, idempotency_key, option, optional, or_none, required
from schema.payload_fields import object_field
from schema.payloads import Payload, payload


@strawberry.input(description="A range of numbers that a number series assigns from a date on.")
class NumberSeriesLineInput:
    starting_date: dt.date | None = optional("The first day on which the range is used. Default: it is always used.")
    starting_no: str = required("The first number: at most 20 characters, ending in a digit.")
    ending_no: str | None = optional("The last number. Default: numbers are assigned as long as they fit.")
    warning_no: str | None = optional("When this number is reached, the range counts as running out.")
    increment_by: int = option("The step from one number to the next, at least 1.", default=1)
    last_no_used: str | None = optional("The number that was assigned last, for instance in another system.")


@strawberry.input(description="The fields of a number series.")
class NumberSeriesInput:
    description: str | None = optional("What the series numbers: 1 to 100 characters. Required when it is created.")
    default_nos: bool | None = optional("Whether numbers are assigned automatically. Default: true.")
    manual_nos: bool | None = optional("Whether clients may give numbers themselves. Default: false.")
    date_order: bool | None = optional(
        "Whether numbers must be assigned in the order of their dates: a day before that of the last number is "
        "refused. Default: false."
    )
    lines: list[NumberSeriesLineInput] | None = optional(
        "The ranges of numbers. Replaces all lines; a line with the same starting date keeps its last number."
    )


@strawberry.input(description="The settings of the company that change. Settings that are left out keep their values.")
class MarketingSetupInput:
    contact_nos: str | None = optional("The code of the number series for contacts.")
    segment_nos: str | None = optional("The code of the number series for segments.")
    campaign_nos: str | None = optional("The code of the number series for campaigns.")
    time_zone: str | None = optional(
        "The time zone that decides which day today is: an IANA name such as America/Toronto, at most 50 characters. "
        "Must not be null."
    )
    currency_code: str | None = optional(
        "The company currency, a code of at most 10 characters such as CAD. Must not be null."
    )
    first_day_of_week: int | None = optional("The first day of the week: 1 = Monday to 7 = Sunday. Must not be null.")
    default_salesperson_code: str | None = optional(
        "The salesperson of new contacts, unless the user who creates them is a salesperson."
    )
    inherit_salesperson: bool | None = optional("Whether a person inherits the salesperson of the company.")
    inherit_territory: bool | None = optional("Whether a person inherits the territory of the company.")
    inherit_country: bool | None = optional("Whether a person inherits the country of the company.")
    inherit_language: bool | None = optional("Whether a person inherits the language of the company.")
    inherit_address: bool | None = optional("Whether a person inherits the address, city and post code of the company.")
    inherit_communication: bool | None = optional(
        "Whether a person inherits phone numbers, e-mail address and correspondence type of the company."
    )


@strawberry.input(description="Changes to the settings of the company.")
class UpdateMarketingSetupInput:
    marketing_setup: MarketingSetupInput = required("The settings to change.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@payload
class UpdateMarketingSetupPayload(Payload[CardUpdated]):
    """Result of updateMarketingSetup."""

    marketing_setup = object_field(
        "setup.MarketingSetup", "The settings after the change. Null if the mutation was refused.", "id"
    )


NUMBER_SERIES = Card("setup.NumberSeries", NumberSeriesInput, series_rules.NumberSeriesFields, key="code")


@strawberry.type
class SetupMutations:
    """The fields of Mutation about number series and settings."""

    create_number_series = NUMBER_SERIES.create_with_code(
        series_rules.create, "Create a number series.", longest=20, access=ADMINISTRATION
    )
    update_number_series = NUMBER_SERIES.update(
        series_rules.update, "Change fields and lines of a number series.", access=ADMINISTRATION
    )
    delete_number_series = NUMBER_SERIES.delete(
        series_rules.delete,
        "Delete a number series. Refused with IN_USE while the marketing setup names it. Numbers that it assigned "
        "stay.",
        access=ADMINISTRATION,
    )

    @mutation("Change settings of the company.", access=ADMINISTRATION)
    async def update_marketing_setup(
        self, info: Info, input: UpdateMarketingSetupInput
    ) -> UpdateMarketingSetupPayload | None:
        fields = given_fields(input.marketing_setup, rules.MarketingSetupFields)
        result = await info.context.write(
            info, input, rules.update, fields, expected_version=or_none(input.expected_version)
        )
        return UpdateMarketingSetupPayload.of(result)
