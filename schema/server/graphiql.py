"""GraphiQL without access to the internet: its files come from an installed package, its examples from
`examples.graphql`.

The package is Django's, but only its static files are used; nothing of it is imported.
"""

import html
import json
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

PACKAGE = "graphene_django_graphiql_static"
SCRIPTS = ("react.production.min.js", "react-dom.production.min.js", "graphiql.min.js")
STYLES = ("graphiql.min.css",)
EXAMPLES = Path(__file__).parent / "examples.graphql"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' "
    "data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

START = """
const examples = JSON.parse(document.getElementById("examples").textContent);
ReactDOM.render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: document.body.dataset.endpoint }),
    defaultTabs: examples,
    defaultEditorToolsVisibility: "variables",
    shouldPersistHeaders: false,
  }),
  document.getElementById("carnet")
);
"""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Carnet</title><meta name="viewport" content="width=device-width">
{styles}<style>html, body, #carnet {{ height: 100%; margin: 0; }}</style></head>
<body data-endpoint="{endpoint}"><div id="carnet">Loading GraphiQL…</div>
<script type="application/json" id="examples">{examples}</script>
{scripts}</body></html>
"""


@dataclass(frozen=True)
class Page:
    """The HTML page of GraphiQL, and its headers."""

    html: bytes
    headers: tuple[tuple[bytes, bytes], ...]


def page(endpoint: str, assets: str) -> Page:
    """The page for an endpoint, its files below `assets`."""
    files = (*SCRIPTS, "carnet.js")
    text = PAGE.format(
        endpoint=html.escape(endpoint),
        styles="".join(f'<link rel="stylesheet" href="{assets}/{name}">' for name in STYLES),
        scripts="\n".join(f'<script src="{assets}/{name}"></script>' for name in files),
        examples=json.dumps(tabs()).replace("<", "\\u003c"),
    )
    headers = (
        (b"content-security-policy", POLICY.encode()),
        (b"referrer-policy", b"same-origin"),  # with no-referrer, browsers may send `Origin: null`
        (b"cache-control", b"no-cache"),
    )
    return Page(text.encode(), headers)


def tabs() -> list[dict[str, str]]:
    """One tab for each example: the comment above an operation belongs to it."""
    parts = re.split(r"\n(?=# )", EXAMPLES.read_text(encoding="utf-8").strip())
    return [{"query": part.strip() + "\n"} for part in parts]


def routes(assets: str) -> list[Route]:
    """The files of the page."""
    return [
        Route(f"{assets}/carnet.js", _start, methods=["GET"]),
        *(Route(f"{assets}/{name}", _file, methods=["GET"]) for name in (*SCRIPTS, *STYLES)),
    ]


async def _start(_: Request) -> Response:
    return Response(START, media_type="text/javascript", headers={"cache-control": "no-cache"})


async def _file(request: Request) -> Response:
    name = request.url.path.rpartition("/")[2]
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    return FileResponse(_folder() / name, media_type=kind, headers={"cache-control": "public, max-age=86400"})


def _folder() -> Path:
    spec = find_spec(PACKAGE)
    assert spec is not None, "a dependency of Carnet"
    assert spec.submodule_search_locations is not None, "a package"
    return Path(spec.submodule_search_locations[0]) / "static" / PACKAGE
