"""Finished interactions: remarks, evaluation, the canceled mark, deleting what is canceled. Else never edited (B.6)."""

from resolvers.interactions.entries.canceling import EntriesDeleted, delete_canceled, set_canceled
from resolvers.interactions.entries.changing import Commented, EntriesChanged, Said, comment, evaluate

__all__ = [
    "Commented",
    "EntriesChanged",
    "EntriesDeleted",
    "Said",
    "comment",
    "delete_canceled",
    "evaluate",
    "set_canceled",
]
