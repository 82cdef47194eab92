"""The settings of JSON Web Tokens."""

import json
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from persistence.enums import Role
from schema.server.authentication import key_set_address

JWT_SETTINGS = ("jwt_issuer", "jwt_audience", "jwt_jwks")
"""The settings that are all needed to accept JSON Web Tokens."""


class JwtSettingsMissing(ValueError):
    """Some settings for JSON Web Tokens are set, but others that they need are missing."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"These settings are missing: {', '.join(missing)}.")
        self.missing = missing


class JwtSettings(BaseSettings):
    """The part of the settings that is about JSON Web Tokens."""

    jwt_issuer: str | None = Field(
        None,
        min_length=1,
        description="The issuer of the JSON Web Tokens (JWT) that are accepted: the exact text of their claim `iss`. "
        "Without it, none are accepted.",
    )
    jwt_audience: str | None = Field(
        None, min_length=1, description="The audience of the JWTs: a text that their claim `aud` is or has."
    )
    jwt_jwks: str | None = Field(
        None, min_length=1, description="The URL or the file of the issuer's public keys, a JSON Web Key Set."
    )
    jwt_role_claim: str = Field(
        "roles",
        min_length=1,
        description="The claim of a JWT that has the role or roles of the user: its name, or a path such as "
        "`realm_access.roles`.",
    )
    jwt_roles: Annotated[dict[str, Role] | None, NoDecode] = Field(
        None,
        description='The role that each value of that claim gives, as JSON: `{"sales-team": "SALESPERSON"}`. Without '
        "it, the values are the names of roles.",
    )
    jwt_salesperson_claim: str = Field(
        "salesperson", min_length=1, description="The claim of a JWT that has the code of the user's salesperson."
    )

    @field_validator("jwt_roles", mode="before")
    @classmethod
    def parse_roles(cls, given: object) -> object:
        """Parse the roles, in any case, if they are given as JSON."""
        roles = json.loads(given) if isinstance(given, str) else given
        if isinstance(roles, dict):
            return {value: role.upper() if isinstance(role, str) else role for value, role in roles.items()}
        return roles

    @field_validator("jwt_jwks")
    @classmethod
    def check_key_set_address(cls, address: str | None) -> str | None:
        """Refuse unsupported addresses of key sets."""
        if address is not None:
            key_set_address.check(address)
        return address

    @model_validator(mode="after")
    def check_jwt_settings(self) -> Self:
        """Refuse settings that would accept no JWT although somebody meant to accept them."""
        needed = {name: getattr(self, name) for name in JWT_SETTINGS}
        missing = [name for name, value in needed.items() if value is None]
        if missing and len(missing) < len(needed):
            raise JwtSettingsMissing(missing)
        return self
