"""Finished interactions: remarks, evaluation, the canceled mark, deleting what is canceled. Else never edited (B.6)."""

from resolvers.interactions.entries.canceling import delete_canceled, set_canceled
from resolvers.interactions.entries.changing import EntriesChanged, comment, evaluate

__all__ = ["EntriesChanged", "comment", "delete_canceled", "evaluate", "set_canceled"]
