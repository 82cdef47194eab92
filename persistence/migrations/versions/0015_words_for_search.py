"""The words of the log and of its comments, for search

The words of the first entries are stored in batches that are committed one by one, see `persistence.versions.migrate`. The last
step creates the indexes: on PostgreSQL nobody can write to the log meanwhile, some 15 seconds for 10 million entries.
"""

from alembic import op

from persistence.migrations import search_0015
from persistence.migrations.search_0015 import next_batch

revision = "0015"
down_revision = "0014"

__all__ = ["next_batch"]


def upgrade() -> None:
    connection = op.get_bind()
    while next_batch(connection) is not None:
        pass
    search_0015.finish(connection)


def downgrade() -> None:
    search_0015.remove(op.get_bind())
