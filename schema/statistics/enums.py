"""The enums of figures over groups of interactions."""

from resolvers.statistics.groupings import DateBucket as DateBucketValues
from resolvers.statistics.groupings import InteractionDimension as InteractionDimensionValues
from resolvers.statistics.periods import Comparison as ComparisonValues
from schema.enums import described_enum

InteractionDimension = described_enum(
    InteractionDimensionValues,
    "What interactions are grouped by.",
    TEMPLATE="By the template that they were made from.",
    GROUP="By the interaction group that the template had when they were logged.",
    SALESPERSON="By the salesperson who took part for the company.",
    CAMPAIGN="By campaign.",
    CONTACT="By contact. A company and each of its people are groups of their own.",
    COMPANY="By the company of the contact: a company together with its people.",
    CITY="By the city of the contact as it is now.",
    COUNTRY="By the country of the contact as it is now.",
    EVALUATION="By evaluation.",
    INFORMATION_FLOW="By the direction of the information.",
    INITIATED_BY="By who initiated them.",
    USER="By the user who logged them.",
)
DateBucket = described_enum(
    DateBucketValues,
    "The unit of time that interactions are grouped by.",
    DAY="By date.",
    WEEK="By week. It begins on the day set in the marketing setup.",
    MONTH="By calendar month.",
    QUARTER="By quarter of the calendar year.",
    YEAR="By calendar year.",
    DAY_OF_WEEK="By day of the week: 1 for Monday to 7 for Sunday.",
    HOUR_OF_DAY="By the hour of the day in which they started: 0 to 23.",
)
Comparison = described_enum(
    ComparisonValues,
    "Which earlier days figures are compared with.",
    PREVIOUS_PERIOD="The same number of days directly before those of the filter.",
    PREVIOUS_YEAR="The same days a year earlier; 28 February for 29 February.",
)
