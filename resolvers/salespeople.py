"""Salespeople (A.3)."""

from dataclasses import dataclass
from typing import Any, TypedDict

from persistence.folding import fold
from persistence.salespeople import Salesperson
from resolvers.errors import refuse_any
from resolvers.master_data import insert, new_key, required, text
from resolvers.work import Work, too_long

WIDEST_SEARCH_NAME = 100


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
    name = required(fields.get("name"), refusals, "salesperson", "name")
    values: dict[str, Any] = {
        "name": name,
        "email": text(fields.get("email")),
        "job_title": text(fields.get("job_title")),
        "phone_no": text(fields.get("phone_no")),
        "blocked": bool(fields.get("blocked")),
    }
    refusals += too_long(Salesperson, values, "salesperson")
    refuse_any(refusals)
    values |= {"code": kept, "search_name": fold(name)[:WIDEST_SEARCH_NAME]}
    return SalespersonCreated(insert(work, Salesperson, values, "code"), kept)
