"""How the values of a line are derived from segment, template and contact, as SQL, so that one statement derives any
number of lines.

`Columns` are the columns of one of the three: of a joined table, or constants of a row that was read. `LineValues` are
the new values of a line's columns. The rules are functions from `LineValues` to `LineValues`. The drafts of single
interactions follow the same rules in Python, see `resolvers.interactions.draft_values`.
"""

from collections.abc import Mapping

from sqlalchemy import Boolean, ColumnElement, and_, case, false, func, literal, or_, select

from persistence.columns import Money, Table, table_of
from persistence.templates import InteractionTemplate, InteractionTemplateTranslation
from resolvers.queries import SqlExpression
from resolvers.segments.lines.customized_fields import FIELD_BITS, bits, is_customized
from resolvers.segments.tables import LINES

Columns = Mapping[str, SqlExpression]
LineValues = dict[str, SqlExpression]

KEPT_WITH_TEMPLATE = ("salesperson_code", "date", "time_of_interaction", "evaluation", "attempt_failed")
"""The fields that choosing a template does not change. It replaces all others (R-TMPL-2, R-TMPL-5)."""

KEPT_FROM_SEGMENT = ("salesperson_code", "date")
"""Those fields of `KEPT_WITH_TEMPLATE` whose values come from the segment."""

BLANK: Columns = {column.name: literal(None, column.type) for column in LINES.columns}


def columns_of(model: type[Table], row: Table | None) -> Columns:
    """The columns of a row that was read, as constants; all null without a row."""
    columns = table_of(model).columns
    return {column.name: literal(row and getattr(row, column.name), column.type) for column in columns}


def new_line(segment: Columns, template: Columns, contact: Columns) -> LineValues:
    """A new line, or one that is reset: all values from the segment, no customized fields (R-LIN-1, R-LIN-3).

    `template` is the template of the segment.
    """
    return from_segment(segment, template, contact) | {
        "customized": literal(0),
        "time_of_interaction": BLANK["time_of_interaction"],
        "evaluation": BLANK["evaluation"],
        "attempt_failed": literal(False),
    }


def from_segment(segment: Columns, template: Columns, contact: Columns) -> LineValues:
    """The values that a line with this contact has from its segment (R-LIN-1, R-LIN-2). `template` is the template of
    the segment.

    The subject of the segment is in its default language, so lines in another language have none.
    """
    language = case(
        (_has_language(segment["template_code"], contact), contact["language_code"]),
        else_=segment["language_code_default"],
    )
    same = ("description", "campaign_no", "template_code", "group_code", "date", "information_flow", "initiated_by")
    return {name: segment[name] for name in (*same, "campaign_target", "campaign_response")} | {
        "company_no": contact["company_no"],
        "salesperson_code": func.coalesce(segment["salesperson_code"], contact["salesperson_code"]),
        "cost": segment["unit_cost"],
        "duration": segment["unit_duration"],
        "correspondence_type": _correspondence_type(segment, template, contact),
        "language_code": language,
        "subject": case(
            (language.is_not_distinct_from(segment["language_code_default"]), segment["subject_default"]),
            else_=BLANK["subject"],
        ),
    }


def with_template(line: LineValues, segment: Columns, template: Columns, contact: Columns) -> LineValues:
    """The line after this template, or no template, was chosen for it (R-TMPL). With the template of the segment it
    follows the segment again (R-LIN-4).
    """
    follows = template["code"].is_not_distinct_from(segment["template_code"])
    following = _with_segment_template(line, segment, template, contact)
    own = _with_own_template(line, segment, template, contact)
    chosen = {name: case((follows, following[name]), else_=own[name]) for name in own}
    return line | chosen | {"customized": _customized_with_template(line, segment, template, follows)}


def _with_segment_template(line: LineValues, segment: Columns, template: Columns, contact: Columns) -> LineValues:
    values = from_segment(segment, template, contact)
    kept = {
        name: case((is_customized(line["customized"], name), line[name]), else_=values[name])
        for name in KEPT_FROM_SEGMENT
    }
    campaign = case((is_customized(line["customized"], "campaign_no"), line["campaign_no"]), else_=BLANK["campaign_no"])
    return (
        values
        | kept
        | {
            "campaign_no": func.coalesce(segment["campaign_no"], campaign),
            "description": case(
                (_keeps_description(line, follows=True), line["description"]),
                else_=func.coalesce(segment["description"], template["description"]),
            ),
        }
    )


def _with_own_template(line: LineValues, segment: Columns, template: Columns, contact: Columns) -> LineValues:
    return {name: line[name] for name in KEPT_FROM_SEGMENT} | {
        "template_code": template["code"],
        "group_code": template["group_code"],
        "cost": func.coalesce(template["unit_cost"], literal(0, Money())),
        "duration": func.coalesce(template["unit_duration"], literal(0)),
        "information_flow": template["information_flow"],
        "initiated_by": template["initiated_by"],
        "campaign_target": _or_false(template["campaign_target"]),
        "campaign_response": _or_false(template["campaign_response"]),
        "correspondence_type": _correspondence_type(segment, template, contact),
        "language_code": case(
            (_has_language(template["code"], contact), contact["language_code"]),
            else_=template["language_code_default"],
        ),
        "subject": BLANK["subject"],
        "campaign_no": func.coalesce(segment["campaign_no"], template["campaign_no"], line["campaign_no"]),
        "description": case(
            (_keeps_description(line, follows=False), line["description"]), else_=template["description"]
        ),
    }


def _customized_with_template(
    line: LineValues, segment: Columns, template: Columns, follows: ColumnElement[bool]
) -> ColumnElement[int]:
    """The customized fields: without those that the template replaces, and with the template unless it is the
    segment's.
    """
    customized = line["customized"]
    keeps_description = or_(
        and_(follows, _keeps_description(line, follows=True)), and_(~follows, _keeps_description(line, follows=False))
    )
    keeps_campaign = and_(segment["campaign_no"].is_(None), or_(follows, template["campaign_no"].is_(None)))
    return (
        customized.bitwise_and(bits(KEPT_WITH_TEMPLATE))
        + case((follows, 0), else_=FIELD_BITS["template_code"])
        + case((keeps_description, customized.bitwise_and(FIELD_BITS["description"])), else_=0)
        + case((keeps_campaign, customized.bitwise_and(FIELD_BITS["campaign_no"])), else_=0)
    )


def _keeps_description(line: LineValues, *, follows: bool) -> ColumnElement[bool]:
    """Whether the description stays: not if it is blank or equal to that of the previous template (R-TMPL-3, B.15).

    If the line follows its segment again, only a customized description stays.
    """
    old = table_of(InteractionTemplate).alias("old_template")
    old_description = select(old.c.description).where(old.c.code == line["template_code"]).scalar_subquery()
    keeps = and_(line["description"].is_not(None), line["description"].is_distinct_from(old_description))
    return and_(keeps, is_customized(line["customized"], "description")) if follows else keeps


def _correspondence_type(segment: Columns, template: Columns, contact: Columns) -> ColumnElement[str]:
    """The correspondence type by R-CORR-1 to R-CORR-3. With the template of the segment, R-LIN-2 gives the same."""
    default = segment["correspondence_type_default"]
    return case(
        (and_(segment["ignore_contact_correspondence_type"], default.is_not(None)), default),
        (template["ignore_contact_correspondence_type"], template["correspondence_type_default"]),
        else_=func.coalesce(contact["correspondence_type"], template["correspondence_type_default"]),
    )


def _has_language(template_code: ColumnElement[str], contact: Columns) -> ColumnElement[bool]:
    """Whether the template has a translation in the contact's language (K21)."""
    translation = table_of(InteractionTemplateTranslation).alias()
    languages = select(translation.c.language_code).where(translation.c.template_code == template_code)
    return contact["language_code"].in_(languages)


def _or_false(flag: ColumnElement[bool]) -> ColumnElement[bool]:
    return func.coalesce(flag, false(), type_=Boolean())
