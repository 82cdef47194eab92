"""The function `carnet_json`, which writes a text as JSON. Its body depends on the version of the server."""

from sqlalchemy import text
from sqlalchemy.orm import Session

JSON_SCALAR_SINCE = 170000
"""The first version of PostgreSQL that has JSON_SCALAR, which takes half the time of `to_json`."""

BODY = "SELECT CAST({function}(value) AS text)"

OWN_BODY = text(
    "SELECT prosrc, CAST(current_setting('server_version_num') AS integer) FROM pg_proc "
    "WHERE oid = to_regprocedure('carnet_json(text)') AND pg_has_role(proowner, 'USAGE')"
)
"""Finds the body of the function, if the user may replace it, and the version of the server."""


def replace_json_function(session: Session) -> None:
    """Replace the body of the function if it is not that for this version of the server."""
    found = session.execute(OWN_BODY).first()
    if found is None:
        return
    stored, version = found
    body = BODY.format(function="JSON_SCALAR" if version >= JSON_SCALAR_SINCE else "to_json")
    if stored.strip() != body:
        session.execute(
            text(
                "CREATE OR REPLACE FUNCTION carnet_json(value text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE "
                f"AS $$ {body} $$"
            )
        )
