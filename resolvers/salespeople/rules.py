"""Salespeople (A.3)."""

from dataclasses import dataclass
from typing import Any, TypedDict

from persistence.folding import fold
from persistence.salespeople import Salesperson
from resolvers import master_data
from resolvers import usages as uses
from resolvers.errors import Refusal, Translated, refuse_any
from resolvers.master_data import CardDeleted, CardUpdated, insert, new_key, required, text
from resolvers.refusals import SalespersonNotFound
from resolvers.work import Work, key, unfit_texts

ROOM = "salesperson"
WIDEST_SEARCH_NAME = 100
INSTEAD = Translated("Block them instead (blocked).", "Bloquez-le plutôt (blocked).")


class SalespersonFields(TypedDict, total=False):
    name: str | None
    email: str | None
    job_title: str | None
    phone_no: str | None
    blocked: bool | None


@dataclass(frozen=True)
class SalespersonCreated:
    id: int
    code: str


def create(work: Work, code: str, fields: SalespersonFields) -> SalespersonCreated:
    """A new salesperson. Code and name must be there."""
    kept, refusals = new_key(Salesperson, code, "code")
    values = _normalized({"name": None, **fields}, refusals)
    refuse_any(refusals)
    return SalespersonCreated(insert(work, Salesperson, values | {"code": kept}, "code"), kept)


def update(work: Work, code: str, fields: SalespersonFields, *, expected_version: int | None = None) -> CardUpdated:
    """Change what is given and leave the rest."""
    salesperson = _held(work, code, expected_version)
    refusals: list[Refusal] = []
    values = _normalized(fields, refusals, salesperson)
    refuse_any(refusals)
    return master_data.change(work, salesperson, values)


def delete(work: Work, code: str) -> CardDeleted:
    """Delete a salesperson whom neither history, nor anything open, nor another card names (K6)."""
    salesperson = _held(work, code)
    uses.refuse_if_used(work, Salesperson, salesperson.code, "code", INSTEAD)
    return master_data.remove(work, salesperson)


def _held(work: Work, code: str, expected_version: int | None = None) -> Salesperson:
    kept = key(code) or ""
    lost = SalespersonNotFound("code", key=kept)
    return master_data.held(work, Salesperson, lost, expected_version=expected_version, code=kept)


def _normalized(
    fields: SalespersonFields, refusals: list[Refusal], before: Salesperson | None = None
) -> dict[str, Any]:
    """The given values, normalized for storage. The name is required; unchanged values are not checked."""
    given: dict[str, Any] = {**fields}
    values: dict[str, Any] = {name: text(value) for name, value in given.items() if name not in ("name", "blocked")}
    if "blocked" in given:
        values["blocked"] = bool(given["blocked"])
    if "name" in given:
        values["name"] = required(given["name"], refusals, ROOM, "name")
        values["search_name"] = fold(values["name"])[:WIDEST_SEARCH_NAME]
    texts = {name: value for name, value in values.items() if name != "search_name"}
    refusals += unfit_texts(Salesperson, texts, ROOM, before=before)
    return values
