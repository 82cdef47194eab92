"""Calendar feeds, and what is needed to find whom to contact next

Contacts get the date of their creation from the change log, else that of their first interaction, else that of the migration.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from persistence.migrations import due_contacts_0025

revision = "0025"
down_revision = "0024"

INSTANT = sa.Unicode(25).with_variant(postgresql.TIMESTAMP(timezone=True, precision=0), "postgresql")


def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.Unicode(64), nullable=False),
        sa.Column("salesperson_code", key(20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Unicode(50), nullable=False),
        sa.ForeignKeyConstraint(
            ["salesperson_code"], ["salesperson.code"], name=op.f("fk_calendar_feed_salesperson_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_feed_secret_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_calendar_feed_salesperson_code_id", "calendar_feed", ["salesperson_code", "id"])
    op.add_column("postponed_interaction", sa.Column("snoozed_at", INSTANT, nullable=True))
    op.add_column("interaction_template", sa.Column("follow_up_after_days", sa.Integer(), nullable=True))
    op.add_column("contact", sa.Column("contact_every_days", sa.Integer(), nullable=True))
    op.add_column("contact", sa.Column("created_on", sa.Date(), nullable=True))
    created = (
        "(SELECT {day} FROM change WHERE kind = 'contact' AND object_id = contact.id AND version = 1 AND action = 'CREATED')"
    )
    day = "(at AT TIME ZONE 'UTC')::date" if op.get_bind().dialect.name == "postgresql" else "date(at)"
    first = "(SELECT min(date) FROM interaction_log_entry WHERE contact_no = contact.no)"
    op.execute(f"UPDATE contact SET created_on = coalesce({created.format(day=day)}, {first})")
    op.execute("UPDATE contact SET created_on = CURRENT_DATE WHERE created_on IS NULL")  # Citus takes it only alone
    op.create_table(
        "due_contact",
        sa.Column("contact_no", key(20), nullable=False),
        sa.Column("salesperson_code", key(20), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("contact_no", name=op.f("pk_due_contact")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_due_contact_due_on", "due_contact", ["due_on", "contact_no"])
    op.create_index("ix_due_contact_salesperson_code", "due_contact", ["salesperson_code", "due_on", "contact_no"])
    op.create_table("dirty_contact", sa.Column("contact_no", key(20), nullable=False))
    op.create_index("ix_dirty_contact_contact_no", "dirty_contact", ["contact_no"])
    due_contacts_0025.create(op.get_bind())


def downgrade() -> None:
    due_contacts_0025.drop(op.get_bind())
    op.drop_table("dirty_contact")
    op.drop_table("due_contact")
    op.drop_column("contact", "created_on")
    op.drop_column("contact", "contact_every_days")
    op.drop_column("interaction_template", "follow_up_after_days")
    op.drop_column("postponed_interaction", "snoozed_at")
    op.drop_index("ix_calendar_feed_salesperson_code_id", table_name="calendar_feed")
    op.drop_table("calendar_feed")
