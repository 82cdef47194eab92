"""The address under which clients reach the server, for addresses that it returns."""

import re
from functools import partial
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings
from starlette.types import Scope

from schema.execution.observing import RequestRecord
from schema.server.host_names import authority_of

PLACEHOLDER = re.compile(r"\{(\w+)\}")
PREFIX = "carnet.prefix"
"""The key of the scope of requests to a company with its path, such as `/companies/north`. The path of the scope begins
after it.
"""

PLACEHOLDERS = {"entryNo", "contactNo"}


class AddressSettings(BaseSettings):
    """The settings of addresses that the server returns."""

    public_url: str | None = Field(
        None,
        min_length=1,
        examples=["https://crm.example.com"],
        description="The address under which browsers and calendar programs reach this server, without a path: "
        "`https://crm.example.com`. Default: the host name that the request has sent, with the scheme of its "
        "connection. Set it behind a proxy.",
    )
    calendar_link: str | None = Field(
        None,
        min_length=1,
        examples=["https://app.example.com/postponed/{entryNo}"],
        description="The page that an event in a calendar links to: `https://app.example.com/postponed/{entryNo}`. "
        "`{entryNo}` is the number of the interaction, `{contactNo}` that of the contact. Default: the front page, if "
        "there is one.",
    )

    @field_validator("public_url")
    @classmethod
    def check_public_url(cls, url: str | None) -> str | None:
        """Refuse what is not the address of a server. A slash at the end is removed."""
        if url is None:
            return None
        parts = _web_address(url)
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("The address has a path.")
        return url.rstrip("/")

    @field_validator("calendar_link")
    @classmethod
    def check_calendar_link(cls, link: str | None) -> str | None:
        """Refuse what is not the address of a page."""
        if link is not None:
            _web_address(link)
            if not set(PLACEHOLDER.findall(link)) <= PLACEHOLDERS:
                raise ValueError("The address has an unknown placeholder.")
        return link


class PublicAddress:
    """Finds the address of the server, or of a company on it."""

    def __init__(self, public_url: str | None) -> None:
        self._public_url = public_url

    def note(self, record: RequestRecord, scope: Scope) -> None:
        """Note in the record of a request how to find the address."""
        record.base_url = partial(self.of, scope)

    def of(self, scope: Scope) -> str:
        """The address that is set, or else the one that the client has used, with the path of the company."""
        prefix = scope.get(PREFIX, "")
        if self._public_url is not None:
            return self._public_url + prefix
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        return f"{scheme}://{host if authority_of(host) else 'localhost'}{prefix}"


def _web_address(text: str) -> SplitResult:
    """The parts of an address of the web. Raises ValueError for anything else."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or re.search(r"\s", text):
        raise ValueError("The address does not begin with http:// or https:// and a host name.")
    _ = parts.port  # raises ValueError if it is no port
    return parts
