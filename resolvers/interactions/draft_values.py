"""The values that the template, the contact and the input give a draft (R-DRAFT, R-TMPL, R-CORR)."""

from typing import cast

from sqlmodel import select

from persistence.templates import InteractionTemplate
from resolvers.interactions.fields import DraftValues
from resolvers.interactions.named_records import NamedRecords, look_up
from resolvers.work import Work

BLANKED: DraftValues = {
    "group_code": None,
    "cost": None,
    "duration": None,
    "information_flow": None,
    "initiated_by": None,
    "campaign_target": False,
    "campaign_response": False,
    "correspondence_type": None,
    "language_code": None,
}
"""The values that choosing a template clears before it fills in its own (R-TMPL-2)."""


def fill(
    work: Work, start: DraftValues, given: DraftValues, *, stored: bool = False
) -> tuple[DraftValues, str | None, NamedRecords]:
    """The values of a draft: those of `start`, replaced by those of the template and the contact, replaced by the given
    ones (K12).

    `stored` says that `start` is a postponed interaction. Also returns the description that the draft has if none is
    given, and the records that it names.
    """
    template_code = given.get("template_code", start.get("template_code"))
    template_chosen = template_code != start.get("template_code")
    contact_no = given.get("contact_no", start.get("contact_no"))
    contact_chosen = contact_no != start.get("contact_no") or (contact_no is not None and not stored)
    records = look_up(
        work,
        contact_no=contact_no,
        template_code=template_code,
        salesperson_code=_code(
            start.get("salesperson_code"), given, "salesperson_code", use_default=not stored or contact_chosen
        ),
        campaign_no=_code(start.get("campaign_no"), given, "campaign_no", use_default=template_chosen),
    )
    values: DraftValues = {
        **start,
        "contact_no": contact_no,
        "company_no": records.company_no,
        "template_code": template_code,
    }
    if template_chosen:
        values.update(BLANKED)
        values.update(_from_template(work, records, start))
    if template_chosen or contact_chosen:
        _fill_from_contact(values, records, replace=template_chosen)
    default_description = values.get("description")
    values.update(given)
    values["salesperson_code"], values["campaign_no"] = records.salesperson.key, records.campaign.key
    return values, default_description, records


def _code(start: str | None, given: DraftValues, name: str, *, use_default: bool) -> str | None:
    """The given code, or else that of the start. "" means that there is none; None lets `look_up` use its default."""
    if name in given:
        return cast("str | None", given.get(name)) or ""
    return start or (None if use_default else "")


def _from_template(work: Work, records: NamedRecords, start: DraftValues) -> DraftValues:
    """The values of the template. Its description replaces only a blank one or that of the previous template (R-TMPL-3,
    B.15).
    """
    if not records.template.exists:
        return {}
    values = records.template_values.copy()
    description, previous_template = start.get("description"), start.get("template_code")
    if description is not None and description != _description(work, previous_template):
        del values["description"]
    return values


def _description(work: Work, template_code: str | None) -> str | None:
    if template_code is None:
        return None
    columns = select(InteractionTemplate.description).where(InteractionTemplate.code == template_code)
    return work.session.exec(columns).one_or_none()


def _fill_from_contact(values: DraftValues, records: NamedRecords, *, replace: bool) -> None:
    """Set correspondence type (R-CORR-1 to R-CORR-3) and language (R-DRAFT-8), which depend on the contact (K3).

    Without `replace` only where the draft has none.
    """
    if not records.contact.exists:
        return
    if replace or values.get("correspondence_type") is None:
        values["correspondence_type"] = records.correspondence_type
    if replace or values.get("language_code") is None:
        values["language_code"] = records.language_code
