"""The words for search: each text of an interaction and each comment has them."""

from collections.abc import Iterator

from sqlalchemy import and_, exists, func, literal_column, not_, or_, select

from persistence.columns import table_of
from persistence.interactions import InteractionComment
from persistence.precomputed.search import TEXTS, UNUSED_TEXTS, TextKey, Words
from resolvers.checks.check import Check
from resolvers.errors import Translated
from resolvers.segments.tables import ENTRIES

COMMENTS = table_of(InteractionComment)


def checks() -> Iterator[Check]:
    """The checks of the words for search."""
    key = TextKey(ENTRIES.c.description, ENTRIES.c.subject)
    has_words = exists().where(TEXTS.c.text_key == key)
    yield Check(
        select(ENTRIES.c.entry_no).where(not_(has_words)),
        Translated(
            "Interactions ({count}) have no words for search, so that a search does not find them: {keys}. Restore the "
            "table `search_text` from a backup.",
            "Des interactions ({count}) n’ont pas de mots pour la recherche, qui ne les trouve donc pas\u00a0: {keys}. "
            "Restaurez la table `search_text` depuis une sauvegarde.",
        ),
    )
    of_comment = (TEXTS.c.entry_no == COMMENTS.c.entry_no, TEXTS.c.line_no == COMMENTS.c.line_no)
    same_words = exists().where(*of_comment, TEXTS.c.words == Words(COMMENTS.c.comment))
    yield Check(
        select(COMMENTS.c.entry_no, COMMENTS.c.line_no).where(not_(same_words)),
        Translated(
            "Comments ({count}) have missing or wrong words for search. Interaction and line of the first: {keys}. "
            "Restore the table `search_text` from a backup.",
            "Des commentaires ({count}) ont des mots de recherche manquants ou faux. Interaction et ligne des "
            "premiers\u00a0: {keys}. Restaurez la table `search_text` depuis une sauvegarde.",
        ),
    )
    stored = TEXTS.c.text_key
    same = func.coalesce(stored, stored)  # SQLite searches the index of text keys only for an expression
    of_entry = select(literal_column("1")).select_from(ENTRIES).where(key == same).exists()
    without_entry = (
        TEXTS.c.text_key.is_not(None),
        not_(of_entry),
        not_(exists().where(UNUSED_TEXTS.c.text_key == TEXTS.c.text_key)),
    )
    without_comment = (TEXTS.c.entry_no.is_not(None), not_(exists().where(*of_comment)))
    yield Check(
        select(TEXTS.c.id).where(or_(and_(*without_entry), and_(*without_comment))),
        Translated(
            "Words for search ({count}) belong to no interaction and no comment. Ids of the first: {keys}. Delete "
            "these rows from the table `search_text`.",
            "Des mots de recherche ({count}) n’appartiennent à aucune interaction ni à aucun commentaire. Identifiants "
            "des premiers\u00a0: {keys}. Supprimez ces lignes de la table `search_text`.",
        ),
    )
