"""A function that writes a text as JSON on PostgreSQL

JSON_SCALAR, which exists since PostgreSQL 17, looks up how to write a type once for each statement; `to_json` does so for each
value. PostgreSQL puts the body of the function into the statement that calls it. SQLite has functions of its own for JSON.
"""

from alembic import op

revision = "0036"
down_revision = "0035"

JSON_SCALAR_SINCE = 170000


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    function = "JSON_SCALAR" if version >= JSON_SCALAR_SINCE else "to_json"
    op.execute(
        "CREATE FUNCTION carnet_json(value text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE "
        f"AS $$ SELECT CAST({function}(value) AS text) $$"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION carnet_json(text)")
