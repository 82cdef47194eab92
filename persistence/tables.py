"""All tables, for modules that need all of them: migrations, tests, the demo company."""

from persistence.calendar_feeds import CalendarFeed
from persistence.campaigns import Campaign, CampaignEntry
from persistence.change_feed.items import ChangeFeedItem, ChangeFeedRange, ChangeFeedStart
from persistence.changes import Change, ChangeField
from persistence.columns import Table
from persistence.contacts import Contact
from persistence.imports import Import, ImportedRows
from persistence.interactions import EntryCounter, InteractionComment, InteractionLogEntry, PostponedInteraction
from persistence.precomputed.contact_dates import ContactDate, DirtyContactDay
from persistence.precomputed.day_sums import INDEX_BY_DAY_OF_WEEK, PARTITIONS, DaySum, MonthSum, WeekSum
from persistence.precomputed.due_contacts import DueContact
from persistence.precomputed.search import INDEXES_OF_MIGRATIONS, TABLES_OF_MIGRATIONS
from persistence.salespeople import Salesperson
from persistence.segment_steps import SavedSegmentCriteria, SavedSegmentStep, SegmentStep, SegmentStepLine
from persistence.segments import LoggedSegment, RetiredSegment, Segment, SegmentLine
from persistence.setup import IdempotencyKey, MarketingSetup, NumberSeries, NumberSeriesLine
from persistence.templates import (
    InteractionGroup,
    InteractionGroupTranslation,
    InteractionTemplate,
    InteractionTemplateTranslation,
)
from persistence.users import AccessToken, UserSetup
from persistence.webhooks import Webhook, WebhookDelivery, WebhookLease

OF_MIGRATIONS = {*INDEXES_OF_MIGRATIONS, INDEX_BY_DAY_OF_WEEK, *TABLES_OF_MIGRATIONS, *PARTITIONS}
"""Tables and indexes that only migrations create, because models cannot declare them."""

__all__ = [
    "AccessToken",
    "CalendarFeed",
    "Campaign",
    "CampaignEntry",
    "Change",
    "ChangeFeedItem",
    "ChangeFeedRange",
    "ChangeFeedStart",
    "ChangeField",
    "Contact",
    "ContactDate",
    "DaySum",
    "DirtyContactDay",
    "DueContact",
    "EntryCounter",
    "IdempotencyKey",
    "Import",
    "ImportedRows",
    "InteractionComment",
    "InteractionGroup",
    "InteractionGroupTranslation",
    "InteractionLogEntry",
    "InteractionTemplate",
    "InteractionTemplateTranslation",
    "LoggedSegment",
    "MarketingSetup",
    "MonthSum",
    "NumberSeries",
    "NumberSeriesLine",
    "PostponedInteraction",
    "RetiredSegment",
    "Salesperson",
    "SavedSegmentCriteria",
    "SavedSegmentStep",
    "Segment",
    "SegmentLine",
    "SegmentStep",
    "SegmentStepLine",
    "Table",
    "UserSetup",
    "Webhook",
    "WebhookDelivery",
    "WebhookLease",
    "WeekSum",
]
