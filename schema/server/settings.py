"""The settings, read from environment variables such as `CARNET_PORT=9000`."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from persistence.cache import MAX_BYTES, MEGABYTE
from persistence.database_urls import check as check_address
from persistence.time_limits import TimeLimits
from schema.server.host_names import host_name

MIN_SECONDS, MAX_SECONDS = 0.001, 1_000_000
"""The minimum and maximum of timeouts, in seconds. Databases use whole milliseconds and have a maximum."""

PRODUCTION = {"require_token": True, "graphiql": False, "introspection": False, "trusted_documents": Path("FILE")}
"""The settings for production. Of `trusted_documents` any file will do."""


class Settings(BaseSettings):
    """The settings of a command. Each field is an environment variable in capitals with the prefix `CARNET_`."""

    model_config = SettingsConfigDict(env_prefix="CARNET_", extra="ignore")

    database_url: str = Field(
        "sqlite:///carnet.db", description="The URL of the database: `sqlite:///file` or `postgresql://user@host/name`."
    )
    host: str = Field("127.0.0.1", description="The host name or address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 chooses a free one.")
    require_token: bool = Field(
        False,
        description=(
            "Whether callers on the same machine also need a token. Set it to true behind a proxy on the same machine."
        ),
    )
    pool_size: int = Field(
        10,
        ge=1,
        le=200,
        description="Maximum number of PostgreSQL connections in each of four pools: compiled reads, other reads, "
        "autocommit statements, transactions. Large filters use up to four more in each of the last three.",
    )
    graphiql: bool = Field(True, description="Whether browsers get GraphiQL at /graphql.")
    introspection: bool = Field(
        True,
        description="Whether clients may query the schema. If not, errors do not describe it either: they suggest no "
        "names and name no types.",
    )
    trusted_documents: Path | None = Field(
        None,
        description="A file with the documents that clients may send, with their ids: a manifest of relay-compiler, "
        "graphql-codegen or Apollo. It is read at the start. If not set, clients may send any document.",
    )
    cors_origins: Annotated[list[str], NoDecode] = Field(
        [],
        examples=['["https://app.example.com"]'],
        description='The origins of browser apps that may call the API, as JSON: `["https://app.example.com"]`. "*" '
        "means every origin, but only for requests with a token.",
    )
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        [],
        examples=['["crm.example.com"]'],
        description='Further host names of this server, without port, as JSON: `["crm.example.com"]`. Requests '
        "without a token are answered under these names, localhost and loopback addresses only.",
    )
    max_body_bytes: int = Field(262_144, ge=1024, description="The maximum size of a request body, in bytes.")
    read_timeout_seconds: float = Field(
        10, ge=MIN_SECONDS, le=MAX_SECONDS, description="The time limit of one read, also inside a mutation."
    )
    write_timeout_seconds: float = Field(
        30, ge=MIN_SECONDS, le=MAX_SECONDS, description="The time limit of a mutation that changes a few rows."
    )
    bulk_timeout_seconds: float = Field(
        300,
        ge=MIN_SECONDS,
        le=MAX_SECONDS,
        description="The time limit of a mutation that may change any number of rows, such as logSegment.",
    )
    patience_seconds: float = Field(
        15,
        ge=MIN_SECONDS,
        le=MAX_SECONDS,
        description="How long a request may wait for other requests before it is refused with `OVERLOADED`.",
    )
    cache_mb: int = Field(
        MAX_BYTES // MEGABYTE,
        ge=1,
        le=65536,
        description="The maximum size of the cache of documents, plans, compiled SQL statements and introspection "
        "responses, in megabytes.",
    )
    log_json: bool | None = Field(
        None, description="Whether logs are JSON. If not set, they are JSON unless they go to a terminal."
    )

    @field_validator("cors_origins", "allowed_hosts", mode="before")
    @classmethod
    def parse_list(cls, value: object) -> object:
        """Parse the list if it is given as JSON."""
        return json.loads(value) if isinstance(value, str) else value

    @field_validator("allowed_hosts")
    @classmethod
    def check_hosts(cls, hosts: list[str]) -> list[str]:
        """Refuse what is not a host name, such as a URL or a name with a port."""
        return [host_name(host) for host in hosts]

    @field_validator("database_url")
    @classmethod
    def check_url(cls, url: str) -> str:
        """Refuse unsupported database URLs."""
        check_address(url)
        return url

    @property
    def cache_bytes(self) -> int:
        """The size of the cache in bytes."""
        return self.cache_mb * MEGABYTE

    @property
    def limits(self) -> TimeLimits:
        """The time limits of changes and of waiting."""
        return TimeLimits(self.write_timeout_seconds, self.bulk_timeout_seconds, self.patience_seconds)

    @property
    def request_seconds(self) -> float:
        """The time limit of a whole request: of waiting, its change and its read."""
        return (
            max(self.write_timeout_seconds, self.bulk_timeout_seconds)
            + self.patience_seconds
            + self.read_timeout_seconds
        )
