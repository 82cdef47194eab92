"""Schemas for companies, each with a role of its own."""

import base64
import hashlib
import hmac
import secrets

import asyncpg
from sqlalchemy import URL

from persistence.dialects.postgresql.errors import CONNECTION_ERRORS
from persistence.dialects.postgresql.server import Server
from persistence.exceptions import CompanyFailed, CompanyProblem, DatabaseUnreachable, Unavailable

PREFIX = "carnet_"
"""The beginning of the names of these schemas and roles."""

LOCK_SECONDS = 10
"""Seconds for which statements wait for transactions that use the schema."""

SETTINGS = {"application_name": "carnet company", "lock_timeout": str(LOCK_SECONDS * 1000)}
ITERATIONS = 4096
"""The iterations of SCRAM-SHA-256: as many as PostgreSQL itself uses."""

PROBLEMS: dict[type[asyncpg.PostgresError], CompanyProblem] = {
    asyncpg.DuplicateObjectError: CompanyProblem.EXISTS,
    asyncpg.DuplicateSchemaError: CompanyProblem.EXISTS,
    asyncpg.InsufficientPrivilegeError: CompanyProblem.NOT_ALLOWED,
    asyncpg.LockNotAvailableError: CompanyProblem.IN_USE,
    asyncpg.ObjectInUseError: CompanyProblem.IN_USE,
}


async def create(server: URL, name: str) -> URL:
    """Create the schema and the role of a company, as the user of `server`. Returns the URL of the role, with its new
    password. `name` has only letters, digits, hyphens and underscores. Raises CompanyFailed and DatabaseUnreachable.
    """
    role, password = f"{PREFIX}{name}", secrets.token_urlsafe(24)
    await _execute(
        server,
        f"""CREATE ROLE "{role}" LOGIN PASSWORD '{_verifier(password)}'""",
        f'GRANT "{role}" TO CURRENT_USER',
        f'CREATE SCHEMA "{role}" AUTHORIZATION "{role}"',
        f'ALTER ROLE "{role}" SET search_path = "{role}"',
    )
    return _with_user(server, role, password)


async def drop(company: URL, server: URL, name: str) -> bool:
    """Drop the schema and the role that `create` has made, as the user of `server`, and close their connections.
    Returns False, and drops nothing, if the company uses another role. Raises CompanyFailed and DatabaseUnreachable.
    """
    role = f"{PREFIX}{name}"
    if (company.username or company.query.get("user")) != role:
        return False
    if server.get_backend_name() != company.get_backend_name():
        raise CompanyFailed(CompanyProblem.NO_USER, "")
    user, password = server.username or server.query.get("user"), server.password or server.query.get("password")
    await _execute(
        _with_user(company, user, password),
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}' AND pid <> pg_backend_pid()",
        f'DROP SCHEMA IF EXISTS "{role}" CASCADE',
        f"""DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        DROP OWNED BY "{role}"; DROP ROLE "{role}"; END IF; END $$""",
    )
    return True


async def _execute(url: URL, *statements: str) -> None:
    """Execute the statements in one transaction."""
    try:
        connection = await Server(url).connect(SETTINGS)
    except Unavailable as error:
        cause = error.__cause__
        raise DatabaseUnreachable(cause if isinstance(cause, Exception) else error) from error
    except (OSError, asyncpg.PostgresError) as error:
        raise DatabaseUnreachable(error) from error
    try:
        await connection.execute("; ".join(statements))
    except CONNECTION_ERRORS as error:
        problem = next((each for kind, each in PROBLEMS.items() if isinstance(error, kind)), CompanyProblem.OTHER)
        raise CompanyFailed(problem, str(error).partition("\n")[0]) from error
    finally:
        connection.terminate()


def _with_user(url: URL, user: object, password: object) -> URL:
    """The URL with another user and password, also if they are None: `URL.set` would then keep those of the URL."""
    return url.difference_update_query(["user", "password"])._replace(
        username=None if user is None else str(user), password=None if password is None else str(password)
    )


def _verifier(password: str) -> str:
    """What PostgreSQL stores of a password. It is sent instead of the password, which the log of the server could have
    otherwise.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${ITERATIONS}:{_base64(salt)}${_base64(stored)}:{_base64(server)}"


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
