"""Random steps on a segment, compared with a model of lists and sets (R-ADD, R-RED, R-REF, R-BACK)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resolvers.segments import rules as segments
from resolvers.work import Work
from tests import records
from tests.segment_lines import create_segment, lines_of

pytestmark = pytest.mark.slow

CONTACTS = {
    "A": ("A", "JO", False),
    "A1": ("A", "JO", False),
    "A2": ("A", "PS", True),
    "B": ("B", "PS", False),
    "B1": ("B", None, False),
    "X1": (None, "JO", False),
    "X2": (None, "PS", False),
}
"""The company and the salesperson of each contact, and whether it is excluded from segments; in the order of R-ADD-6.
"""

Found = Callable[[str], bool]


@dataclass
class Model:
    """The expected state: the contact of each line, and the contacts that each step added or removed."""

    lines: list[str | None] = field(default_factory=list)
    steps: list[tuple[str, list[str | None]]] = field(default_factory=list)

    def add(self, selected: list[str], *, expand: bool, related: bool, ignore: bool, existing: bool) -> int:
        if expand:
            companies = {CONTACTS[no][0] for no in selected} - {None}
            selected = selected + [no for no in CONTACTS if CONTACTS[no][0] in companies and no not in selected]
        if related:
            selected = selected + [
                no for no in CONTACTS if no in {CONTACTS[other][0] for other in selected} and no not in selected
            ]
        added: list[str | None] = []
        for no in selected:
            if (ignore or not CONTACTS[no][2]) and (existing or no not in [*self.lines, *added]):
                added.append(no)
        return self._put_on(added)

    def add_lines(self, contacts: list[str | None]) -> None:
        self.lines += contacts
        if any(contacts):
            self.steps.append(("ADD", [no for no in contacts if no]))

    def remove(self, found: Found, *, keep: bool, entire: bool) -> int:
        companies = {CONTACTS[no][0] for no in CONTACTS if found(no)} - {None} if entire else set()

        def goes(no: str | None) -> bool:
            matches = no is not None and (found(no) or CONTACTS[no][0] in companies)
            return matches != keep

        went = [no for no in self.lines if goes(no)]
        self.lines = [no for no in self.lines if not goes(no)]
        self.steps.append(("REMOVE", went))
        return len(went)

    def undo(self) -> None:
        if not self.steps:
            return
        action, contacts = self.steps.pop()
        if action == "ADD":
            self.lines = [no for no in self.lines if no not in contacts or no is None]
        else:
            self.lines += contacts

    def _put_on(self, added: list[str | None]) -> int:
        self.lines += added
        self.steps.append(("ADD", added))
        return len(added)


CONDITIONS: dict[str, tuple[Found, dict[str, Any]]] = {
    "of JO": (
        lambda no: CONTACTS[no][1] == "JO",
        {"matching": lambda contact: contact.c.salesperson_code == "JO", "filter": {"s": 1}},
    ),
    "not of JO": (
        lambda no: CONTACTS[no][1] != "JO",
        {"matching": lambda contact: contact.c.salesperson_code.is_distinct_from("JO"), "filter": {"s": 2}},
    ),
    "A2": (lambda no: no == "A2", {"matching": lambda contact: contact.c.no == "A2", "filter": {"s": 3}}),
    "in A": (
        lambda no: CONTACTS[no][0] == "A",
        {"matching": lambda contact: contact.c.company_no == "A", "filter": {"s": 4}},
    ),
}
NUMBERS = st.lists(st.sampled_from(list(CONTACTS)), max_size=4)
FLAG = st.booleans()
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add found"), st.sampled_from(list(CONDITIONS)), FLAG, FLAG, FLAG, FLAG),
        st.tuples(st.just("add numbers"), NUMBERS, FLAG, FLAG, FLAG, FLAG),
        st.tuples(st.just("add lines"), st.lists(st.sampled_from([None, *CONTACTS]), min_size=1, max_size=3)),
        st.tuples(st.just("remove"), st.sampled_from(list(CONDITIONS)), FLAG, FLAG),
        st.tuples(st.just("undo")),
    ),
    min_size=1,
    max_size=8,
)


def execute_step(work: Work, no: str, model: Model, step: Any) -> None:
    """Execute one step in the model and by the rules, and compare the counts."""
    kind, *details = step
    if kind in ("add found", "add numbers"):
        who, *flags = details
        options = dict(zip(("expand", "related", "ignore", "existing"), flags, strict=True))
        selected = [each for each in CONTACTS if CONDITIONS[who][0](each)] if kind == "add found" else who
        source = CONDITIONS[who][1] if kind == "add found" else {"contact_nos": who}
        added = segments.add_contacts(
            work,
            no,
            **source,
            options=segments.AddingOptions(
                expand_companies=flags[0],
                allow_related_companies=flags[1],
                ignore_exclusion=flags[2],
                allow_existing=flags[3],
            ),
        )
        if kind == "add found":
            selected = sorted(_with_others(selected, flags[0], flags[1]), key=list(CONTACTS).index)
            options |= {"expand": False, "related": False}
        assert added.added == model.add(selected, **options)
    elif kind == "add lines":
        segments.add_lines(work, no, [{"contact_no": each} for each in details[0]])
        model.add_lines(details[0])
    elif kind == "remove":
        who, keep, entire = details
        removed = segments.remove_contacts(
            work,
            no,
            **CONDITIONS[who][1],
            options=segments.RemovingOptions(keep_matching=keep, entire_companies=entire),
        )
        assert removed.removed == model.remove(CONDITIONS[who][0], keep=keep, entire=entire)
    else:
        segments.undo_step(work, no)
        model.undo()


def _with_others(selected: list[str], expand: bool, related: bool) -> set[str]:
    """The contacts with those added from their companies; all are sorted together (R-ADD-6)."""
    everyone = Model()
    everyone.add(selected, expand=expand, related=related, ignore=True, existing=False)
    return {no for no in everyone.lines if no}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(steps=STEPS)
def test_any_sequence_of_steps_leaves_the_lines_of_the_model(work: Work, steps: list[Any]) -> None:
    savepoint, work = work.session.begin_nested(), records.at_time(work, work.now)
    try:
        for code in ("JO", "PS"):
            records.insert_salesperson(work, code)
        for no, (company, salesperson, excluded) in CONTACTS.items():
            records.insert_contact(
                work,
                no,
                type="COMPANY" if company == no else "PERSON",
                company=None if company == no else company,
                salesperson_code=salesperson,
                exclude_from_segment=excluded,
            )
        segment, model = create_segment(work), Model()

        for step in steps:
            execute_step(work, segment.no, model, step)
            assert lines_of(work, segment.id, "contact_no") == model.lines
        while model.steps:
            execute_step(work, segment.no, model, ("undo",))
            assert lines_of(work, segment.id, "contact_no") == model.lines
        assert segments.undo_step(work, segment.no).undone is None
    finally:
        savepoint.rollback()
        work.session.expunge_all()
