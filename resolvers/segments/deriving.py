"""How the values of a line follow from segment, template and contact, as SQL: one line or a million, the same rules.

`Facts` are the columns of one of the three: of a joined table, or of a row already read. `Values` are what each column
of a line shall be; rules are functions from `Values` to `Values`.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, case, false, func, literal, or_, select

from persistence.columns import Money, Table
from persistence.templates import InteractionTemplate, InteractionTemplateTranslation
from resolvers.segments.marks import MARKS, is_marked, marks
from resolvers.segments.tables import LINES, table

Facts = Mapping[str, ColumnElement[Any]]
Values = dict[str, ColumnElement[Any]]

STAYING = ("salesperson_code", "date", "time_of_interaction", "evaluation", "attempt_failed")
"""What choosing a template leaves to the line; the rest is filled whatever was there (R-TMPL-2, R-TMPL-5)."""

FOLLOWING = ("salesperson_code", "date")
"""Of these, what a line has from its segment."""

BLANK: Facts = {column.name: literal(None, column.type) for column in LINES.columns}


def facts(model: type[Table], row: Table | None) -> Facts:
    """The columns of a row already read; all null without one."""
    return {column.name: literal(row and getattr(row, column.name), column.type) for column in table(model).columns}


def initial(segment: Facts, template: Facts, contact: Facts) -> Values:
    """A line as it begins, or begins again: all from the segment, no marks (R-LIN-1, R-LIN-3). `template` is the
    segment's.
    """
    return from_segment(segment, template, contact) | {
        "customized": literal(0),
        "time_of_interaction": BLANK["time_of_interaction"],
        "evaluation": BLANK["evaluation"],
        "attempt_failed": literal(False),
    }


def from_segment(segment: Facts, template: Facts, contact: Facts) -> Values:
    """What the segment, whose template is given, says for a contact (R-LIN-1, R-LIN-2).

    A subject belongs to a language, and the segment has one for its default language only.
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


def with_template(line: Values, segment: Facts, template: Facts, contact: Facts) -> Values:
    """The line after this template was chosen for it, or none (R-TMPL); the segment's own makes it follow again
    (R-LIN-4).
    """
    follows = template["code"].is_not_distinct_from(segment["template_code"])
    back, own = _following_again(line, segment, template, contact), _on_its_own(line, segment, template, contact)
    chosen = {name: case((follows, back[name]), else_=own[name]) for name in own}
    return line | chosen | {"customized": _marks_with_template(line, segment, template, follows)}


def _following_again(line: Values, segment: Facts, template: Facts, contact: Facts) -> Values:
    values = from_segment(segment, template, contact)
    kept = {name: case((is_marked(line["customized"], name), line[name]), else_=values[name]) for name in FOLLOWING}
    campaign = case((is_marked(line["customized"], "campaign_no"), line["campaign_no"]), else_=BLANK["campaign_no"])
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


def _on_its_own(line: Values, segment: Facts, template: Facts, contact: Facts) -> Values:
    return {name: line[name] for name in FOLLOWING} | {
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


def _marks_with_template(
    line: Values, segment: Facts, template: Facts, follows: ColumnElement[bool]
) -> ColumnElement[int]:
    """What the template fills is no longer the line's own; the template is, unless it is the segment's."""
    customized = line["customized"]
    keeps_description = or_(
        and_(follows, _keeps_description(line, follows=True)), and_(~follows, _keeps_description(line, follows=False))
    )
    keeps_campaign = and_(segment["campaign_no"].is_(None), or_(follows, template["campaign_no"].is_(None)))
    return (
        customized.bitwise_and(marks(STAYING))
        + case((follows, 0), else_=MARKS["template_code"])
        + case((keeps_description, customized.bitwise_and(MARKS["description"])), else_=0)
        + case((keeps_campaign, customized.bitwise_and(MARKS["campaign_no"])), else_=0)
    )


def _keeps_description(line: Values, *, follows: bool) -> ColumnElement[bool]:
    """A description stays unless it is blank or still the old template's (B.15).

    When the line follows its segment again, only one that was given to it stays.
    """
    old = table(InteractionTemplate).alias("old_template")
    old_description = select(old.c.description).where(old.c.code == line["template_code"]).scalar_subquery()
    keeps = and_(line["description"].is_not(None), line["description"].is_distinct_from(old_description))
    return and_(keeps, is_marked(line["customized"], "description")) if follows else keeps


def _correspondence_type(segment: Facts, template: Facts, contact: Facts) -> ColumnElement[str]:
    """R-CORR, which says the same as R-LIN-2 when the template is the segment's."""
    default = segment["correspondence_type_default"]
    return case(
        (and_(segment["ignore_contact_correspondence_type"], default.is_not(None)), default),
        (template["ignore_contact_correspondence_type"], template["correspondence_type_default"]),
        else_=func.coalesce(contact["correspondence_type"], template["correspondence_type_default"]),
    )


def _has_language(template_code: ColumnElement[str], contact: Facts) -> ColumnElement[bool]:
    """Whether the template has a translation in the contact's language (K21)."""
    translation = table(InteractionTemplateTranslation).alias()
    languages = select(translation.c.language_code).where(translation.c.template_code == template_code)
    return contact["language_code"].in_(languages)


def _or_false(flag: ColumnElement[bool]) -> ColumnElement[bool]:
    return func.coalesce(flag, false(), type_=Boolean())
