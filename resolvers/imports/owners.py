"""Finds the salespeople whom other programs name by their name or e-mail address instead of a code."""

import re
from collections import defaultdict

from sqlalchemy import Table as SqlTable
from sqlalchemy import bindparam, func, select, update
from sqlmodel import Session

from persistence.columns import table_of
from persistence.salespeople import Salesperson
from persistence.sql.folding import comparable_email, fold
from resolvers.errors import Translated
from resolvers.french_grammar import number
from resolvers.imports.report import ImportReport

SALESPEOPLE = table_of(Salesperson).c
WITH_EMAIL = re.compile(r"(.*?)\s*[(<]([^()<>\s]+@[^()<>\s]+)[)>]")


def set_salespeople(session: Session, report: ImportReport, staging: SqlTable) -> None:
    """Set the codes of the salespeople that rows name. Adds one note for each name that no
    salesperson has, or several."""
    row = staging.c
    named = row.salesperson_name.is_not(None) & row.salesperson_code.is_(None)
    counted = select(row.salesperson_name, func.count()).where(named).group_by(row.salesperson_name)
    counts: dict[str, int] = {}
    for name, count in session.execute(counted.order_by(row.salesperson_name)):
        counts[name] = count
    if not counts:
        return
    codes = _codes(session)
    found = {name: _code(codes, name) for name in counts}
    known = [{"owner": name, "owner_code": code} for name, code in found.items() if code is not None]
    if known:
        session.connection().execute(
            update(staging)
            .where(row.salesperson_name == bindparam("owner"), row.salesperson_code.is_(None))
            .values(salesperson_code=bindparam("owner_code")),
            known,
        )
    for name, count in counts.items():
        if found[name] is None:
            report.notes.append(
                Translated(
                    f"There is no salesperson {name}, or there are several (rows: {count:,}). The rows have no "
                    "salesperson now. Import the salespeople first with `carnet import salespeople FILE`, or give "
                    "their codes.",
                    f"Il n’y a aucun représentant {name}, ou il y en a plusieurs (lignes\u00a0: {number(count)}). Les "
                    "lignes n’ont donc pas de représentant. Importez d’abord les représentants avec `carnet import "
                    "salespeople FICHIER`, ou indiquez leurs codes.",
                )
            )


def _codes(session: Session) -> dict[str, set[str]]:
    """The codes of the salespeople with each folded name, code and e-mail address."""
    codes: dict[str, set[str]] = defaultdict(set)
    for code, name, email in session.execute(select(SALESPEOPLE.code, SALESPEOPLE.name, SALESPEOPLE.email)):
        for key in {fold(name), fold(code), comparable_email(email)} - {None}:
            codes[str(key)].add(code)
    return codes


def _code(codes: dict[str, set[str]], name: str) -> str | None:
    """The code of the only salesperson with a name or e-mail address."""
    with_email = WITH_EMAIL.fullmatch(name)
    for text in (name,) if with_email is None else (with_email[2], with_email[1]):
        found = codes.get(fold(text), set()) | codes.get(comparable_email(text) or "", set())
        if len(found) == 1:
            return next(iter(found))
    return None
