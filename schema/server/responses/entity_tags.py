"""Texts and files that seldom change, with an entity tag: a client that has them already gets 304 without a body."""

from collections.abc import Mapping
from hashlib import sha256

from starlette.responses import Response

REVALIDATED = "private, no-cache"
"""Cache-Control of a response that caches may keep, but must compare by its tag before each use."""


def entity_tag(content: bytes) -> str:
    """The tag of this content. It is weak, because the same content may be sent compressed or not."""
    return f'W/"{sha256(content).hexdigest()[:32]}"'


def is_current(tag: str, if_none_match: str | None) -> bool:
    """Whether a client that sends this If-None-Match header has the content with this tag."""
    if if_none_match is None:
        return False
    known = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in known or tag.removeprefix("W/") in known


def response(
    content: bytes, if_none_match: str | None, media_type: str, tag: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The content with its tag, or 304 if the client has it. `headers` are further headers of both."""
    shared = {"etag": tag, "cache-control": REVALIDATED, "vary": "Accept-Encoding", **(headers or {})}
    if is_current(tag, if_none_match):
        return Response(status_code=304, headers=shared)
    return Response(content, media_type=media_type, headers={**shared, "x-content-type-options": "nosniff"})
