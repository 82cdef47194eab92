"""Whom to contact next, compared with the reference on successive days and after each command of random histories, which
also import.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from persistence.enums import Role
from resolvers.contacts import rules as contacts
from resolvers.contacts import uncertain_contacts
from resolvers.errors import Refused
from resolvers.imports import contacts as contact_import
from resolvers.imports import interactions as interaction_import
from resolvers.imports import undoing as import_undoing
from resolvers.interactions import rules as interactions
from resolvers.interactions import snoozing
from resolvers.interactions.entries import rules as entries
from resolvers.segments import rules as segments
from resolvers.segments.logging import logged_segments
from resolvers.statistics.refreshing import refresh_some, refresh_some_contacts
from resolvers.templates import rules as templates
from resolvers.work import Work
from tests import records
from tests.import_files import write_file
from tests.records import as_user, at_time
from tests.resolvers.contacts.test_next_contacts import CONTACTS, DAY, ENTRIES, POSTPONED, expected, listed
from tests.segment_lines import create_segment
from tests.soaking import examples

NOS, TEMPLATES = ("C1", "P1", "P2", "C2", "P3"), ("VISIT", "CALLOUT", "MAIL")
SALESPEOPLE = ("JO", "PS")
HEAD = "Contact No.,Date,Time of Interaction,Description,Interaction Template Code,Salesperson Code,Attempt Failed"


@dataclass
class History:
    """What the commands of a history have made: the numbers of imports and of logged segments."""

    folder: Path
    imports: list[int] = field(default_factory=list)
    logged_segments: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """A command with small numbers from which its arguments are chosen."""

    command: str
    one: int
    other: int
    days: int

    @property
    def no(self) -> str:
        return NOS[self.one]

    @property
    def other_no(self) -> str:
        return NOS[self.other]

    @property
    def template(self) -> str:
        return TEMPLATES[self.other % 3]

    @property
    def salesperson(self) -> str:
        return SALESPEOPLE[self.other % 2]


def create(work: Work, step: Step, history: History) -> None:
    fields: Any = {"contact_no": step.no, "template_code": step.template, "salesperson_code": step.salesperson}
    day = work.today - step.days * DAY
    interactions.create(
        work, fields | {"date": day, "time_of_interaction": dt.time(8 + step.other), "attempt_failed": step.days == 3}
    )


def postpone(work: Work, step: Step, history: History) -> None:
    fields: Any = {"contact_no": step.no, "template_code": step.template, "salesperson_code": step.salesperson}
    interactions.postpone(work, fields, resume_on=work.today + (step.days - 1) * DAY)


def postponed_no(work: Work, step: Step) -> int:
    """The number of a postponed interaction; one that does not exist if there is none."""
    numbers = [*work.session.scalars(select(POSTPONED.c.entry_no).order_by(POSTPONED.c.entry_no))]
    return numbers[step.one % len(numbers)] if numbers else 2_000_000


def entry_no(work: Work, step: Step) -> int:
    """The number of an interaction of the log; one that does not exist if there is none."""
    numbers = [*work.session.scalars(select(ENTRIES.c.entry_no).order_by(ENTRIES.c.entry_no.desc()))]
    return numbers[step.one % len(numbers)] if numbers else 2_000_000


def log_segment(work: Work, step: Step, history: History) -> None:
    fields: Any = {"template_code": step.template, "description": "Mailing", "salesperson_code": step.salesperson}
    no = create_segment(work, *sorted({step.no, step.other_no}), **fields).no
    logged = segments.log(work, no)
    history.logged_segments.append(logged.logged_segment_entry_no)


def import_history(work: Work, step: Step, history: History) -> None:
    day = work.today - step.days * DAY
    rows = [
        f"{step.no},{day},09:00,Visit,{step.template},{step.salesperson},{'Yes' if step.days == 2 else 'No'}",
        f"{step.other_no},{day - DAY},10:00,Visit,{step.template},{step.salesperson},No",
    ]
    file = write_file(history.folder, "\n".join([HEAD, *rows, ""]))
    done = interaction_import.run(work, file)
    history.imports.append(done.entry_no or 0)


def import_contacts(work: Work, step: Step, history: History) -> None:
    text = f"No.,Type,Name,Salesperson Code\nI{step.one}{step.other},Company,New {step.one},{step.salesperson}\n"
    done = contact_import.run(work, write_file(history.folder, text))
    history.imports.append(done.entry_no or 0)


def refresh(work: Work, step: Step, history: History) -> None:
    refresh_some(work.session, most=1 + step.one)
    refresh_some_contacts(work.session, most=1 + step.other)


def last(numbers: list[int]) -> int:
    return numbers[-1] if numbers else 0


Command = Callable[[Work, Step, History], Any]
COMMANDS: dict[str, Command] = {
    "create": create,
    "postpone": postpone,
    "postpone again": lambda work, step, history: interactions.postpone(
        work, {}, entry_no=postponed_no(work, step), resume_on=work.today + step.days * DAY
    ),
    "snooze": lambda work, step, history: snoozing.snooze(
        work, days=1 + step.days, entry_nos=[postponed_no(work, step)]
    ),
    "resume": lambda work, step, history: interactions.resume(
        work, postponed_no(work, step), {"template_code": step.template, "attempt_failed": step.days == 3}
    ),
    "delete postponed": lambda work, step, history: interactions.delete_postponed(work, [postponed_no(work, step)]),
    "cancel": lambda work, step, history: entries.set_canceled(work, canceled=True, entry_nos=[entry_no(work, step)]),
    "uncancel": lambda work, step, history: entries.set_canceled(
        work, canceled=False, matching=lambda rows: rows.c.contact_no == step.no
    ),
    "delete canceled": lambda work, step, history: entries.delete_canceled(
        work, matching=lambda rows: rows.c.contact_no == step.no
    ),
    "merge": lambda work, step, history: contacts.merge(
        work, step.no, step.other_no, keep_from_merged=["salespersonCode", "contactEveryDays"] if step.days > 1 else []
    ),
    "anonymize": lambda work, step, history: contacts.anonymize(work, step.no),
    "delete": lambda work, step, history: contacts.delete(work, step.no),
    "rhythm": lambda work, step, history: contacts.update(work, step.no, {"contact_every_days": 1 + step.days}),
    "no rhythm": lambda work, step, history: contacts.update(work, step.no, {"contact_every_days": None}),
    "give": lambda work, step, history: contacts.update(work, step.no, {"salesperson_code": step.salesperson}),
    "move": lambda work, step, history: contacts.update(work, step.no, {"company_no": "C2"}),
    "follow up": lambda work, step, history: templates.update(
        work, step.template, {"follow_up_after_days": 1 + step.days}
    ),
    "no follow up": lambda work, step, history: templates.update(work, step.template, {"follow_up_after_days": None}),
    "log a segment": log_segment,
    "undo a logged segment": lambda work, step, history: segments.undo(work, last(history.logged_segments), force=True),
    "cancel a logged segment": lambda work, step, history: logged_segments.set_canceled(
        work, last(history.logged_segments), canceled=step.days != 0
    ),
    "delete a logged segment": lambda work, step, history: logged_segments.delete_canceled(
        work, [last(history.logged_segments)]
    ),
    "import interactions": import_history,
    "import contacts": import_contacts,
    "undo an import": lambda work, step, history: import_undoing.undo(work, last(history.imports)),
    "refresh": refresh,
}
OFTEN = ["create", "create", "rhythm", "follow up", "refresh", "refresh", "postpone", "merge", "log a segment"]
STEP = st.builds(Step, st.sampled_from([*COMMANDS, *OFTEN]), st.integers(0, 4), st.integers(0, 4), st.integers(0, 3))


def run(work: Work, step: Step, history: History) -> bool:
    """Run a command. One that is refused changes nothing."""
    with work.session.begin_nested() as savepoint:
        try:
            COMMANDS[step.command](work, step, history)
            work.session.flush()
        except Refused:
            savepoint.rollback()
            work.session.expire_all()
            return False
    return True


@examples(few=8, many=1_500)
@given(
    days=st.lists(st.lists(STEP, min_size=1, max_size=5), min_size=2, max_size=5),
    ahead=st.sampled_from([0, 0, 3]),
    large_day=st.sampled_from([uncertain_contacts.LARGE_DAY, 0, 1]),
)
def test_the_list_is_that_of_the_rules_on_each_day_of_any_history_of_commands_r_next_1_r_next_5(
    work: Work, tmp_path_factory: Any, days: list[list[Step]], ahead: int, large_day: int
) -> None:
    """The reference follows R-NEXT-1 to R-NEXT-6. Each day the list is compared before anything happens and after each
    command. Some histories have large days: their interactions are not read.
    """
    if work.session.scalar(select(CONTACTS.c.no).limit(1)) is None:
        records.insert_fixtures(work)
        work.session.flush()
    history = History(tmp_path_factory.mktemp("history"))
    with work.session.begin_nested() as savepoint, pytest.MonkeyPatch.context() as patch:
        patch.setattr(uncertain_contacts, "LARGE_DAY", large_day)
        for number, steps in enumerate(days):
            today = at_time(work, work.now + 2 * number * DAY)
            compare(today, ahead)
            for step in steps:
                if run(today, step, history):
                    compare(today, ahead)
        savepoint.rollback()
        work.session.expire_all()


def compare(work: Work, ahead: int) -> None:
    on = work.today + ahead * DAY
    for viewer in (
        work,
        as_user(work, Role.READER, salesperson="PS"),
        as_user(work, Role.SALESPERSON, salesperson="JO"),
    ):
        assert listed(viewer, None, on, first=2) == expected(viewer, None, on)


def test_a_company_is_silent_again_after_the_only_interaction_of_a_large_day_is_canceled(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interaction is that of a person of the company, which alone is to be contacted regularly."""
    monkeypatch.setattr(uncertain_contacts, "LARGE_DAY", 0)
    records.insert_fixtures(work)
    work.session.flush()
    contacts.update(work, "C1", {"contact_every_days": 5})
    visit: Any = {"contact_no": "P1", "template_code": "VISIT", "salesperson_code": "JO"}
    interactions.create(work, visit | {"date": work.today - 10 * DAY})
    made = interactions.create(work, visit | {"date": work.today})
    while refresh_some(work.session) or refresh_some_contacts(work.session):
        pass
    assert listed(work, None, work.today) == []
    entries.set_canceled(work, canceled=True, entry_nos=[made.entry_no])
    work.session.flush()
    assert [no for no, *_ in listed(work, None, work.today)] == ["C1"]
    compare(work, 0)
