"""Every setting, from the environment: `CARNET_PORT=9000`."""

import json
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from persistence.cache import MAX_BYTES, MEGABYTE
from persistence.database_urls import check as check_address
from persistence.limits import Limits

SHORTEST, LONGEST = 0.001, 1_000_000
"""Bounds of timeouts in seconds: databases use whole milliseconds, and have a maximum."""


class Settings(BaseSettings):
    """How Carnet runs. Each field is an environment variable in capitals with the prefix `CARNET_`."""

    model_config = SettingsConfigDict(env_prefix="CARNET_", extra="ignore")

    database_url: str = Field(
        "sqlite:///carnet.db", description="The database: `sqlite:///file` or `postgresql://user@host/name`."
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on.")
    require_token: bool = Field(
        False,
        description=(
            "Whether callers on the machine itself need a token too: say yes behind a proxy on the same machine."
        ),
    )
    pool_size: int = Field(
        10,
        ge=1,
        le=200,
        description="Connections to PostgreSQL, at most, for each of: planned reads, other reads, single statements, "
        "transactions. Requests with large filters take up to four more of each of the last three.",
    )
    graphiql: bool = Field(True, description="Whether browsers get GraphiQL.")
    introspection: bool = Field(True, description="Whether clients may ask for the schema and get suggestions.")
    cors_origins: Annotated[list[str], NoDecode] = Field(
        [], description='Origins of browser apps that may call, as JSON: `["https://app.example.com"]`.'
    )
    max_body_bytes: int = Field(262_144, ge=1024, description="The largest request that is read.")
    read_timeout_seconds: float = Field(
        10, ge=SHORTEST, le=LONGEST, description="The time limit of one read, also inside a rule."
    )
    write_timeout_seconds: float = Field(
        30, ge=SHORTEST, le=LONGEST, description="How long one change of a few rows may take."
    )
    bulk_timeout_seconds: float = Field(
        300,
        ge=SHORTEST,
        le=LONGEST,
        description="How long one change of any number of rows may take, such as logging a segment.",
    )
    patience_seconds: float = Field(
        15,
        ge=SHORTEST,
        le=LONGEST,
        description="How long a change or a read may wait for others before it is refused with `OVERLOADED`.",
    )
    cache_mb: int = Field(
        MAX_BYTES // MEGABYTE,
        ge=1,
        le=65536,
        description="Megabytes of memory, at most, for what is kept between requests: documents, their plans, compiled "
        "SQL statements and answers about the schema.",
    )
    log_json: bool | None = Field(None, description="Logs as JSON; unless said, when they do not go to a terminal.")

    @field_validator("cors_origins", mode="before")
    @classmethod
    def listed(cls, origins: object) -> object:
        """Parse the list if it is given as JSON."""
        return json.loads(origins) if isinstance(origins, str) else origins

    @field_validator("database_url")
    @classmethod
    def known(cls, url: str) -> str:
        """Refuse unsupported database URLs."""
        check_address(url)
        return url

    @property
    def cache_bytes(self) -> int:
        """The size of the cache in bytes."""
        return self.cache_mb * MEGABYTE

    @property
    def limits(self) -> Limits:
        """How long changes may take and wait."""
        return Limits(self.write_timeout_seconds, self.bulk_timeout_seconds, self.patience_seconds)

    @property
    def request_seconds(self) -> float:
        """How long one request may take in all: as long as its one change and what is read of it."""
        return (
            max(self.write_timeout_seconds, self.bulk_timeout_seconds)
            + self.patience_seconds
            + self.read_timeout_seconds
        )
