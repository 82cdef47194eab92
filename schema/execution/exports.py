"""The lists that `carnet export` writes: which rows and which fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from graphql import FieldNode, GraphQLSchema, OperationDefinitionNode, parse
from graphql.execution.values import VariableValues

from persistence.database import Database
from resolvers.imports import own_files
from resolvers.segments.queries import on_open_segment
from resolvers.visibility import EVERYBODY
from schema.compiler.declarations import ToMany, by_column
from schema.compiler.filters.filter_limits import FilterBudget
from schema.compiler.planned_statement import PlannedStatement
from schema.compiler.planner import Planner
from schema.compiler.selection import SelectedField, Selection
from schema.compiler.streams import StreamFormat, StreamPlan

SEGMENT_LINES = (
    "segment.no",
    "lineNo",
    "contactNo",
    "companyNo",
    "templateCode",
    "groupCode",
    "description",
    "subject",
    "date",
    "timeOfInteraction",
    "salespersonCode",
    "campaignNo",
    "cost",
    "duration",
    "informationFlow",
    "initiatedBy",
    "campaignTarget",
    "campaignResponse",
    "correspondenceType",
    "languageCode",
    "evaluation",
    "attemptFailed",
    "customizedFields",
)
LOGGED_SEGMENTS = (
    "entryNo",
    "segmentNo",
    "description",
    "creationDate",
    "loggedAt",
    "userId",
    "canceled",
    "noOfInteractions",
    "noOfCampaignEntries",
    "cost",
    "duration",
    "followUpOf.entryNo",
)


LISTS = {"comments": "lineNo date comment userId", "translations": "languageCode description"}
"""The members of the lists of objects that are exported, by the last part of their name. In CSV they are JSON."""


class ExportedKind(StrEnum):
    """What can be exported."""

    SALESPEOPLE = "salespeople"
    CAMPAIGNS = "campaigns"
    CONTACTS = "contacts"
    TEMPLATES = "templates"
    INTERACTIONS = "interactions"
    SEGMENT_LINES = "segment-lines"
    LOGGED_SEGMENTS = "logged-segments"


@dataclass(frozen=True)
class ExportedList:
    """A list of the API and the fields of its rows. `constants` are columns that it does not have itself."""

    rows: ToMany
    columns: Sequence[str]
    constants: Mapping[str, bool | None] = field(default_factory=dict)

    def document(self) -> str:
        """The document that selects the fields."""
        fields = [name.split(".") for name in self.columns if name not in self.constants]
        return "{ rows { nodes { " + " ".join(map(_selected, fields)) + " } } }"

    def plan(self, schema: GraphQLSchema, database: Database, format: StreamFormat) -> StreamPlan:
        """The statements of its stream."""
        (operation,) = parse(self.document()).definitions
        assert isinstance(operation, OperationDefinitionNode)
        (node,) = operation.selection_set.selections
        assert isinstance(node, FieldNode)
        connection = schema.type_map[f"{self.rows.target.rpartition('.')[2]}Connection"]
        root = SelectedField("rows", "rows", [node])
        planner = _planner(schema, database)
        return planner.stream_of_rows(self.rows, connection, {}, root, format, self.constants, self.columns)

    def count(self, schema: GraphQLSchema, database: Database) -> PlannedStatement:
        """The statement that counts its rows."""
        return _planner(schema, database).count(self.rows)


def _selected(path: Sequence[str]) -> str:
    members = LISTS.get(path[-1])
    return " { ".join(path) + (f" {{ {members} }}" if members else "") + " }" * (len(path) - 1)


def _planner(schema: GraphQLSchema, database: Database) -> Planner:
    return Planner(Selection(schema, {}, VariableValues({}, {})), database.dialect, EVERYBODY, FilterBudget())


def _all(target: str) -> ToMany:
    return ToMany(target, lambda parent, row, sql: [[]])


_LINES = ToMany(
    "segments.SegmentLine",
    lambda segment, line, sql: [[]],
    extra_conditions=lambda line, arguments, sql: [on_open_segment(line, sql)],
    order=(by_column("segment_id"), by_column("line_no")),
)

EXPORTS: Mapping[ExportedKind, Sequence[ExportedList]] = {
    ExportedKind.SALESPEOPLE: [ExportedList(_all("salespeople.Salesperson"), own_files.SALESPEOPLE)],
    ExportedKind.CAMPAIGNS: [ExportedList(_all("campaigns.Campaign"), own_files.CAMPAIGNS)],
    ExportedKind.CONTACTS: [ExportedList(_all("contacts.Contact"), own_files.CONTACTS)],
    ExportedKind.TEMPLATES: [ExportedList(_all("templates.InteractionTemplate"), own_files.TEMPLATES)],
    ExportedKind.INTERACTIONS: [
        ExportedList(
            _all("interactions.InteractionLogEntry"),
            own_files.INTERACTIONS,
            {"postponed": False, "resumeOn": None, "reason": None},
        ),
        ExportedList(
            _all("interactions.PostponedInteraction"),
            own_files.INTERACTIONS,
            {"postponed": True, "subject": None, "segmentNo": None, "canceled": False},
        ),
    ],
    ExportedKind.SEGMENT_LINES: [ExportedList(_LINES, SEGMENT_LINES)],
    ExportedKind.LOGGED_SEGMENTS: [ExportedList(_all("segments.LoggedSegment"), LOGGED_SEGMENTS)],
}
"""The lists of each kind. Those of one kind have the same columns and are written one after the other."""
