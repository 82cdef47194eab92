"""The settings, read from environment variables such as `CARNET_PORT=9000`."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from persistence.cache import MAX_BYTES, MEGABYTE
from persistence.concurrency.connection_shares import MIN_CONNECTIONS, pool_size_within, streams_within
from persistence.concurrency.time_limits import MAX_SECONDS, MIN_SECONDS, TimeLimits
from persistence.database_urls import check as check_address
from persistence.dialects.streams import MAX_STREAMS
from schema.server.authentication.jwt_settings import JwtSettings
from schema.server.companies.settings import CompanySettings
from schema.server.host_names import host_name
from schema.server.public_address import AddressSettings
from schema.server.webhook_settings import WebhookSettings
from schema.server.websockets.settings import WebSocketSettings

PRODUCTION = {"require_token": True, "graphiql": False, "introspection": False, "trusted_documents": Path("FILE")}
"""The settings for production. Of `trusted_documents` any file will do."""


class Settings(AddressSettings, CompanySettings, JwtSettings, WebhookSettings, WebSocketSettings):
    """The settings of a command. Each field is an environment variable in capitals with the prefix `CARNET_`."""

    model_config = SettingsConfigDict(env_prefix="CARNET_", extra="ignore")

    database_url: str = Field(
        "sqlite:///carnet.db", description="The URL of the database: `sqlite:///file` or `postgresql://user@host/name`."
    )
    read_database_url: str | None = Field(
        None,
        description="The URL of a standby of the PostgreSQL database. It answers queries while it is new enough; else "
        "the primary does. If not set, the primary answers all.",
    )
    host: str = Field("127.0.0.1", description="The host name or address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 chooses a free one.")
    require_token: bool = Field(
        False,
        description="Whether callers on the same machine also need a token. Set it to true behind a proxy on the same "
        "machine.",
    )
    max_connections: int = Field(
        56,
        ge=MIN_CONNECTIONS,
        le=1000,
        description="Maximum number of PostgreSQL connections of one process, those of streams included. It divides "
        "them among compiled reads, other reads, autocommit statements, transactions and large filters.",
    )
    max_streams: int = Field(
        MAX_STREAMS,
        ge=1,
        le=200,
        description="Maximum number of streams at the same time. Each has a database connection of its own; 8 of "
        "`CARNET_MAX_CONNECTIONS` are kept for everything else. Further streams are refused with `OVERLOADED`.",
    )
    graphiql: bool = Field(True, description="Whether browsers get the front page at / and GraphiQL at /graphql.")
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
    cors_headers: Annotated[list[str], NoDecode] = Field(
        [],
        examples=['["x-my-header"]'],
        description='Further request headers that browser apps of these origins may send, as JSON: `["x-my-header"]`. '
        "Those of Apollo, urql, Relay, Sentry and OpenTelemetry are always allowed.",
    )
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        [],
        examples=['["crm.example.com"]'],
        description='Further host names of this server, without port, as JSON: `["crm.example.com"]`. Requests '
        "without a token are answered under these names, localhost and loopback addresses only.",
    )
    max_body_bytes: int = Field(262_144, ge=1024, description="The maximum size of a request body, in bytes.")
    max_head_bytes: int = Field(
        16_384, ge=1024, le=65_536, description="The maximum size of the request line and the headers, in bytes."
    )
    head_seconds: float = Field(
        5,
        ge=MIN_SECONDS,
        le=MAX_SECONDS,
        description="Seconds within which a client must have sent the request line and the headers. Otherwise the "
        "connection is closed.",
    )
    body_seconds: float = Field(
        10, ge=MIN_SECONDS, le=MAX_SECONDS, description="Seconds within which a client must have sent the body."
    )
    idle_seconds: int = Field(
        5, ge=1, le=MAX_SECONDS, description="Seconds after a response until a connection without a request is closed."
    )
    max_requests: int = Field(
        500,
        ge=1,
        description="Maximum number of requests that are answered at the same time. Further ones are refused with "
        "`OVERLOADED`.",
    )
    max_client_connections: int = Field(
        2000,
        ge=1,
        description="Maximum number of client connections of a worker. When one more is opened, the one that has been "
        "idle longest is closed; if none is idle, the new one is refused with `OVERLOADED`.",
    )
    max_unread_mb: int = Field(
        64,
        ge=1,
        le=65536,
        description="The maximum size of all responses that clients have not read yet, in megabytes. Further large "
        "responses to queries are refused with `OVERLOADED`.",
    )
    unread_seconds: float = Field(
        30,
        ge=MIN_SECONDS,
        le=MAX_SECONDS,
        description="Seconds for which a client may read nothing of a response. Then the connection is closed.",
    )
    rate_limit_token: int = Field(
        300_000,
        ge=0,
        description="What the operations of one token may cost in a minute; 0 for no limit. An operation costs as many "
        "points as its response could have objects, and each request another 10. Requests beyond the limit are refused "
        "with `RATE_LIMITED`.",
    )
    rate_limit_address: int = Field(
        3_000_000,
        ge=0,
        description="What the operations of one address may cost in a minute, those of all tokens together; 0 for no "
        "limit. Set it to 0 behind a proxy.",
    )
    rate_limit_loopback: bool = Field(
        False, description="Whether these limits also hold for callers on the same machine."
    )
    changes_kept_days: int = Field(
        30,
        ge=1,
        le=3650,
        description="Days for which the change feed keeps changes. Clients that continue after an older one "
        "get `CURSOR_EXPIRED`.",
    )
    shutdown_seconds: float = Field(
        30,
        ge=0,
        le=MAX_SECONDS,
        description="Seconds that requests under way have to finish when the server is stopped. New ones are refused "
        "with `UNAVAILABLE`.",
    )
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
        description="How long a request may wait for other requests before it is refused with `OVERLOADED`; and "
        "how long a command waits for other processes that use the database.",
    )
    cache_mb: int = Field(
        MAX_BYTES // MEGABYTE,
        ge=1,
        le=65536,
        description="The maximum size of the cache of documents, plans, compiled SQL statements and introspection "
        "responses, in megabytes.",
    )
    show_cost: bool = Field(
        False,
        description="Whether each response has the cost of its operation in `extensions.cost`. If not, only those to "
        "requests with the header `X-Show-Cost: 1` have it.",
    )
    metrics: bool = Field(
        True,
        description="Whether /metrics has metrics for Prometheus. Callers on the same machine read them without a "
        "token unless one is required, others with a token of the role ADMIN or the one in `CARNET_METRICS_TOKEN`.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        min_length=1,
        description="A secret of your choice with which a monitoring system may read /metrics, and nothing else: it "
        "sends `Authorization: Bearer …`.",
    )
    access_log: bool = Field(
        True, description="Whether `carnet serve` writes a line to the log for each request, without values."
    )
    log_json: bool | None = Field(
        None, description="Whether logs are JSON. If not set, they are JSON unless they go to a terminal."
    )

    @field_validator("cors_origins", "cors_headers", "allowed_hosts", mode="before")
    @classmethod
    def parse_list(cls, value: object) -> object:
        """Parse the list if it is given as JSON."""
        return json.loads(value) if isinstance(value, str) else value

    @field_validator("allowed_hosts")
    @classmethod
    def check_hosts(cls, hosts: list[str]) -> list[str]:
        """Refuse what is not a host name, such as a URL or a name with a port."""
        return [host_name(host) for host in hosts]

    @field_validator("database_url", "read_database_url")
    @classmethod
    def check_url(cls, url: str | None, field: ValidationInfo) -> str | None:
        """Refuse unsupported database URLs."""
        if url is not None:
            check_address(url, only_reads=field.field_name == "read_database_url")
        return url

    @property
    def streams(self) -> int:
        """How many streams may run at the same time: those that leave enough connections for everything else."""
        return streams_within(self.max_connections, self.max_streams)

    @property
    def pool_size(self) -> int:
        """The number of connections of each pool on PostgreSQL. Pools for large filters are limited further."""
        return pool_size_within(self.max_connections - self.streams)

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
