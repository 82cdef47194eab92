"""Trusted documents: the documents that the clients were built with, by their ids. Others are refused.

Their manifests are written by relay-compiler and graphql-codegen (`{"id": "document"}`) and by Apollo's
generate-persisted-query-manifest (a list of operations with `id` and `body`).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from resolvers.unique_names import NameRepeated, unique
from schema.server.errors import Rejected
from schema.server.language import CountedNoun, Message

APOLLO = "apollo-persisted-query-manifest"
APOLLO_VERSION = 1
NOT_SUPPORTED = "PersistedQueryNotSupported"
"""The message by which clients of Apollo and urql know that they must send the document."""

MAX_PROBLEMS = 10
"""The number of invalid documents that a message lists."""

UNREADABLE = Message("The file cannot be read: {reason}.", "Le fichier ne peut être lu\u00a0: {reason}.")
NOT_JSON = Message("The file is not JSON in UTF-8.", "Le fichier n’est pas en JSON (UTF-8).")
NAME_TWICE = Message("The name “{name}” is given twice.", "Le nom «\u00a0{name}\u00a0» figure deux fois.")
NOT_A_MANIFEST = Message(
    "The file must be an object {example} as relay-compiler and graphql-codegen write it, or a manifest of Apollo with "
    "`format` {format} and `version` {version}.",
    "Le fichier doit contenir un objet {example}, tel que l’écrivent relay-compiler et graphql-codegen, ou un "
    "manifeste d’Apollo avec `format` {format} et `version` {version}.",
)
NO_DOCUMENTS = Message("The file has no documents.", "Le fichier ne contient aucun document.")
INVALID_DOCUMENTS = CountedNoun(
    ("{} document cannot be used.", "{} documents cannot be used."),
    ("{} document est inutilisable.", "{} documents sont inutilisables."),
)
DOCUMENT = Message("\n{id}: {reason}", "\n{id}\u00a0: {reason}")
MORE_DOCUMENTS = Message("\n…", "\n…")
ID_TWICE = Message("two documents have this id.", "deux documents portent cet identifiant.")
NOT_TEXT = Message("id and document must be texts.", "l’identifiant et le document doivent être des textes.")

Check = Callable[[str], str | None]
"""Returns why a document cannot be executed, None if it can."""


class InvalidManifest(Exception):
    """A manifest that cannot be used."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file, self.reason = file, reason


class TrustedDocuments:
    """The documents of a manifest. They are found by the id in the manifest, and by the SHA-256 hash of their text, as
    GraphQL over HTTP (`sha256:…`) and Apollo write it.
    """

    def __init__(self, documents: Mapping[str, str]) -> None:
        self._texts = frozenset(documents.values())
        hashes = {sha256(text.encode()).hexdigest(): text for text in self._texts}
        self._by_id = {f"sha256:{hashed}": text for hashed, text in hashes.items()} | hashes | dict(documents)

    def with_texts(self, texts: Iterable[str]) -> "TrustedDocuments":
        """These documents, and those with these texts. Theirs have no ids but the hashes."""
        return TrustedDocuments(self._by_id | {sha256(text.encode()).hexdigest(): text for text in texts})

    def __contains__(self, text: str) -> bool:
        return text in self._texts

    def text_of(self, id: str) -> str | None:
        """The document with this id, None if there is none."""
        return self._by_id.get(id)


def document_of(sent: Mapping[str, object], trusted: TrustedDocuments | None) -> str:
    """The document of a request: its `query`, or the trusted document with its id. Raises `Rejected`."""
    query = sent.get("query")
    if isinstance(query, str) and query:
        if trusted is not None and query not in trusted:
            raise _not_trusted("This document is not in the manifest of trusted documents.")
        return query
    id = _id_of(sent)
    if id is None or query:
        raise Rejected(400, "The request has no `query`. Send the GraphQL document as text.")
    if trusted is None:
        if sent.get("documentId") is not None:
            message = "This server has no documents with ids. Send the document as `query`."
            raise Rejected(None, message, "PERSISTED_QUERY_NOT_SUPPORTED")
        raise Rejected(200, NOT_SUPPORTED, "PERSISTED_QUERY_NOT_SUPPORTED")
    text = trusted.text_of(id)
    if text is None:
        raise _not_trusted("No trusted document has this id.")
    return text


def read(file: Path, check: Check) -> TrustedDocuments:
    """The trusted documents of a manifest. Raises InvalidManifest, also if one of them cannot be executed."""
    try:
        content = json.loads(file.read_bytes(), object_pairs_hook=unique)
    except OSError as error:
        raise InvalidManifest(file, UNREADABLE(reason=error.strerror or str(error))) from None
    except NameRepeated as repeated:
        raise InvalidManifest(file, NAME_TWICE(name=repeated)) from None
    except (ValueError, RecursionError):
        raise InvalidManifest(file, NOT_JSON()) from None
    documents: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    for id, text in _entries(file, content):
        if not isinstance(id, str) or not isinstance(text, str):
            problems.append((str(id), NOT_TEXT()))
        elif documents.setdefault(id, text) != text:
            problems.append((id, ID_TWICE()))
        elif reason := check(text):
            problems.append((id, reason))
    if problems:
        listed = "".join(DOCUMENT(id=id, reason=reason) for id, reason in problems[:MAX_PROBLEMS])
        more = MORE_DOCUMENTS() if len(problems) > MAX_PROBLEMS else ""
        raise InvalidManifest(file, INVALID_DOCUMENTS(len(problems)) + listed + more)
    if not documents:
        raise InvalidManifest(file, NO_DOCUMENTS())
    return TrustedDocuments(documents)


def _not_trusted(reason: str) -> Rejected:
    return Rejected(
        None, f"{reason} Ask the operator of this server to add it with CARNET_TRUSTED_DOCUMENTS.", "NOT_TRUSTED"
    )


def _id_of(sent: Mapping[str, object]) -> str | None:
    """The id of a persisted document, as GraphQL over HTTP sends it (`documentId`) or as Apollo does."""
    id = sent.get("documentId")
    if id is not None:
        return _text("documentId", id)
    extensions = sent.get("extensions")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if persisted is None:
        return None
    return _text(
        "extensions.persistedQuery.sha256Hash", persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    )


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise Rejected(400, f"`{name}` must be text.")
    return value


def _entries(file: Path, content: object) -> Iterator[tuple[object, object]]:
    """The id and text of each document, as they are given. Raises InvalidManifest."""
    operations = content.get("operations") if isinstance(content, dict) else None
    if isinstance(content, dict) and not isinstance(operations, list):
        yield from content.items()
    elif (
        isinstance(content, dict)
        and isinstance(operations, list)
        and (content.get("format"), content.get("version")) == (APOLLO, APOLLO_VERSION)
    ):
        for operation in operations:
            given = operation if isinstance(operation, dict) else {}
            yield given.get("id"), given.get("body")
    else:
        example = '{"id": "document"}'
        raise InvalidManifest(file, NOT_A_MANIFEST(example=example, format=APOLLO, version=str(APOLLO_VERSION)))
