"""What the front page and GraphiQL have in common: both languages, the bar at the top, headers, files."""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from schema.server.requests.preferred_language import languages_of
from schema.server.responses import entity_tags

FOLDER = Path(__file__).parent / "front_page"
FILES = "/front-page"
"""The path of the files of the front page. GraphiQL uses some of them."""

LINK = FILES[1:]
"""How pages refer to it. All their links are relative, because the pages of a company are below its path."""

TEXTS: Mapping[str, Mapping[str, object]] = json.loads((FOLDER / "texts.json").read_text(encoding="utf-8"))
"""The texts of the pages by their names, for each language (`en` and `fr`)."""

COOKIE = "carnet-language"
YEAR = 31_536_000
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
"""Those of the files that pages use. The machine's own list of media types may be incomplete."""


@dataclass(frozen=True)
class WebPage:
    """A page in both languages, as an ASGI application. It has no data of the company: its scripts fetch them."""

    html: Mapping[str, bytes]
    policy: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page in the language of the parameter `language`, else in that of the last such parameter,
        which a cookie keeps, else in the one that the browser prefers.
        """
        request = Request(scope)
        asked = request.query_params.get("language")
        preferred = (
            languages_of(request.headers.get("accept-language", "").encode("latin-1")).get("language", "EN").lower()
        )
        language = next(
            each for each in (asked, request.cookies.get(COOKIE), preferred) if each is not None and each in self.html
        )
        headers = {
            "content-security-policy": self.policy,
            "content-language": language,
            "referrer-policy": "same-origin",  # with no-referrer, browsers may send `Origin: null`
            "cache-control": "no-cache",
            "vary": "Accept, Accept-Encoding, Accept-Language, Cookie",
        }
        content, known = self.html[language], request.headers.get("if-none-match")
        response = entity_tags.response(content, known, "text/html", entity_tags.entity_tag(content), headers)
        if asked == language:
            response.set_cookie(COOKIE, asked, max_age=YEAR, samesite="lax", httponly=True)
        await response(scope, receive, send)


def web_page(
    name: str,
    title: str,
    content: str,
    *,
    endpoint: str,
    styles: Sequence[str],
    scripts: Sequence[str],
    data: Mapping[str, Mapping[str, object]],
    policy: str = POLICY,
) -> WebPage:
    """A page below the bar.

    `title` and `content` are HTML with the names of texts in braces, `data` is for its scripts, by language. The last
    script is a module.
    """
    bar = (FOLDER / "bar.html").read_text(encoding="utf-8")
    pages = {}
    for language, texts in TEXTS.items():
        words = {key: html.escape(text) for key, text in texts.items() if isinstance(text, str)}
        given = {"language": language, "endpoint": endpoint, "texts": texts, **data[language]}
        pages[language] = bar.format(
            **words,
            title=title.format(**words),
            page=name,
            files=LINK,
            endpoint=endpoint,
            at_overview=' aria-current="page"' if name == "overview" else "",
            at_graphiql=' aria-current="page"' if name == "graphiql-page" else "",
            head="\n".join(f'<link rel="stylesheet" href="{path}">' for path in (*styles, f"{LINK}/carnet.css")),
            content=content.format(**words),
            data=json.dumps(given, ensure_ascii=False).replace("<", "\\u003c"),
            scripts="\n".join(
                f'<script src="{path}"{" type=module" if path == scripts[-1] else ""}></script>' for path in scripts
            ),
        ).encode()
    return WebPage(pages, policy)


class WebFiles(StaticFiles):
    """The files of a page: scripts, styles and icons of a folder. Browsers ask each time whether they have changed."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The response with the file, or with status 304. Raises HTTPException for other files, such as modules."""
        media_type = MEDIA_TYPES.get(Path(path).suffix)
        if media_type is None:
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["content-type"] = media_type
        response.headers["cache-control"] = "no-cache"
        response.headers["x-content-type-options"] = "nosniff"
        return response
