"""`carnet import undo` and `undoImport`: deletes what an import created, as long as nothing of it was used or changed
(R-IMP-21 to R-IMP-23).
"""

from dataclasses import dataclass, field

from sqlalchemy import Boolean, Column, ColumnElement, Select, delete, func, insert, not_, select
from sqlalchemy import Table as SqlTable

from persistence.campaigns import Campaign, CampaignEntry
from persistence.columns import Table, key, table_of
from persistence.contacts import Contact
from persistence.dialects import dialect_of
from persistence.imports import Import
from persistence.interactions import InteractionComment, InteractionLogEntry, PostponedInteraction
from persistence.salespeople import Salesperson
from persistence.templates import (
    InteractionGroup,
    InteractionGroupTranslation,
    InteractionTemplate,
    InteractionTemplateTranslation,
)
from resolvers import change_feed, usages
from resolvers.changes import rules as changes
from resolvers.changes.statements import KEYS
from resolvers.errors import Refusal, Refused, UserErrorCode
from resolvers.imports.created_rows import RANGES
from resolvers.imports.staging import StagingTable
from resolvers.segments.locking import rolled_back_if
from resolvers.work import Work

ENTRIES, POSTPONED = table_of(InteractionLogEntry), table_of(PostponedInteraction)
CAMPAIGN_ENTRIES, COMMENTS = table_of(CampaignEntry), table_of(InteractionComment)
CARDS: dict[type[Table], tuple[type[Table], str] | None] = {
    InteractionTemplate: (InteractionTemplateTranslation, "template_code"),
    InteractionGroup: (InteractionGroupTranslation, "group_code"),
    Contact: None,
    Campaign: None,
    Salesperson: None,
}
"""The cards that imports create, in the order in which they can be deleted, with the table of their translations and
its column with the code.
"""

MAX_NAMED = 5

_ROWS = StagingTable("import_undo", Column("key", key(20)), Column("canceled", Boolean), indexed=("key",))
"""The rows to delete: `row_no` is their primary key, `key` the number or code of cards, `canceled` whether an
interaction was canceled in the file.
"""
_ROW = _ROWS.table.c


@dataclass(frozen=True)
class ImportUndone:
    """The number of the import, and how many rows of each kind were deleted. `updates_kept` rows that the import only
    changed stay as they are.
    """

    entry_no: int
    updates_kept: int
    contacts: int = 0
    entries: int = 0
    postponed: int = 0
    templates: int = 0
    groups: int = 0
    campaigns: int = 0
    salespeople: int = 0


class AlreadyUndone(Refusal):
    code = UserErrorCode.IMPORT_UNDONE
    english = "Import {entry_no} was already undone. Import the corrected file, or undo another import."
    french = (
        "L’importation {entry_no} a déjà été défaite. Importez le fichier corrigé, ou défaites une autre importation."
    )


class CreatedRowsUsed(Refusal):
    """Other records use what the import created. `uses` says how many of which kind."""

    code = UserErrorCode.IN_USE
    english = (
        "Import {entry_no} cannot be undone: what it created is used by {uses}. Undo the imports of these first, or "
        "delete them."
    )
    french = (
        "L’importation {entry_no} ne peut pas être défaite\u00a0: ce qu’elle a créé est encore en usage ({uses}). "
        "Défaites d’abord l’importation de ces enregistrements, ou supprimez-les."
    )


class CreatedRowsChanged(Refusal):
    """Records that the import created were changed since. `examples` are the numbers of the first."""

    code = UserErrorCode.CHANGED_SINCE
    english = (
        "Import {entry_no} cannot be undone: records that it created were changed since ({count}): {examples}. "
        "Correct or delete the records of the import one by one."
    )
    french = (
        "L’importation {entry_no} ne peut pas être défaite\u00a0: des enregistrements qu’elle a créés ont "
        "été modifiés depuis ({count})\u00a0: {examples}. Corrigez ou supprimez un à un les enregistrements de "
        "l’importation."
    )


@dataclass
class _Undoing:
    """An import that is being undone, and the reasons against it that were found so far."""

    work: Work
    done: Import
    refusals: list[Refusal] = field(default_factory=list)

    def refuse_changed(self, rows: Select[int] | Select[tuple[str]]) -> None:
        """Refuse because of these rows, given by number or code, unless there are none."""
        count = self.work.session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0
        if count:
            first = [str(each) for each in self.work.session.scalars(rows.limit(MAX_NAMED))]
            examples = ", ".join(first) + (", …" if count > len(first) else "")
            self.refusals.append(
                CreatedRowsChanged("entry_no", entry_no=self.done.entry_no, count=count, examples=examples)
            )

    def refuse_if_needed(self) -> None:
        """Raise `Refused` if there is a reason."""
        if self.refusals:
            raise Refused(*self.refusals)


def undo(work: Work, entry_no: int, *, dry_run: bool = False) -> ImportUndone:
    """Delete what an import created. Refused with all reasons if other records use some of it, or if some of it was
    changed since. What the import only updated stays as it is.
    """
    with rolled_back_if(work, dry_run):
        done = work.find(Import, "entry_no", entry_no=entry_no, lock=True)
        assert done is not None
        if done.undone_at is not None:
            raise Refused(AlreadyUndone("entry_no", entry_no=entry_no))
        dialect_of(work.session).lock_imports(work.session, waits=False)
        undoing = _Undoing(work, done)
        entries, postponed = _delete_interactions(undoing)
        deleted = {model: _delete_cards(undoing, model, *(CARDS[model] or (None, ""))) for model in CARDS}
        done.undone_at, done.undone_by = work.now, work.user.id
        work.session.flush()
        return ImportUndone(
            entry_no,
            done.updated,
            deleted[Contact],
            entries,
            postponed,
            deleted[InteractionTemplate],
            deleted[InteractionGroup],
            deleted[Campaign],
            deleted[Salesperson],
        )


def _delete_interactions(undoing: _Undoing) -> tuple[int, int]:
    """Delete the interactions of the log and the postponed ones, with their comments and the campaign entries that are
    left without interactions. Returns their numbers.

    What was changed is not deleted; so nothing can change between the check and the deletion.
    """
    session = undoing.work.session
    deleted: list[int] = []
    for rows, stamp, unchanged in (
        (ENTRIES, ENTRIES.c.logged_at, ENTRIES.c.changed_at.is_(None)),
        (POSTPONED, POSTPONED.c.postponed_at, POSTPONED.c.version == 1),
    ):
        with _Staged(undoing, rows, stamp == undoing.done.created_at):
            count = 0
            change_feed.record(undoing.work, change_feed.DELETED, rows, rows.c.entry_no.in_(select(_ROW.row_no)))
            for canceled in (False, True):
                among = select(_ROW.row_no).where(_ROW.canceled.is_(canceled))
                same_mark = [rows.c.canceled.is_(canceled)] if rows is ENTRIES else []
                count += undoing.work.write(delete(rows).where(rows.c.entry_no.in_(among), unchanged, *same_mark))
            changed = select(rows.c.entry_no).where(rows.c.entry_no.in_(select(_ROW.row_no)))
            undoing.refuse_changed(changed.order_by(rows.c.entry_no))
            session.execute(delete(COMMENTS).where(COMMENTS.c.entry_no.in_(select(_ROW.row_no))))
            deleted.append(count)
    resumed = _created(undoing.done, POSTPONED, ENTRIES.c.entry_no).where(not_(ENTRIES.c.imported))
    undoing.refuse_changed(resumed.order_by(ENTRIES.c.entry_no))
    undoing.refuse_if_needed()
    entries, postponed = deleted
    used = select(ENTRIES.c.campaign_entry_no).where(ENTRIES.c.campaign_entry_no == CAMPAIGN_ENTRIES.c.entry_no)
    created = _created(undoing.done, CAMPAIGN_ENTRIES, CAMPAIGN_ENTRIES.c.entry_no)
    unused = (
        CAMPAIGN_ENTRIES.c.entry_no.in_(session.scalars(created).all()),
        not_(used.correlate(CAMPAIGN_ENTRIES).exists()),
    )
    recorded = change_feed.record(undoing.work, change_feed.DELETED, CAMPAIGN_ENTRIES, *unused)
    session.execute(delete(CAMPAIGN_ENTRIES).where(*unused, recorded))
    return entries, postponed


def _delete_cards(undoing: _Undoing, model: type[Table], translations: type[Table] | None, column: str) -> int:
    """Delete the cards of a table. Their numbers are not given again. Returns how many there were."""
    work, rows = undoing.work, table_of(model)
    number = rows.c[next(name for name in KEYS if name in rows.c)]
    with _Staged(undoing, rows, number=number) as count:
        if not count:
            return 0
        numbers = select(_ROW.key)
        is_created = rows.c.id.in_(select(_ROW.row_no))
        locked = select(number).where(is_created).order_by(number).with_for_update().subquery()
        work.session.execute(select(func.count()).select_from(locked))
        uses = usages.uses(work, model, numbers)
        if uses is not None:
            undoing.refusals.append(CreatedRowsUsed("entry_no", entry_no=undoing.done.entry_no, uses=uses))
        undoing.refuse_changed(select(number).where(is_created, rows.c.version > 1).order_by(number))
        undoing.refuse_if_needed()
        changes.record_deleted(work, model, is_created, with_values=False)
        if translations is not None:
            work.session.execute(delete(table_of(translations)).where(table_of(translations).c[column].in_(numbers)))
        return work.write(delete(rows).where(is_created))


class _Staged:
    """Fills the staging table with the rows of one table that the import created, without those that were deleted
    since, and drops it at the end of the block. The value of the block is the number of these rows.
    """

    def __init__(
        self, undoing: _Undoing, rows: SqlTable, *where: ColumnElement[bool], number: ColumnElement[str] | None = None
    ) -> None:
        self._work = undoing.work
        (key_column,) = rows.primary_key
        keys = [] if number is None else [number]
        self._names = ["row_no", "canceled", "key"][: 2 + len(keys)]
        self._selected = _created(undoing.done, rows, key_column).add_columns(RANGES.c.canceled, *keys).where(*where)

    def __enter__(self) -> int:
        _ROWS.create(self._work.session)
        count = self._work.write(insert(_ROWS.table).from_select(self._names, self._selected))
        _ROWS.create_indexes(self._work.session)
        return count

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is None:
            _ROWS.drop(self._work.session)


def _created(done: Import, source: SqlTable, key_column: ColumnElement[int]) -> Select[int]:
    """Selects the keys of the rows of a table that the import created, from a column with such keys."""
    return select(key_column).where(
        RANGES.c.import_entry_no == done.entry_no,
        RANGES.c.source == source.name,
        key_column.between(RANGES.c.first_key, RANGES.c.last_key),
    )
