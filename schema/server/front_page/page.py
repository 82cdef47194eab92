"""The front page, and the documents that it sends."""

import re

from schema.server.web_pages import FOLDER, LINK, TEXTS, WebPage, web_page


def page(endpoint: str) -> WebPage:
    """The front page. Its scripts send their operations to `endpoint`."""
    return web_page(
        "overview",
        "{overview} – Carnet",
        (FOLDER / "page.html").read_text(encoding="utf-8"),
        endpoint=endpoint,
        styles=[f"{LINK}/overview.css"],
        scripts=[f"{LINK}/overview.js"],
        data={language: {"operations": documents()} for language in TEXTS},
    )


def documents() -> dict[str, str]:
    """The documents that the front page and the bar send, each with one operation, by its name."""
    text = (FOLDER / "operations.graphql").read_text(encoding="utf-8")
    return {
        found[1]: found[0]
        for found in re.finditer(r"^(?:query|subscription) (\w+).*?^}$", text, re.MULTILINE | re.DOTALL)
    }
