"""Interaction groups and templates with their translations (A.4)."""

from decimal import Decimal

from sqlalchemy import Index
from sqlmodel import Field

from persistence.columns import Money, Table, free_text, key, surrogate_key, table_options
from persistence.interaction_checks import default_value_checks


class InteractionGroup(Table, table=True):
    """A group of templates, for statistics."""

    __tablename__ = "interaction_group"
    __table_args__ = (table_options(never_reuse_keys=True),)

    id: int | None = surrogate_key()
    code: str = Field(sa_type=key(10), unique=True)
    version: int = 1
    description: str = Field(sa_type=free_text(100))


class InteractionGroupTranslation(Table, table=True):
    """A group's description in another language."""

    __tablename__ = "interaction_group_translation"

    group_code: str = Field(sa_type=key(10), primary_key=True, foreign_key="interaction_group.code")
    language_code: str = Field(sa_type=key(10), primary_key=True)
    description: str = Field(sa_type=free_text(100))


class InteractionTemplate(Table, table=True):
    """A kind of interaction, with the defaults of the entries made from it. Changing it changes no entry (R-TPL-5)."""

    __tablename__ = "interaction_template"
    __table_args__ = (
        *default_value_checks(),
        Index("ix_interaction_template_group_code_code", "group_code", "code"),
        table_options(never_reuse_keys=True),
    )

    id: int | None = surrogate_key()
    code: str = Field(sa_type=key(10), unique=True)
    version: int = 1
    description: str = Field(sa_type=free_text(100))
    group_code: str | None = Field(default=None, sa_type=key(10), foreign_key="interaction_group.code")
    unit_cost: Decimal = Field(default=Decimal(0), sa_type=Money)
    unit_duration: int = 0
    information_flow: str | None = Field(default=None, sa_type=key(10))
    initiated_by: str | None = Field(default=None, sa_type=key(10))
    correspondence_type_default: str | None = Field(default=None, sa_type=key(10))
    ignore_contact_correspondence_type: bool = False
    language_code_default: str | None = Field(default=None, sa_type=key(10))
    campaign_no: str | None = Field(default=None, sa_type=key(20), foreign_key="campaign.no")
    campaign_target: bool = False
    campaign_response: bool = False
    blocked: bool = False
    follow_up_after_days: int | None = None


class InteractionTemplateTranslation(Table, table=True):
    """A template's description in another language; with it the template "has" that language (K21)."""

    __tablename__ = "interaction_template_translation"

    template_code: str = Field(sa_type=key(10), primary_key=True, foreign_key="interaction_template.code")
    language_code: str = Field(sa_type=key(10), primary_key=True)
    description: str = Field(sa_type=free_text(100))
