"""Indexes to whose end nearly all rows come leave little room in their pages, so that fewer bytes are written to the WAL
for each interaction (decision 0062).
"""

from sqlalchemy import text

from resolvers.work import Work
from tests.statements import is_postgresql

FULLER = """SELECT relname FROM pg_class WHERE relkind = 'i' AND reloptions @> ARRAY['fillfactor=98']
AND relnamespace = current_schema()::regnamespace ORDER BY relname"""


def test_indexes_of_the_log_that_grow_at_their_end_have_fuller_pages(work: Work) -> None:
    if is_postgresql(work):
        assert list(work.session.scalars(text(FULLER))) == [
            "ix_interaction_log_entry_logged_segment_entry_no",
            "ix_interaction_log_entry_newest",
            "pk_interaction_log_entry",
        ]
