"""What mutations answer: the changed objects, read back as they are now, and `userErrors`."""

from collections.abc import Sequence
from typing import Annotated, Any, Optional, TypeVar

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField

from resolvers.errors import Refusal
from resolvers.errors import UserErrorCode as Code
from schema import global_ids as identifiers
from schema.compiler.declarations import entity_of
from schema.compiler.fields import lazy_type
from schema.docstrings import description_of
from schema.enums import Language
from schema.execution.graphql_internals import to_camel_case

T = TypeVar("T", bound=type)

DESCRIPTIONS = {
    Code.CONTACT_REQUIRED: "A contact is needed (R-FIN-1).",
    Code.TEMPLATE_REQUIRED: "An interaction template is needed (R-FIN-2).",
    Code.SALESPERSON_REQUIRED: "A salesperson is needed (R-FIN-3).",
    Code.DATE_REQUIRED: "A date is needed (R-FIN-4).",
    Code.DESCRIPTION_REQUIRED: "A description is needed (R-FIN-5).",
    Code.NOT_FOUND: "There is nothing with this number or code.",
    Code.CONTACT_NOT_FOUND: "There is no contact with this number.",
    Code.TEMPLATE_NOT_FOUND: "There is no template with this code.",
    Code.GROUP_NOT_FOUND: "There is no group with this code.",
    Code.SALESPERSON_NOT_FOUND: "There is no salesperson with this code.",
    Code.CAMPAIGN_NOT_FOUND: "There is no campaign with this number.",
    Code.SEGMENT_NOT_FOUND: "There is no open segment with this number.",
    Code.LINE_NOT_FOUND: "The segment has no such line.",
    Code.NUMBER_SERIES_NOT_FOUND: "There is no number series with this code.",
    Code.CONTACT_PRIVACY_BLOCKED: "The contact is blocked for privacy (R-CON-11).",
    Code.SALESPERSON_BLOCKED: "The salesperson is blocked (K10).",
    Code.TEMPLATE_BLOCKED: "The template is retired (K10).",
    Code.CAMPAIGN_BLOCKED: "The campaign is blocked (K10).",
    Code.NOT_POSTPONED: "It is not postponed, or no longer (R-RES-6).",
    Code.NOT_CANCELED: "It is not canceled.",
    Code.LOGGED_SEGMENT_CANCELED: "Its logged segment is canceled (R-ENT-4).",
    Code.CAMPAIGN_ENTRY_CANCELED: "Its campaign entry is canceled (R-ENT-4).",
    Code.SEGMENT_EMPTY: "The segment has nothing to log (R-LOG-5).",
    Code.LINES_BLOCKED: "Lines cannot be logged; blockedLines says which and why (K8).",
    Code.SEGMENT_DESCRIPTION_REQUIRED: "The segment needs a description to be logged (R-LOG-2).",
    Code.LOGGED_SEGMENT_EXISTS: "The segment was logged already (K9).",
    Code.NO_CRITERIA: "The segment has no criteria to save (R-SAV).",
    Code.PLAN_STALE: "The outcome would differ from the preview by now.",
    Code.CHANGED_SINCE: "Entries were changed since (K18).",
    Code.NUMBER_SERIES_MISSING: "The marketing setup names no number series for it (R-NUM-1).",
    Code.NUMBER_SERIES_EXHAUSTED: "The number series has no number left (R-NUM-1).",
    Code.NUMBER_SERIES_NOT_AUTOMATIC: "The number series gives no numbers by itself (R-NUM-1).",
    Code.MANUAL_NO_NOT_ALLOWED: "The number series does not allow numbers by hand (R-NUM-2).",
    Code.STALE_VERSION: "It was changed since you read it.",
    Code.IDEMPOTENCY_CONFLICT: "The idempotency key was used for something else (K22).",
    Code.IN_USE: "Something still uses it (K6).",
    Code.HAS_ENTRIES: "It has interactions (R-CON-5).",
    Code.DUPLICATE: "The number or code is taken.",
    Code.INVALID: "The value makes no sense here; the message says why.",
    Code.TOO_LONG: "The text is too long.",
    Code.TOO_MANY: "Too many at once.",
}
_code: Any = strawberry.enum(Code, description="Why a mutation was refused. More values may come.")
for _value in _code.__strawberry_definition__.values:
    _value.description = DESCRIPTIONS[Code[_value.name]]


InLanguage = Annotated[
    Language | None, strawberry.argument(description="In this language instead of the one the request prefers.")
]


@strawberry.type(description="One reason why a mutation was refused. Nothing was changed.")
class UserError:
    refusal: strawberry.Private[Refusal]

    @strawberry.field(description="The reason, for programs.")
    def code(self) -> _code:
        return self.refusal.code

    @strawberry.field(description="The reason and what to do next, for people.")
    def message(self, info: strawberry.Info, language: InLanguage = None) -> str:
        return self.refusal.message(info.context.caller.language if language is None else language.value)

    @strawberry.field(description="The path of the culprit inside `input`, for instance `interaction`, `templateCode`.")
    def field(self) -> list[str] | None:
        return [to_camel_case(step) for step in self.refusal.field] or None


@strawberry.type
class Payload:
    """What every payload has. The source is the outcome of the verb: keys and counts."""

    @strawberry.field(description="Why the mutation was refused, everything at once; empty when it was done.")
    def user_errors(self) -> list[UserError]:
        refusals: Sequence[Refusal] = self["__refusals__"]  # type: ignore[index]  # the source is the outcome
        return [UserError(refusal=refusal) for refusal in refusals]


class ShownField(StrawberryField):
    """Objects of a payload: read back by their keys, as they are now and as they were selected."""

    target: str
    by: tuple[str, ...]
    columns: tuple[str, ...] | None
    several: bool

    @property
    def is_basic_field(self) -> bool:
        return False

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        keys = [source.get(name) for name in self.by]
        if any(key is None for key in keys):
            return [] if self.several else None
        entity = entity_of(self.target)
        if self.several:
            *shared, last = keys
            return info.context.show_all(info._raw_info, entity, shared, last)
        return info.context.show(info._raw_info, entity, keys, self.columns)

    def __copy__(self) -> "ShownField":
        made = super().__copy__()
        made.target, made.by, made.columns, made.several = self.target, self.by, self.columns, self.several
        return made


def shown(target: str, description: str, *by: str, columns: Sequence[str] | None = None) -> Any:
    """The object whose key the outcome has under these names; by other columns of it if they are given."""
    return _shown(target, description, by, Optional[lazy_type(target)], columns)


def shown_list(target: str, description: str, *by: str) -> Any:
    """The objects whose keys the outcome has; the last name holds a list."""
    return _shown(target, description, by, list[lazy_type(target)], None, several=True)  # type: ignore[misc]  # built at run time


def _shown(
    target: str,
    description: str,
    by: Sequence[str],
    annotation: Any,
    columns: Sequence[str] | None,
    *,
    several: bool = False,
) -> Any:
    made = ShownField(description=description, type_annotation=StrawberryAnnotation(annotation))
    made.target, made.by, made.several = target, tuple(by), several
    made.columns = None if columns is None else tuple(columns)
    made.init = made.repr = made.compare = False
    return made


class ToldField(StrawberryField):
    """A figure or text of the outcome."""

    absent: Any = 0
    source_name: str | None = None

    @property
    def is_basic_field(self) -> bool:
        return False

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        return self.of(source)

    def of(self, outcome: Any) -> Any:
        """What the outcome of a verb says."""
        return outcome.get(self.source_name or self.python_name, self.absent)

    def __copy__(self) -> "ToldField":
        made = super().__copy__()
        made.absent, made.source_name = self.absent, self.source_name
        return made


def told(description: str, absent: Any = 0, *, name: str | None = None) -> Any:
    """What the outcome says under this name, by default the field's own; `absent` when the mutation was refused."""
    made = ToldField(description=description)
    made.absent, made.source_name = absent, name
    made.init = made.repr = made.compare = False
    return made


class GoneField(ToldField):
    """The id of what is no longer there."""

    target: str

    def of(self, outcome: Any) -> Any:
        """The global id of the object that the outcome has as `id`."""
        return identifiers.written(entity_of(self.target), outcome["id"]) if "id" in outcome else None

    def __copy__(self) -> "GoneField":
        made = super().__copy__()
        assert isinstance(made, GoneField)
        made.target = self.target
        return made


def gone(target: str, description: str) -> Any:
    """The global id of the object that the outcome has as `id`; null when the mutation was refused."""
    made = GoneField(description=description)
    made.target = target
    made.init = made.repr = made.compare = False
    return made


def payload(cls: T) -> T:
    """Makes a class a payload type, described by its docstring."""
    return strawberry.type(cls, description=description_of(cls))
