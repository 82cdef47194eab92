"""The settings for many companies."""

from pathlib import Path
from typing import Self

from pydantic import Field
from pydantic_settings import BaseSettings

from persistence.concurrency.connection_shares import MIN_CONNECTIONS


class CompanySettings(BaseSettings):
    """The limits of companies, and where they are listed. Without companies they have no effect."""

    companies: Path = Field(
        Path("carnet-companies"),
        description="The folder with the list of companies: a file `NAME.url` for each. `carnet company create` "
        "creates it.",
    )
    max_open_companies: int = Field(
        100,
        ge=1,
        le=10_000,
        description="Maximum number of companies that one process has open. The one that was used least recently is "
        "closed for another one, unless it has requests under way.",
    )
    company_connections: int = Field(
        32,
        ge=MIN_CONNECTIONS,
        le=1000,
        description="Maximum number of PostgreSQL connections of one company in one process. All companies together "
        "have at most `CARNET_MAX_CONNECTIONS`, those of `CARNET_DATABASE_URL` included.",
    )
    jwt_companies_claim: str = Field(
        "companies",
        min_length=1,
        description="The claim of a JWT with the companies for which it is valid: a name or a list of names.",
    )

    def of_company(self, url: str) -> Self:
        """The settings for a company whose database has this URL. Everybody needs a token."""
        changed = {"database_url": url, "read_database_url": None, "max_connections": self.company_connections}
        return self.model_copy(update={**changed, "require_token": True, "metrics": False})
