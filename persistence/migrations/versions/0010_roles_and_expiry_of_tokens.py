"""Roles and expiry of access tokens; tokens that exist already have the role ADMIN"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

INSTANT = sa.Unicode(25).with_variant(postgresql.TIMESTAMP(timezone=True, precision=0), "postgresql")


def upgrade() -> None:
    op.add_column("access_token", sa.Column("roles", sa.Unicode(40), server_default="ADMIN", nullable=False))
    op.add_column("access_token", sa.Column("expires_at", INSTANT, nullable=True))


def downgrade() -> None:
    """Revokes the tokens that may not do everything for ever: version 0009 would let them."""
    op.execute(
        "UPDATE access_token SET revoked_at = created_at "
        "WHERE revoked_at IS NULL AND (roles <> 'ADMIN' OR expires_at IS NOT NULL)"
    )
    op.drop_column("access_token", "expires_at")
    op.drop_column("access_token", "roles")
