"""What mutations return: objects as they are after the change, counts, and `userErrors`."""

from typing import Annotated, Generic, Self, TypeVar, get_args, get_origin

import strawberry

from resolvers.errors import Refusal, UserErrorCode
from schema.docstrings import description_of
from schema.enums import Language
from schema.execution.context import Info
from schema.execution.graphql_internals import describe_enum_values, fields_of, to_camel_case
from schema.execution.results import Result
from schema.payload_fields import ValuesField

T = TypeVar("T", bound=type)
Outcome = TypeVar("Outcome")

DESCRIPTIONS = {
    UserErrorCode.CONTACT_REQUIRED: "A contact is required, but none is given.",
    UserErrorCode.TEMPLATE_REQUIRED: "An interaction template is required, but none is given.",
    UserErrorCode.SALESPERSON_REQUIRED: "A salesperson is required, but none is given and there is no default.",
    UserErrorCode.DATE_REQUIRED: "A date is required, but null is given.",
    UserErrorCode.DESCRIPTION_REQUIRED: "A description is required, but none is given.",
    UserErrorCode.NOT_FOUND: "No object has this number or code.",
    UserErrorCode.CONTACT_NOT_FOUND: "No contact has this number.",
    UserErrorCode.TEMPLATE_NOT_FOUND: "No interaction template has this code.",
    UserErrorCode.GROUP_NOT_FOUND: "No interaction group has this code.",
    UserErrorCode.SALESPERSON_NOT_FOUND: "No salesperson has this code.",
    UserErrorCode.CAMPAIGN_NOT_FOUND: "No campaign has this number.",
    UserErrorCode.SEGMENT_NOT_FOUND: "No open segment has this number.",
    UserErrorCode.LINE_NOT_FOUND: "The segment has no line with this number.",
    UserErrorCode.NUMBER_SERIES_NOT_FOUND: "No number series has this code.",
    UserErrorCode.CONTACT_PRIVACY_BLOCKED: "The contact is blocked for privacy: new interactions are refused.",
    UserErrorCode.SALESPERSON_BLOCKED: "The salesperson is blocked: new interactions are refused.",
    UserErrorCode.TEMPLATE_BLOCKED: "The interaction template is blocked: new interactions are refused.",
    UserErrorCode.CAMPAIGN_BLOCKED: "The campaign is blocked: new interactions are refused.",
    UserErrorCode.NOT_POSTPONED: "No postponed interaction has this number, perhaps no longer.",
    UserErrorCode.NOT_CANCELED: "It is not canceled. Only what is canceled can be deleted.",
    UserErrorCode.LOGGED_SEGMENT_CANCELED: "The logged segment of the interaction is canceled. Un-cancel it first.",
    UserErrorCode.CAMPAIGN_ENTRY_CANCELED: "The campaign entry of the interaction is canceled. Un-cancel it first.",
    UserErrorCode.SEGMENT_EMPTY: "The segment has no line that can be logged or followed up.",
    UserErrorCode.LINES_BLOCKED: "Lines of the segment cannot be logged; `blockedLines` lists them with reasons.",
    UserErrorCode.SEGMENT_DESCRIPTION_REQUIRED: "The segment has no description, which it needs to be logged.",
    UserErrorCode.LOGGED_SEGMENT_EXISTS: "The segment has already been logged.",
    UserErrorCode.NO_CRITERIA: "The segment has no steps that could be saved as criteria.",
    UserErrorCode.PLAN_STALE: "Logging the segment would no longer do what the preview showed.",
    UserErrorCode.CHANGED_SINCE: "Records that would be undone were changed since they were logged or imported.",
    UserErrorCode.NUMBER_SERIES_MISSING: "The marketing setup names no number series for new objects of this type.",
    UserErrorCode.NUMBER_SERIES_EXHAUSTED: "The number series has no number left, or none for today.",
    UserErrorCode.NUMBER_SERIES_NOT_AUTOMATIC: "The number series does not assign numbers automatically.",
    UserErrorCode.MANUAL_NO_NOT_ALLOWED: "The number series does not allow manual numbers.",
    UserErrorCode.STALE_VERSION: "The object was changed since you read it.",
    UserErrorCode.IDEMPOTENCY_CONFLICT: "The idempotency key was used for another mutation or other input.",
    UserErrorCode.IMPORT_UNDONE: "The import was already undone.",
    UserErrorCode.IN_USE: "Other objects refer to this one, so it cannot be deleted or changed in this way.",
    UserErrorCode.HAS_ENTRIES: "The contact has interactions or, as a company, people, so its type cannot change.",
    UserErrorCode.DUPLICATE: "The number or code is already in use.",
    UserErrorCode.INVALID: "The value is not allowed here; the message says why.",
    UserErrorCode.TOO_LONG: "The text has too many characters.",
    UserErrorCode.TOO_MANY: "The list has too many elements.",
}
strawberry.enum(
    UserErrorCode, description="The kind of reason why a mutation was refused. Later versions may add values."
)
describe_enum_values(UserErrorCode, {code.name: description for code, description in DESCRIPTIONS.items()})

LanguageArgument = Annotated[
    Language | None, strawberry.argument(description="The language of the message. Default: that of the request.")
]


@strawberry.type(description="One reason why a mutation was refused. Nothing was changed.")
class UserError:
    refusal: strawberry.Private[Refusal]

    @strawberry.field(description="The kind of reason. Programs should use it instead of the message.")
    def code(self) -> UserErrorCode:
        return self.refusal.code

    @strawberry.field(description="The reason and what to do about it, to show to users.")
    def message(self, info: Info, language: LanguageArgument = None) -> str:
        return self.refusal.message(info.context.caller.language if language is None else language.value)

    @strawberry.field(
        description="The path inside `input` of the value that was refused, for instance `interaction`, "
        "`templateCode`. Null if no single value was."
    )
    def field(self) -> list[str] | None:
        return [to_camel_case(step) for step in self.refusal.field] or None


@strawberry.type
class Payload(Generic[Outcome]):
    """The base of all payloads. `Outcome` is what the rule of the mutation returns."""

    result: strawberry.Private[Result[Outcome]]

    @classmethod
    def of(cls, result: Result[Outcome]) -> Self:
        """The payload of a mutation with this result."""
        return cls(result=result)

    @property
    def values(self) -> object:
        """The object that the fields are read from."""
        return self.result.values

    @strawberry.field(description="All reasons why the mutation was refused. Empty if it was executed.")
    def user_errors(self) -> list[UserError]:
        return [UserError(refusal=refusal) for refusal in self.result.refusals]


def payload(cls: T) -> T:
    """Makes a class a payload type, described by its docstring. What its fields read must be in the outcome."""
    made = strawberry.type(cls, description=description_of(cls))
    outcome = _outcome_of(cls)
    for field in fields_of(made).values():
        if isinstance(field, ValuesField):
            missing = set(field.key_names or (field.python_name,)) - {
                *dir(outcome),
                *getattr(outcome, "__dataclass_fields__", ()),
            }
            if missing:
                raise TypeError(f"{cls.__name__}.{field.python_name}: {outcome.__name__} has no {', '.join(missing)}.")
    return made


def _outcome_of(cls: type) -> type:
    """The argument of `Payload[…]` among the bases of a payload."""
    bases = (base for each in cls.__mro__ for base in each.__dict__.get("__orig_bases__", ()))
    return next(get_args(base)[0] for base in bases if get_origin(base) is Payload)
