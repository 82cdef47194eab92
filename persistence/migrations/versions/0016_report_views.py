"""Views for analysts who read the database with SQL"""

from alembic import op

from persistence.migrations import views_0016

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    views_0016.create(op.get_bind())


def downgrade() -> None:
    views_0016.drop(op.get_bind())
