"""Warnings on drafts and on the lines of a preview."""

import strawberry

from resolvers import line_warnings as rules
from schema.enums import LineWarningCode
from schema.execution.context import Info
from schema.payloads import LanguageArgument


@strawberry.type(description="What to check before an interaction is logged. A warning does not prevent logging.")
class LineWarning:
    warning: strawberry.Private[rules.LineWarning]

    @strawberry.field(description="The kind of warning.")
    def code(self) -> LineWarningCode:
        return LineWarningCode(self.warning.code)

    @strawberry.field(description="The warning as a sentence to show to users.")
    def message(self, info: Info, language: LanguageArgument = None) -> str:
        return self.warning.message(info.context.caller.language if language is None else language.value)
