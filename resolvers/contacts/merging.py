"""Merging two contacts: one stays, and every record that names the other one names it from then on (K28)."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import cast, get_type_hints

from sqlalchemy import delete, select, update
from sqlmodel import col
from sqlmodel import select as select_models

from persistence.columns import table_of
from persistence.contacts import Contact
from persistence.enums import ContactType
from persistence.precomputed.contact_dates import ContactDate
from resolvers import french_grammar
from resolvers.changes import rules as changes
from resolvers.changes.rules import ChildRowsChange
from resolvers.contacts import merged_records
from resolvers.contacts.fields import ContactFields, folded_columns, phone_columns
from resolvers.contacts.merged_records import ContactPair, Moved
from resolvers.contacts.updating import people_of, update_people
from resolvers.errors import Invalid, NotFound, Refusal, as_given, refuse_any
from resolvers.interactions.contact_salespeople import repeat_salespeople
from resolvers.queries import input_name
from resolvers.selections import check_count
from resolvers.work import Work, check_version, key, record_name

ROWS, DATES = table_of(Contact), table_of(ContactDate)
FIELDS = {input_name(name): name for name in get_type_hints(ContactFields)}
"""The columns by the names of the fields of ContactInput."""

OPT_OUTS = ("exclude_from_segment", "privacy_blocked")
"""Flags that the contact that stays gets if one of the two contacts has them."""

MAX_NOTES = 32_000
"""The maximum length of notes, in characters."""

MERGED_NO = "merged_no"
"""The field under which the change log of the contact that stays has the number of the merged one."""


@dataclass(frozen=True)
class ContactDifference:
    """A field in which the two contacts differed, by its name in ContactInput, and the value of each as text."""

    field: str
    value: str | None
    merged_value: str | None


@dataclass(frozen=True)
class ContactsMerged:
    """The ids of the contact that stays and of the merged one, which is null in a dry run; and how many interactions,
    postponed interactions and lines of segments named the merged one, as their contact or as its company.
    """

    id: int
    merged_id: int | None
    entries_moved: int
    postponed_moved: int
    lines_moved: int
    differences: list[ContactDifference]


def merge(
    work: Work,
    no: str,
    merged_no: str,
    *,
    keep_from_merged: Sequence[str] | None = None,
    dry_run: bool = False,
    expected_version: int | None = None,
) -> ContactsMerged:
    """Merge the contact `merged_no` into the contact `no`, and delete it. Its number is never used again (K28).

    Interactions, postponed ones, lines and steps of segments, saved criteria and the change log then name `no`; the
    people of a merged company move to the other company. The own fields of `no` win, except those in
    `keep_from_merged`, which are names of ContactInput; but it is excluded from segments, or blocked for privacy, if
    one of the two is, and notes of both are joined by a blank line.
    """
    keep = list(keep_from_merged or ())
    stays, merged = _find(work, key(no) or "", key(merged_no) or "", keep)
    pair = ContactPair(stays.no, merged.no, stays.type == ContactType.COMPANY)
    if dry_run:
        check_version(stays, expected_version, "expected_version")
        return _outcome(stays, merged, merged_records.count(work, pair), merged_id=None)
    stays, merged = _lock(work, pair, merged, takes_company="companyNo" in keep and not pair.are_companies)
    check_version(stays, expected_version, "expected_version")
    values = _values(stays, merged, {FIELDS[name] for name in keep})
    outcome = _outcome(stays, merged, _move(work, pair, stays, values), merged_id=merged.id)
    _update_and_delete(work, stays, merged, values)
    if pair.are_companies:
        update_people(work, stays, values)
    return outcome


def _find(work: Work, no: str, merged_no: str, keep: Sequence[str]) -> tuple[Contact, Contact]:
    """The two contacts. Refused if one does not exist, if they are the same or of different types, or if `keep` has a
    name that is no field.
    """
    check_count(keep, "keep_from_merged")
    refusals = _wrong_names(keep)
    found = [work.find(Contact, no=each) for each in (no, merged_no)]
    for field, wanted, contact in zip(("no", "merged_no"), (no, merged_no), found, strict=True):
        if contact is None:
            refusals.append(_not_found(field, wanted))
    if no == merged_no:
        refusals = [*_wrong_names(keep), _same_contact()]
    stays, merged = found
    if stays is not None and merged is not None and stays.type != merged.type:
        refusals.append(_other_type(stays, merged))
    refuse_any(refusals)
    assert stays is not None
    assert merged is not None
    return stays, merged


def _not_found(field: str, no: str) -> Refusal:
    return NotFound(field, what=record_name(Contact), key=no)


def _wrong_names(names: Sequence[str]) -> list[Refusal]:
    possible = ", ".join(FIELDS)
    return [
        Invalid(
            "keep_from_merged",
            str(index),
            english=f"A contact has no field {as_given(name)}. Give names of: {possible}.",
            french=f"Un contact n’a pas de champ {as_given(name)}. Donnez des noms parmi\u00a0: {possible}.",
        )
        for index, name in enumerate(names)
        if name not in FIELDS
    ]


def _same_contact() -> Refusal:
    return Invalid(
        "merged_no",
        english="A contact cannot be merged into itself. Give the number of the other contact.",
        french="Un contact ne peut pas être fusionné avec lui-même. Donnez le numéro de l’autre contact.",
    )


def _notes_too_long() -> Refusal:
    return Invalid(
        "merged_no",
        english=f"The notes of both contacts together have more than {MAX_NOTES:,} characters. Shorten those of one, "
        "or name `notes` in keepFromMerged to keep only those of the merged contact.",
        french=f"Les remarques des deux contacts dépassent ensemble {french_grammar.number(MAX_NOTES)} caractères. "
        "Raccourcissez celles de l’un, ou nommez `notes` dans keepFromMerged pour ne garder que celles du contact "
        "fusionné.",
    )


def _other_type(stays: Contact, merged: Contact) -> Refusal:
    given, other = as_given(merged.no), as_given(stays.no)
    if merged.type == ContactType.COMPANY:
        return Invalid(
            "merged_no",
            english=f"{given} is a company and {other} a person. Merge only contacts of the same type.",
            french=f"{given} est une compagnie et {other} une personne. Fusionnez seulement des contacts du même type.",
        )
    return Invalid(
        "merged_no",
        english=f"{given} is a person and {other} a company. Merge only contacts of the same type; set companyNo with "
        "updateContact to make the person one of the company’s people.",
        french=f"{given} est une personne et {other} une compagnie. Fusionnez seulement des contacts du même type; "
        "pour rattacher la personne à la compagnie, changez companyNo avec updateContact.",
    )


def _lock(work: Work, pair: ContactPair, merged: Contact, *, takes_company: bool) -> tuple[Contact, Contact]:
    """Lock what the merge changes, in the order in which other commands lock it: postponed interactions and
    segments, then the company that the contact that stays gets from the merged one, then both contacts, then the people
    of companies. Returns the contacts as they are now.

    If another segment or company has been affected meanwhile, all these locks are released and taken again.
    """
    while True:
        company_no = merged.company_no if takes_company else None
        with work.session.begin_nested() as savepoint:
            segments = merged_records.lock(work, pair)
            if company_no is not None:
                work.session.execute(select(ROWS.c.no).where(ROWS.c.no == company_no).with_for_update(read=True)).all()
            stays, merged = _lock_contacts(work, pair)
            if pair.are_companies:
                people = select(ROWS.c.no).where(ROWS.c.company_no.in_(pair.numbers), ROWS.c.no.not_in(pair.numbers))
                # An interaction that is being logged locks its contact, then the company: it must not wait for people.
                work.session.execute(people.order_by(ROWS.c.no).with_for_update(key_share=True)).all()
            same_company = company_no == merged.company_no or not takes_company
            if same_company and merged_records.segments(work, pair) <= segments:
                return stays, merged
            savepoint.rollback()


def _lock_contacts(work: Work, pair: ContactPair) -> tuple[Contact, Contact]:
    statement = (
        select_models(Contact).where(col(Contact.no).in_(pair.numbers)).order_by(col(Contact.no)).with_for_update()
    )
    found = {each.no: each for each in work.session.exec(statement.execution_options(populate_existing=True))}
    fields = {"no": pair.no, "merged_no": pair.merged_no}
    refuse_any([_not_found(field, no) for field, no in fields.items() if no not in found])
    stays, merged = found[pair.no], found[pair.merged_no]
    if stays.type != merged.type:
        refuse_any([_other_type(stays, merged)])
    return stays, merged


def _values(stays: Contact, merged: Contact, taken: Set[str]) -> dict[str, object]:
    """The new values of the contact that stays: those taken from the merged one, the opt-outs and the notes."""
    is_company = stays.type == ContactType.COMPANY
    values: dict[str, object] = {name: getattr(merged, name) for name in taken - {"type"}}
    if is_company:
        values.pop("company_no", None)
        values["company_name"] = values.get("name", stays.name)
    elif "company_no" in values:
        values["company_name"] = merged.company_name
    values |= {name: getattr(stays, name) or getattr(merged, name) for name in OPT_OUTS}
    if "notes" not in taken:
        values["notes"] = "\n\n".join(dict.fromkeys(filter(None, (stays.notes, merged.notes)))) or None
        refuse_any([_notes_too_long()] if len(cast(str, values["notes"] or "")) > MAX_NOTES else [])
    return values | folded_columns(values) | phone_columns(values, stays)


def _move(work: Work, pair: ContactPair, stays: Contact, values: Mapping[str, object]) -> Moved:
    """Move the records, and the people of a company."""

    def new(name: str) -> str | None:
        return cast(str | None, values.get(name, getattr(stays, name)))

    moved = merged_records.move(work, pair, company_no=new("company_no"), salesperson_code=new("salesperson_code"))
    if pair.are_companies:
        company = {"company_no": pair.no, "company_name": new("name")}
        changes.update_rows(work, Contact, company | folded_columns(company), people_of(pair.merged_no))
    return moved


def _update_and_delete(work: Work, stays: Contact, merged: Contact, values: Mapping[str, object]) -> None:
    """Change the contact that stays and delete the merged one, whose changes become those of the contact that stays."""
    assert stays.id is not None
    assert merged.id is not None
    changes.move(work, Contact, merged.id, stays.id, after=stays.version)
    last_version = stays.version + merged.version
    work.session.execute(update(ROWS).where(ROWS.c.id == stays.id).values(version=last_version))
    number = {MERGED_NO: ChildRowsChange(None, merged.no)}
    changes.update_rows(work, Contact, values, ROWS.c.id == stays.id, child_rows=number)
    if values.get("salesperson_code", stays.salesperson_code) != stays.salesperson_code:
        repeat_salespeople(work, ROWS.c.id == stays.id)
    changes.record_deleted(work, Contact, ROWS.c.id == merged.id)
    work.session.execute(delete(DATES).where(DATES.c.contact_no == merged.no))
    work.session.execute(delete(ROWS).where(ROWS.c.id == merged.id))


def _outcome(stays: Contact, merged: Contact, moved: Moved, *, merged_id: int | None) -> ContactsMerged:
    assert stays.id is not None
    return ContactsMerged(stays.id, merged_id, *moved, _differences(stays, merged))


def _differences(stays: Contact, merged: Contact) -> list[ContactDifference]:
    """The fields in which the contacts differ. That each company is its own company is no difference."""
    names = {field: name for field, name in FIELDS.items() if name != "company_no" or stays.type == ContactType.PERSON}
    values = {field: (getattr(stays, name), getattr(merged, name)) for field, name in names.items()}
    return [
        ContactDifference(field, _as_text(value), _as_text(merged_value))
        for field, (value, merged_value) in values.items()
        if value != merged_value
    ]


def _as_text(value: object) -> str | None:
    """A value as the change log shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
