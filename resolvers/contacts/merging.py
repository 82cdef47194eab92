"""Merging two cards of one contact: one stays, and everything that names the other names it from then on (K28)."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import cast, get_type_hints

from sqlalchemy import delete, select, update
from sqlmodel import col
from sqlmodel import select as select_models

from persistence.columns import table_of
from persistence.contact_dates import ContactDate
from persistence.contacts import Contact
from persistence.enums import ContactType
from resolvers import french_grammar
from resolvers.changes import rules as changes
from resolvers.changes.rules import ChildRowsChange
from resolvers.contacts import merged_records
from resolvers.contacts.fields import ContactFields, folded_columns, phone_columns
from resolvers.contacts.merged_records import Cards, Moved
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
"""Flags that the card that stays has if one of the two cards has them."""

MAX_NOTES = 32_000
"""The most characters of notes."""

MERGED_NO = "merged_no"
"""The field under which the change log of the card that stays has the number of the merged one."""


@dataclass(frozen=True)
class ContactDifference:
    """A field in which the two cards differed, by its name in ContactInput, and the value of each card as text."""

    field: str
    value: str | None
    merged_value: str | None


@dataclass(frozen=True)
class ContactsMerged:
    """The ids of the card that stays and of the merged one, which is null in a dry run; and how many interactions,
    postponed interactions and lines of segments named the merged card, as their contact or as its company.
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
    """Merge the contact `merged_no` into the contact `no`, and delete its card. Its number is never used again (K28).

    Interactions, postponed ones, lines and steps of segments, saved criteria and the change log then name `no`; the
    people of a merged company move to the other company. The own fields of `no` win, except those in
    `keep_from_merged`, which are names of ContactInput; but it is excluded from segments, or blocked for privacy, if
    one of the two cards is, and notes of both are joined by a blank line.
    """
    keep = list(keep_from_merged or ())
    stays, merged = _find(work, key(no) or "", key(merged_no) or "", keep)
    cards = Cards(stays.no, merged.no, stays.type == ContactType.COMPANY)
    if dry_run:
        check_version(stays, expected_version, "expected_version")
        return _outcome(stays, merged, merged_records.count(work, cards), merged_id=None)
    stays, merged = _lock(work, cards, merged, takes_company="companyNo" in keep and not cards.are_companies)
    check_version(stays, expected_version, "expected_version")
    values = _values(stays, merged, {FIELDS[name] for name in keep})
    outcome = _outcome(stays, merged, _move(work, cards, stays, values), merged_id=merged.id)
    _replace_card(work, stays, merged, values)
    if cards.are_companies:
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
        english="A contact cannot be merged into itself. Give the number of the other card.",
        french="Un contact ne peut pas être fusionné avec lui-même. Donnez le numéro de l’autre fiche.",
    )


def _notes_too_long() -> Refusal:
    return Invalid(
        "merged_no",
        english=f"The notes of both cards are together longer than {MAX_NOTES:,} characters. Shorten the notes of one, "
        "or name `notes` in keepFromMerged to keep only those of the merged card.",
        french=f"Les notes des deux fiches dépassent ensemble {french_grammar.number(MAX_NOTES)} caractères. "
        "Raccourcissez celles d’une fiche, ou nommez `notes` dans keepFromMerged pour ne garder que celles de la fiche "
        "fusionnée.",
    )


def _other_type(stays: Contact, merged: Contact) -> Refusal:
    given, other = as_given(merged.no), as_given(stays.no)
    if merged.type == ContactType.COMPANY:
        return Invalid(
            "merged_no",
            english=f"{given} is a company and {other} a person. Merge only cards of the same type.",
            french=f"{given} est une compagnie et {other} une personne. Fusionnez seulement des fiches du même type.",
        )
    return Invalid(
        "merged_no",
        english=f"{given} is a person and {other} a company. Merge only cards of the same type; set companyNo with "
        "updateContact to make the person one of the company’s people.",
        french=f"{given} est une personne et {other} une compagnie. Fusionnez seulement des fiches du même type; pour "
        "rattacher la personne à la compagnie, changez companyNo avec updateContact.",
    )


def _lock(work: Work, cards: Cards, merged: Contact, *, takes_company: bool) -> tuple[Contact, Contact]:
    """Lock what the merge changes, in the order in which other commands lock it: postponed interactions and open
    segments, then the company that the card that stays gets from the merged one, then both cards, then the people of
    companies. Returns the cards as they are now.

    If another segment or company is concerned by then, all these locks are released and taken again.
    """
    while True:
        company_no = merged.company_no if takes_company else None
        with work.session.begin_nested() as savepoint:
            segments = merged_records.lock(work, cards)
            if company_no is not None:
                work.session.execute(select(ROWS.c.no).where(ROWS.c.no == company_no).with_for_update(read=True)).all()
            stays, merged = _lock_cards(work, cards)
            if cards.are_companies:
                people = select(ROWS.c.no).where(ROWS.c.company_no.in_(cards.numbers), ROWS.c.no.not_in(cards.numbers))
                # An interaction that is being logged locks its contact, then the company: it must not wait for people.
                work.session.execute(people.order_by(ROWS.c.no).with_for_update(key_share=True)).all()
            same_company = company_no == merged.company_no or not takes_company
            if same_company and merged_records.open_segments(work, cards) <= segments:
                return stays, merged
            savepoint.rollback()


def _lock_cards(work: Work, cards: Cards) -> tuple[Contact, Contact]:
    statement = (
        select_models(Contact).where(col(Contact.no).in_(cards.numbers)).order_by(col(Contact.no)).with_for_update()
    )
    found = {each.no: each for each in work.session.exec(statement.execution_options(populate_existing=True))}
    fields = {"no": cards.no, "merged_no": cards.merged_no}
    refuse_any([_not_found(field, no) for field, no in fields.items() if no not in found])
    stays, merged = found[cards.no], found[cards.merged_no]
    if stays.type != merged.type:
        refuse_any([_other_type(stays, merged)])
    return stays, merged


def _values(stays: Contact, merged: Contact, taken: Set[str]) -> dict[str, object]:
    """The columns that the card that stays gets: those that are taken from the merged card, and the opt-outs."""
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


def _move(work: Work, cards: Cards, stays: Contact, values: Mapping[str, object]) -> Moved:
    """Move the records, and the people of a company."""

    def new(name: str) -> str | None:
        return cast(str | None, values.get(name, getattr(stays, name)))

    moved = merged_records.move(work, cards, company_no=new("company_no"), salesperson_code=new("salesperson_code"))
    if cards.are_companies:
        company = {"company_no": cards.no, "company_name": new("name")}
        changes.update_rows(work, Contact, company | folded_columns(company), people_of(cards.merged_no))
    return moved


def _replace_card(work: Work, stays: Contact, merged: Contact, values: Mapping[str, object]) -> None:
    """Change the card that stays and delete the merged one, with all changes in the change log of the one that
    stays.
    """
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
    """The fields in which the cards differ. Each company is its own company, which is no difference."""
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
