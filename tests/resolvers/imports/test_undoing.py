"""An import is undone as long as nothing that it created was used or changed (R-IMP-20 to R-IMP-24)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select

from persistence.campaigns import Campaign, CampaignEntry
from persistence.columns import Table
from persistence.contacts import Contact
from persistence.imports import Import, ImportedRows
from persistence.interactions import InteractionComment, InteractionLogEntry, PostponedInteraction
from persistence.salespeople import Salesperson
from persistence.segments import Segment
from persistence.templates import InteractionGroup, InteractionTemplate, InteractionTemplateTranslation
from resolvers.contacts import rules as contact_rules
from resolvers.errors import Refused
from resolvers.imports import campaigns, contacts, interactions, salespeople, templates, undoing
from resolvers.imports.existing import Existing
from resolvers.interactions.entries import rules as entry_rules
from resolvers.work import Work
from tests import records
from tests.change_log import recorded_changes
from tests.import_files import write_file
from tests.refusals import refusal_codes
from tests.resolvers.imports.importing_contacts import stored
from tests.statements import recorded_statements

BOOK = "No.,Type,Name,Company No.,Company Name\nC1X,Company,Firm,,\nP1X,Person,Ann,C1X,\nP2X,Person,Bob,,Other Firm\n"
HISTORY = (
    "Entry No.,Contact No.,Date,Description,Canceled,Postponed,Campaign No.,Comments\n"
    "101,C1X,2026-01-02,Visit,No,No,CP1,\n102,C1X,2026-01-03,Call,Yes,No,,\n105,C1X,,Later,No,Yes,,\n"
)
Run = Callable[..., Any]


def imported(run: Run, work: Work, folder: Path, text: str, **choices: Any) -> int:
    """Import a file and return the number of the import."""
    entry_no = run(work, write_file(folder, text), **choices).entry_no
    work.session.expire_all()
    assert isinstance(entry_no, int)
    return entry_no


def undone(work: Work, entry_no: int, *, dry_run: bool = False) -> dict[str, int]:
    """The counts of an import that is undone, without those that are 0."""
    counts = vars(undoing.undo(work, entry_no, dry_run=dry_run))
    work.session.expire_all()
    return {name: count for name, count in counts.items() if count and name != "entry_no"}


def count(work: Work, *tables: type[Table]) -> list[int]:
    return [work.session.exec(select(func.count()).select_from(table)).one() for table in tables]


def refused(work: Work, entry_no: int) -> list[str]:
    """The codes of the refusals. Nothing is changed, as when the transaction is rolled back."""
    tried = work.session.begin_nested()
    codes = refusal_codes(undoing.undo, work, entry_no)
    tried.rollback()
    work.session.expire_all()
    return codes


def test_an_import_remembers_its_file_its_counts_and_what_it_created_in_few_rows_r_imp_20(
    work: Work, tmp_path: Path
) -> None:
    rows = "".join(f",Person {number}\n" for number in range(300))

    entry_no = imported(contacts.run, work, tmp_path, f"No.,Name\n{rows}")

    done = records.stored(work, Import, entry_no=entry_no)
    assert (done.kind, done.file_name, done.user_id, done.created_at) == ("CONTACTS", "import.csv", "tester", work.now)
    assert (done.rows, done.created, done.updated, done.unchanged, done.rejected) == (300, 300, 0, 0, 0)
    assert count(work, ImportedRows) == [1]


def test_undoing_deletes_what_the_import_created_and_its_numbers_may_come_again_with_a_file_r_imp_24(
    work: Work, tmp_path: Path
) -> None:
    before = count(work, Contact)
    entry_no = imported(contacts.run, work, tmp_path, BOOK)
    given = stored(work, "no", name="Other Firm")

    assert undone(work, entry_no) == {"contacts": 4}

    assert count(work, Contact) == before
    assert [change[1] for change in recorded_changes(work) if change[0] == "C1X"] == ["CREATED", "DELETED"]
    assert refusal_codes(contact_rules.create, work, {"name": "X"}, no="C1X") == ["DUPLICATE"]
    again = imported(contacts.run, work, tmp_path, BOOK)
    assert stored(work, "no", name="Other Firm") != given
    assert undone(work, again) == {"contacts": 4}
    assert refused(work, entry_no) == ["IMPORT_UNDONE"]


@pytest.mark.parametrize(
    ("run", "text", "counts", "tables"),
    [
        (salespeople.run, "Code,Name\nA,Ann\nB,Bob\n", {"salespeople": 2}, [Salesperson]),
        (campaigns.run, "No.,Description\nA,Ann\nB,Bob\n", {"campaigns": 2}, [Campaign]),
        (
            templates.run,
            "Code,Description,Group Code,Language Code (Default)\nA,Ann,G1,FRC\nB,Bob,G2,\n",
            {"templates": 2, "groups": 2},
            [InteractionTemplate, InteractionGroup, InteractionTemplateTranslation],
        ),
    ],
)
def test_imports_of_each_kind_of_card_can_be_undone_r_imp_21(
    work: Work, tmp_path: Path, run: Run, text: str, counts: dict[str, int], tables: list[type[Table]]
) -> None:
    before = count(work, *tables)
    entry_no = imported(run, work, tmp_path, text)
    assert undone(work, entry_no, dry_run=True) == counts
    assert count(work, *tables) != before

    assert undone(work, entry_no) == counts

    assert count(work, *tables) == before


def test_undoing_a_history_deletes_interactions_with_their_comments_and_campaign_entries_r_imp_21(
    work: Work, tmp_path: Path
) -> None:
    records.insert_fixtures(work)
    imported(contacts.run, work, tmp_path, BOOK)
    tables = (InteractionLogEntry, PostponedInteraction, InteractionComment, CampaignEntry)
    before = count(work, *tables)
    entry_no = imported(interactions.run, work, tmp_path, HISTORY)
    records.insert(work, InteractionComment(entry_no=101, line_no=1, date=work.today, comment="x", user_id="u"))
    second = imported(interactions.run, work, tmp_path, HISTORY.replace("10", "20").replace("CP1", "CP2"))
    other = records.stored(work, CampaignEntry, campaign_no="CP2").entry_no
    records.insert_entry(work, contact="C1X", campaign_no="CP2", campaign_entry_no=other)

    assert undone(work, entry_no) == {"entries": 2, "postponed": 1}
    assert undone(work, second) == {"entries": 2, "postponed": 1}

    entries, postponed, comments, campaign_entries = before
    assert count(work, *tables) == [entries + 1, postponed, comments, campaign_entries + 1]


@pytest.mark.parametrize("use", ["interaction", "postponed", "line", "person"])
def test_an_import_is_not_undone_while_a_contact_of_it_is_used_r_imp_22(work: Work, tmp_path: Path, use: str) -> None:
    records.insert_fixtures(work)
    entry_no = imported(contacts.run, work, tmp_path, BOOK)
    if use == "interaction":
        records.insert_entry(work, contact="P1X")
    elif use == "postponed":
        records.insert_postponed_interaction(work, contact="P1X")
    elif use == "line":
        segment = records.insert(work, Segment(no="S", date=work.today))
        records.insert_line(work, segment, contact_no="P1X")
    else:
        contact_rules.create(work, {"name": "Later", "company_no": "C1X"})
    before = count(work, Contact)

    assert refused(work, entry_no) == ["IN_USE"]
    assert count(work, Contact) == before


def _evaluate(work: Work) -> None:
    entry_rules.evaluate(work, entry_nos=[101], evaluation="POSITIVE")


def _comment(work: Work) -> None:
    entry_rules.comment(work, 101, ["Good"])


def _cancel(work: Work) -> None:
    entry_rules.set_canceled(work, canceled=True, entry_nos=[101])


def _uncancel(work: Work) -> None:
    entry_rules.set_canceled(work, canceled=False, entry_nos=[102])


def _finish(work: Work) -> None:
    postponed = records.stored(work, PostponedInteraction, entry_no=105)
    work.session.delete(postponed)
    work.session.flush()
    records.insert_entry(work, contact="C1X", entry_no=105)


@pytest.mark.parametrize("change", [_evaluate, _comment, _cancel, _uncancel, _finish])
def test_an_import_is_not_undone_if_an_interaction_of_it_was_changed_since_r_imp_23(
    work: Work, tmp_path: Path, change: Callable[[Work], None]
) -> None:
    records.insert_fixtures(work)
    imported(contacts.run, work, tmp_path, BOOK)
    entry_no = imported(interactions.run, work, tmp_path, HISTORY)
    change(work)
    before = count(work, InteractionLogEntry)

    assert refused(work, entry_no) == ["CHANGED_SINCE"]
    assert count(work, InteractionLogEntry) == before


def test_changed_contacts_are_named_and_updates_of_the_import_are_kept_r_imp_23(work: Work, tmp_path: Path) -> None:
    imported(contacts.run, work, tmp_path, BOOK)
    entry_no = imported(
        contacts.run, work, tmp_path, "No.,Name,City\nC1X,Firm,Lyon\nN1X,New,\n", existing=Existing.UPDATE
    )
    contact_rules.update(work, "N1X", {"city": "Paris"})

    tried = work.session.begin_nested()
    with pytest.raises(Refused, match=r"records that it created were changed since \(1\): N1X"):
        undoing.undo(work, entry_no)
    tried.rollback()

    contact_rules.delete(work, "N1X")
    assert undone(work, entry_no) == {"updates_kept": 1}
    assert stored(work, "city", no="C1X") == ("Lyon",)


def test_undoing_takes_as_many_statements_for_many_contacts_as_for_few(work: Work, tmp_path: Path) -> None:
    numbers = []
    for size in (3, 300):
        rows = "".join(f",Person {number},Firm {size} {number // 3}\n" for number in range(size))
        entry_no = imported(contacts.run, work, tmp_path, f"No.,Name,Company Name\n{rows}")
        with recorded_statements(work) as statements:
            assert undone(work, entry_no) == {"contacts": size + size // 3}
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
