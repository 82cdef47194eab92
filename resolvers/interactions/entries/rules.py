"""The commands on interactions of the log, each from a module of its own."""

from resolvers.interactions.entries.canceling import EntriesDeleted, delete_canceled, set_canceled
from resolvers.interactions.entries.commenting import Commented, comment, delete_comment, update_comment
from resolvers.interactions.entries.evaluating import EvaluationFields, evaluate
from resolvers.interactions.entries.selecting import EntriesChanged

__all__ = [
    "Commented",
    "EntriesChanged",
    "EntriesDeleted",
    "EvaluationFields",
    "comment",
    "delete_canceled",
    "delete_comment",
    "evaluate",
    "set_canceled",
    "update_comment",
]
