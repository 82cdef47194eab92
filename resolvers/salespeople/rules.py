"""Creating, updating and deleting salespeople (A.3)."""

from typing import TypedDict

from persistence.salespeople import Salesperson
from persistence.sql.folding import fold
from resolvers import master_data
from resolvers.errors import Refusal, Translated, refuse_any
from resolvers.master_data import (
    CardCreated,
    CardDeleted,
    CardKind,
    CardUpdated,
    Normalizer,
    check_new_key,
    insert,
    normalized,
    required_text,
    text,
)
from resolvers.refusals import SalespersonNotFound
from resolvers.work import Work, check_texts

INPUT = "salesperson"
NORMALIZERS: dict[str, Normalizer] = {"email": text, "job_title": text, "phone_no": text, "blocked": bool}
SALESPEOPLE = CardKind(
    Salesperson,
    "code",
    SalespersonNotFound,
    advice=Translated("Block them instead (blocked).", "Bloquez-le plutôt (blocked)."),
)
MAX_SEARCH_NAME_LENGTH = 100


class SalespersonFields(TypedDict, total=False):
    """The fields of a salesperson. Absent fields are not changed; null clears a field."""

    name: str | None
    email: str | None
    job_title: str | None
    phone_no: str | None
    blocked: bool | None


def create(work: Work, code: str, fields: SalespersonFields) -> CardCreated:
    """Create a salesperson. Code and name are required."""
    new_code, refusals = check_new_key(Salesperson, code, "code")
    columns = _columns({"name": None, **fields}, refusals)
    refuse_any(refusals)
    return CardCreated(insert(work, Salesperson, {**columns, "code": new_code}, "code"), new_code)


def update(work: Work, code: str, fields: SalespersonFields, *, expected_version: int | None = None) -> CardUpdated:
    """Change the given fields of a salesperson."""
    salesperson = SALESPEOPLE.lock(work, code, expected_version)
    refusals: list[Refusal] = []
    columns = _columns(fields, refusals, salesperson)
    refuse_any(refusals)
    return master_data.update(work, salesperson, columns)


def delete(work: Work, code: str) -> CardDeleted:
    """Delete a salesperson that no other record uses (K6)."""
    return SALESPEOPLE.delete(work, code)


def _columns(
    fields: SalespersonFields, refusals: list[Refusal], before: Salesperson | None = None
) -> dict[str, object]:
    """The columns for the given fields. The name is required; values that do not change are not checked."""
    values = normalized(fields, NORMALIZERS)
    search: dict[str, object] = {}
    if "name" in values:
        values["name"] = name = required_text(values["name"], refusals, INPUT, "name")
        search["search_name"] = fold(name)[:MAX_SEARCH_NAME_LENGTH]
    refusals += check_texts(Salesperson, values, INPUT, before=before)
    return {**values, **search}
