"""The language that the sender of a request prefers."""

from typing import TypedDict

from schema.server.header_weights import weights


class Languages(TypedDict, total=False):
    language: str
    language_tag: str | None


def languages_of(accept: bytes) -> Languages:
    """The language of Carnet's own texts: English or French, as preferred; English for all other languages.

    Texts of the data are translated only for clients that prefer one of the two to all other languages.
    """
    if not accept:
        return {}
    found = {name.decode("latin-1"): weight for name, weight in weights(accept).items() if weight > 0 and name != b"*"}
    preferred = sorted(found, key=lambda tag: -found[tag])
    ours = [tag for tag in preferred if tag.split("-")[0] in ("en", "fr")]
    if not ours:
        return {}
    return {"language": ours[0][:2].upper(), "language_tag": ours[0] if ours[0] == preferred[0] else None}
