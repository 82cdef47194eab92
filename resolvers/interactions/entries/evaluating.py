"""Evaluating interactions of the log (R-ENT-1)."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

from sqlalchemy import and_, literal, update

from resolvers import change_feed
from resolvers.errors import Invalid, Refused
from resolvers.interactions.entries.selecting import EntriesChanged, count_entries, select_entries
from resolvers.segments.tables import ENTRIES
from resolvers.selections import Matching
from resolvers.work import Work


class EvaluationFields(TypedDict, total=False):
    """The new evaluation. Null removes the current one."""

    evaluation: str | None


def evaluate(
    work: Work,
    *,
    entry_nos: Sequence[int] | None = None,
    matching: Matching | None = None,
    dry_run: bool = False,
    **fields: Unpack[EvaluationFields],
) -> EntriesChanged:
    """Set the evaluation of the selected interactions, canceled ones included, any number of times (R-ENT-1)."""
    if "evaluation" not in fields:
        raise Refused(
            Invalid(
                "evaluation",
                english="Give an evaluation. An explicit null removes the current one.",
                french="Donnez une évaluation. La valeur null, donnée explicitement, retire l’évaluation actuelle.",
            )
        )
    selected = select_entries(work, entry_nos=entry_nos, matching=matching)
    evaluation = literal(fields["evaluation"], ENTRIES.c.evaluation.type)
    different = and_(selected.where, ENTRIES.c.evaluation.is_distinct_from(evaluation))
    if dry_run:
        return selected.changed(count_entries(work, different))
    recorded = change_feed.record(work, change_feed.UPDATED, ENTRIES, different)
    values = {"evaluation": evaluation, "changed_at": work.now}
    return selected.changed(work.write(update(ENTRIES).where(different, recorded).values(values)))
