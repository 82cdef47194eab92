"""The SQL of the edges of interaction groups and templates, and of their descriptions in other languages."""

from collections.abc import Sequence

from sqlalchemy import Unicode, func, select

from persistence.columns import Table
from persistence.sql.folding import Folded
from persistence.templates import InteractionGroupTranslation, InteractionTemplateTranslation
from resolvers.languages import translated
from resolvers.queries import Alternatives, SqlBuilder, SqlCondition, SqlExpression, TableRow
from resolvers.work import key


def templates_of_group(group: TableRow, template: TableRow, _: SqlBuilder) -> Alternatives:
    """The templates of a group."""
    return [[template.c.group_code == group.c.code]]


def interactions_of_group(group: TableRow, entry: TableRow, _: SqlBuilder) -> Alternatives:
    """The interactions logged in a group: the group that the template had when they were logged."""
    return [[entry.c.group_code == group.c.code]]


def interactions_of_template(template: TableRow, entry: TableRow, _: SqlBuilder) -> Alternatives:
    """The interactions made from a template."""
    return [[entry.c.template_code == template.c.code]]


def translations_of_group(group: TableRow, translation: TableRow, _: SqlBuilder) -> Sequence[SqlCondition]:
    """The descriptions of a group in other languages."""
    return [translation.c.group_code == group.c.code]


def translations_of_template(template: TableRow, translation: TableRow, _: SqlBuilder) -> Sequence[SqlCondition]:
    """The descriptions of a template in other languages."""
    return [translation.c.template_code == template.c.code]


def description_of_group(group: TableRow, sql: SqlBuilder, language_code: object) -> SqlExpression:
    """The description of a group in this language, else in the reader's, as far as it is translated (K21)."""
    return _description(group, InteractionGroupTranslation, "group_code", sql, language_code)


def description_of_template(template: TableRow, sql: SqlBuilder, language_code: object = None) -> SqlExpression:
    """The description of a template in this language, else in the reader's, as far as it is translated (K21)."""
    return _description(template, InteractionTemplateTranslation, "template_code", sql, language_code)


def folded_description(template: TableRow, sql: SqlBuilder) -> SqlExpression:
    """The description of a template in the reader's language without case and accents, to sort by."""
    return Folded(description_of_template(template, sql))


def _description(
    row: TableRow, table: type[Table], code_column: str, sql: SqlBuilder, language_code: object
) -> SqlExpression:
    translation = sql.row(table)
    its = translation.c[code_column] == row.c.code
    if language_code is None:
        language = sql.bind_reader(lambda reader: reader.code_prefix, type_=Unicode())
        code = sql.bind_reader(lambda reader: reader.code, type_=Unicode())
        return translated(row, translation, its, language, code)
    column = translation.c.language_code
    wanted = sql.bind(lambda text: key(text) or "", language_code, type_=column.type)
    found = select(translation.c.description).select_from(translation.source).where(its, column == wanted)
    return func.coalesce(found.scalar_subquery(), row.c.description)
