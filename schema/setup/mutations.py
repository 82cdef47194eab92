"""Number series and the marketing setup."""

import datetime as dt

import strawberry

from resolvers.number_series import rules as series_rules
from resolvers.setup import rules as setup
from schema.inputs import given, key_to_repeat, optional, or_none, required, version_expected
from schema.payloads import Payload, gone, payload, shown


@strawberry.input(description="The numbers of a series from a date on (R-NUM-1).")
class NumberSeriesLineInput:
    starting_date: dt.date | None = optional("The day from which it is used; left out: from ever.")
    starting_no: str = required("The first number, at most 20 characters, ending in digits.")
    ending_no: str | None = optional("The last number that may be given.")
    warning_no: str | None = optional("The number from which the series is running out.")
    increment_by: int = strawberry.field(default=1, description="The step from one number to the next.")
    last_no_used: str | None = optional("The number given last, where numbers were given elsewhere before.")


@strawberry.input(description="The fields of a number series.")
class NumberSeriesInput:
    description: str | None = optional("What it numbers, at most 100 characters; needed.")
    default_nos: bool | None = optional("Whether it gives numbers by itself; yes unless said.")
    manual_nos: bool | None = optional("Whether numbers may be given by hand (R-NUM-2).")
    date_order: bool | None = optional("Whether numbers must rise with the dates they are given on.")
    lines: list[NumberSeriesLineInput] | None = optional("Its numbers.")


@strawberry.input(description="A new number series.")
class CreateNumberSeriesInput:
    code: str = required("Its code, at most 20 characters; trimmed and upper-cased.")
    number_series: NumberSeriesInput = required("The series.")
    idempotency_key: str | None = key_to_repeat()


@payload
class CreateNumberSeriesPayload(Payload):
    """What createNumberSeries did."""

    number_series = shown("setup.NumberSeries", "The new series.", "id")


@strawberry.input(description="A change of a number series; what is left out stays.")
class UpdateNumberSeriesInput:
    code: str = required("Its code.")
    number_series: NumberSeriesInput = required("What changes.")
    expected_version: int | None = version_expected()
    idempotency_key: str | None = key_to_repeat()


@payload
class UpdateNumberSeriesPayload(Payload):
    """What updateNumberSeries did."""

    number_series = shown("setup.NumberSeries", "The series as it is now.", "id")


@strawberry.input(description="The series that is to be deleted.")
class DeleteNumberSeriesInput:
    code: str = required("Its code.")
    idempotency_key: str | None = key_to_repeat()


@payload
class DeleteNumberSeriesPayload(Payload):
    """What deleteNumberSeries did."""

    deleted_id: strawberry.ID | None = gone("setup.NumberSeries", "The id that is gone; null when it was refused.")


@strawberry.input(description="The company's settings that change; what is left out stays.")
class MarketingSetupInput:
    contact_nos: str | None = optional("The series that numbers contacts.")
    segment_nos: str | None = optional("The series that numbers segments.")
    campaign_nos: str | None = optional("The series that numbers campaigns.")
    time_zone: str | None = optional(
        "The zone whose clock the company goes by, an IANA name such as America/Toronto (K15)."
    )
    currency_code: str | None = optional("The company currency.")
    first_day_of_week: int | None = optional("On which day weeks begin: 1 = Monday to 7 = Sunday.")
    default_salesperson_code: str | None = optional("Who looks after new contacts (R-CON-6).")
    inherit_salesperson: bool | None = optional("Whether a person put under a company gets its salesperson (R-CON-7).")
    inherit_territory: bool | None = optional("Whether it gets its territory.")
    inherit_country: bool | None = optional("Whether it gets its country.")
    inherit_language: bool | None = optional("Whether it gets its language.")
    inherit_address: bool | None = optional("Whether it gets its address.")
    inherit_communication: bool | None = optional("Whether it gets its phone and e-mail.")


@strawberry.input(description="A change of the company's settings.")
class UpdateMarketingSetupInput:
    marketing_setup: MarketingSetupInput = required("What changes.")
    expected_version: int | None = version_expected()
    idempotency_key: str | None = key_to_repeat()


@payload
class UpdateMarketingSetupPayload(Payload):
    """What updateMarketingSetup did."""

    marketing_setup = shown("setup.MarketingSetup", "The settings as they are now.", "id")


@strawberry.type
class SetupMutations:
    """The fields of Mutation about the company's set-up."""

    @strawberry.mutation(description="Create a number series (R-NUM).")
    async def create_number_series(
        self, info: strawberry.Info, input: CreateNumberSeriesInput
    ) -> CreateNumberSeriesPayload | None:
        return await info.context.write(info, input, series_rules.create, input.code, given(input.number_series))

    @strawberry.mutation(
        description="Change a number series; lines are replaced as a set, and one that starts on the same day goes on "
        "where it was (R-NUM)."
    )
    async def update_number_series(
        self, info: strawberry.Info, input: UpdateNumberSeriesInput
    ) -> UpdateNumberSeriesPayload | None:
        return await info.context.write(
            info,
            input,
            series_rules.update,
            input.code,
            given(input.number_series),
            expected_version=or_none(input.expected_version),
        )

    @strawberry.mutation(description="Delete a number series that the marketing setup does not name (K6).")
    async def delete_number_series(
        self, info: strawberry.Info, input: DeleteNumberSeriesInput
    ) -> DeleteNumberSeriesPayload | None:
        return await info.context.write(info, input, series_rules.delete, input.code)

    @strawberry.mutation(description="Change the company's settings.")
    async def update_marketing_setup(
        self, info: strawberry.Info, input: UpdateMarketingSetupInput
    ) -> UpdateMarketingSetupPayload | None:
        return await info.context.write(
            info, input, setup.update, given(input.marketing_setup), expected_version=or_none(input.expected_version)
        )
