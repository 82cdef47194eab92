"""The page of GraphiQL, its files and its examples.

GraphiQL 5 is used if it has been built (`make graphiql`, which needs Node). Otherwise an older version comes from an
installed package. The package is Django's, but only its static files are used; nothing of it is imported.
"""

import re
from importlib.util import find_spec
from pathlib import Path

from starlette.routing import BaseRoute, Mount

from schema.server.front_page.page import documents
from schema.server.web_pages import TEXTS, WebFiles, WebPage, web_page

FOLDER = Path(__file__).parent
BUILT = FOLDER / "built"
PACKAGE = "graphene_django_graphiql_static"
PACKAGE_SCRIPTS = ("react.production.min.js", "react-dom.production.min.js", "graphiql.min.js")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' "
    "data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(endpoint: str, assets: str) -> WebPage:
    """The page of GraphiQL for an endpoint, its files below `assets`."""
    if is_built():
        styles, scripts, module = [f"{assets}/built/graphiql.css"], [], f"{assets}/built/graphiql.js"
    else:
        styles, module = [f"{assets}/package/graphiql.min.css"], f"{assets}/installed.js"
        scripts = [f"{assets}/package/{name}" for name in PACKAGE_SCRIPTS]
    return web_page(
        "graphiql-page",
        "GraphiQL – Carnet",
        '<main id="content" tabindex="-1"><h1>GraphiQL</h1><div id="graphiql">{loadingGraphiql}</div></main>',
        endpoint=endpoint,
        styles=[*styles, f"{assets}/page.css"],
        scripts=[*scripts, f"{assets}/start.js"],
        data={
            language: {"examples": examples(language), "graphiql": module, "operations": documents()}
            for language in TEXTS
        },
        policy=POLICY,
    )


def is_built() -> bool:
    """Whether GraphiQL 5 has been built."""
    return (BUILT / "graphiql.js").is_file()


def examples(language: str = "en") -> list[dict[str, str]]:
    """One tab for each example, with the comment in the language. The French comment follows the English one."""
    tabs = []
    for part in re.split(r"\n\n(?=# )", (FOLDER / "examples.graphql").read_text(encoding="utf-8").strip()):
        english, french, operation = part.split("\n", 2)
        comment = english if language == "en" else french.replace("# FR: ", "# ", 1)
        tabs.append({"query": f"{comment}\n{operation.strip()}\n"})
    return tabs


def routes(assets: str) -> list[BaseRoute]:
    """The files of the page."""
    return [
        Mount(f"{assets}/package", WebFiles(directory=_package_folder())),
        Mount(assets, WebFiles(directory=FOLDER)),
    ]


def _package_folder() -> Path:
    spec = find_spec(PACKAGE)
    assert spec is not None, "a dependency of Carnet"
    assert spec.submodule_search_locations is not None, "a package"
    return Path(spec.submodule_search_locations[0]) / "static" / PACKAGE
