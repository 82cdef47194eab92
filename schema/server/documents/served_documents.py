"""The trusted documents that the settings name."""

from graphql import GraphQLError

from persistence.cache import Cache
from schema.execution.documents import Documents
from schema.execution.errors import GraphQLErrors
from schema.execution.graphql_internals import graphql_schema
from schema.root import schema
from schema.server.documents import document_limits
from schema.server.documents.trusted_documents import TrustedDocuments, read
from schema.server.front_page import page as front_page
from schema.server.settings import Settings


def served_documents(settings: Settings) -> TrustedDocuments | None:
    """The trusted documents, parsed and validated, and those of the front page if it is served; None if clients may
    send any document.
    """
    if settings.trusted_documents is None:
        return None
    documents = Documents(
        graphql_schema(schema),
        Cache(settings.cache_bytes),
        document_limits.check,
        introspection=settings.introspection,
        hides_schema=False,
    )

    def problem_of(text: str) -> str | None:
        try:
            document = documents.parse(text, lambda errors, _: errors)
        except GraphQLErrors as several:
            return several.errors[0].message
        except GraphQLError as error:
            return error.message
        return None if document.operations else "The document has no operation."

    trusted = read(settings.trusted_documents, problem_of)
    return trusted.with_texts(front_page.documents().values()) if settings.graphiql else trusted
