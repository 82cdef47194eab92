"""Interaction groups and templates."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Optional

import strawberry
from sqlalchemy import ColumnElement, Unicode, func, select

from persistence import templates as tables
from resolvers import languages
from resolvers.work import key
from schema.compiler.declarations import Alternatives, by_column
from schema.compiler.entity_types import entity
from schema.compiler.fields import by_key, column, computed, to_many, to_one, unpaged_list
from schema.compiler.statement import Row, Statement
from schema.connections import connection_of
from schema.enums import CorrespondenceType, InformationFlow, InitiatedBy
from schema.execution.graphql_internals import argument
from schema.nodes import Node
from schema.statistics.types import statistics
from schema.templates.filters import InteractionTemplateFilter

IN_LANGUAGE = argument(
    "language_code",
    Optional[str],
    "In this language, as far as there is a translation; else as the data has it (K21). Without it, the request's "
    "Accept-Language decides: French takes FRC, FRA or another FR…, English ENU, ENG or another EN…, by region.",
)


def _described(table: Any, owner: str) -> Callable[..., ColumnElement[Any]]:
    """The description, in the language asked for, or else in the reader's, if it is translated."""

    def expression(row: Row, statement: Statement, languageCode: Any = None) -> ColumnElement[Any]:  # noqa: N803  # GraphQL's name
        if languageCode is None:
            translations = statement.row(table)
            language = statement.reader(lambda reader: reader.of_data, type_=Unicode())
            code = statement.reader(lambda reader: reader.code, type_=Unicode())
            return languages.translated(row, translations, translations.c[owner] == row.c.code, language, code)
        translation = statement.row(table)
        found = (
            select(translation.c.description)
            .select_from(translation.source)
            .where(
                translation.c[owner] == row.c.code,
                translation.c.language_code
                == statement.bind(lambda text: key(text) or "", languageCode, type_=translation.c.language_code.type),
            )
        )
        return func.coalesce(found.scalar_subquery(), row.c.description)

    return expression


def _translations(owner: str) -> Callable[[Row, Row, Statement], Sequence[ColumnElement[bool]]]:
    return lambda row, translation, _: [translation.c[owner] == row.c.code]


def _its_templates(group: Row | None, template: Row, _: Statement) -> Alternatives:
    assert group is not None
    return [[template.c.group_code == group.c.code]]


def _logged_with(column: str) -> Callable[[Row, Row, Statement], Alternatives]:
    return lambda row, entry, _: [[entry.c[column] == row.c.code]]


@entity(tables.InteractionGroupTranslation, key_columns=("group_code", "language_code"))
class GroupTranslation:
    """Stands for Translation where it belongs to a group."""

    language_code: str = column("The language.")
    description: str = column("The description in it.")


@entity(tables.InteractionTemplateTranslation, key_columns=("template_code", "language_code"))
class Translation:
    """A description in another language."""

    language_code: str = column("The language, as a code of the company's data.")
    description: str = column("The description in that language.")


@entity(tables.InteractionGroup, "grp", default=[by_column("code")], key_order=[by_column("code")])
class InteractionGroup(Node):
    """A family of interaction templates, for statistics."""

    code: str = column("Its code.")
    version: int = column("Rises with every change; hand it back as expectedVersion.")
    description: str = computed(
        _described(tables.InteractionGroupTranslation, "group_code"), "What it is about.", IN_LANGUAGE
    )
    translations = unpaged_list(
        "templates.Translation",
        "Its description in other languages, by language.",
        belongs=_translations("group_code"),
        order=lambda translation: translation.c.language_code,
        source="templates.GroupTranslation",
    )
    templates = to_many(
        "templates.InteractionTemplate",
        "Its templates, by code.",
        belongs=_its_templates,
        filtered=False,
        ordered=False,
    )
    statistics = statistics("What the interactions logged in it add up to.", belongs=_logged_with("group_code"))


@entity(
    tables.InteractionTemplate,
    "tpl",
    default=[by_column("group_code", nullable=True), by_column("code")],
    key_order=[by_column("code")],
    filter=InteractionTemplateFilter,
)
class InteractionTemplate(Node):
    """A kind of interaction: every default of the interactions made from it. Changing it changes no entry (R-TPL-5)."""

    code: str = column("Its code.")
    version: int = column("Rises with every change; hand it back as expectedVersion.")
    description: str = computed(
        _described(tables.InteractionTemplateTranslation, "template_code"),
        "What it is; the default description.",
        IN_LANGUAGE,
    )
    translations = unpaged_list(
        "templates.Translation",
        "Its description in other languages, by language.",
        belongs=_translations("template_code"),
        order=lambda translation: translation.c.language_code,
    )
    group = to_one("templates.InteractionGroup", "Its group.", local="group_code", remote="code")
    unit_cost: Decimal = column("What one such interaction costs, in company currency.")
    unit_duration: int = column("How long one takes, in minutes.")
    information_flow: InformationFlow | None = column("Which way the information goes.")
    initiated_by: InitiatedBy | None = column("Who begins.")
    correspondence_type_default: CorrespondenceType | None = column(
        "By what means, unless the contact prefers another (R-CORR)."
    )
    ignore_contact_correspondence_type: bool = column("Whether the contact's own preference is ignored (R-CORR).")
    language_code_default: str | None = column("The language, unless the contact's is among the translations (K21).")
    campaign = to_one(
        "campaigns.Campaign", "The campaign its interactions belong to.", local="campaign_no", remote="no"
    )
    campaign_target: bool = column("Whether its interactions make contacts targets of the campaign.")
    campaign_response: bool = column("Whether its interactions are responses to the campaign.")
    blocked: bool = column("Retired: kept for history, refused for new work (K10).")
    statistics = statistics("What the interactions made from it add up to.", belongs=_logged_with("template_code"))


InteractionGroupConnection, InteractionGroupEdge = connection_of("templates.InteractionGroup")
InteractionTemplateConnection, InteractionTemplateEdge = connection_of("templates.InteractionTemplate")


@strawberry.type
class TemplateQueries:
    """The fields of Query about groups and templates."""

    interaction_template = by_key(
        "templates.InteractionTemplate", "The template with this code, or null.", "code", "code", "Its code."
    )
    interaction_templates = to_many("templates.InteractionTemplate", "Templates, by group, then code.", ordered=False)
    interaction_group = by_key(
        "templates.InteractionGroup", "The group with this code, or null.", "code", "code", "Its code."
    )
    interaction_groups = to_many("templates.InteractionGroup", "Groups, by code.", filtered=False, ordered=False)
