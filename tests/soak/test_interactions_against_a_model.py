"""Random actions on interactions, compared with a model of dictionaries: both have the same state after each action.

Each run has a contact of its own, so that runs can share a database.

"""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.api import Api, create_company
from tests.soaking import repetitions

TEMPLATES = {"VISIT": (Decimal(45), 180, "US"), "CALLIN": (Decimal(0), 15, "THEM")}
STATE = """query($no: String!) { contact(no: $no) {
  dateOfLastInteraction lastDateAttempted statistics { interactions cost duration }
  interactionLogEntries(first: 100, orderBy: [{field: ENTRY_NO}]) {
    nodes { entryNo date cost duration attemptFailed canceled evaluation comments { comment } } }
  postponedInteractions(first: 100, orderBy: [{field: ENTRY_NO}]) { nodes { entryNo version resumeOn missingFields comments { comment } } } } }"""
ENTRY = "interactionLogEntry { entryNo }"
COUNTER = itertools.count(1)


def any_entry(entries: dict[int, Any]) -> st.SearchStrategy[int]:
    return st.sampled_from(sorted(entries))


class Interactions(RuleBasedStateMachine):
    """The actions of a salesperson on the interactions of one contact."""

    api: Api

    @initialize()
    def begin(self) -> None:
        self.no = f"K{next(COUNTER)}"
        self.today = dt.date.fromisoformat(self.api.execute("{ marketingSetup { today } }")["marketingSetup"]["today"])
        self.api.mutate(
            "createContact",
            {"no": self.no, "contact": {"type": "COMPANY", "name": self.no, "salespersonCode": "JO"}},
            "contact { no }",
        )
        self.logged: dict[int, dict[str, Any]] = {}
        self.waiting: dict[int, dict[str, Any]] = {}
        self.keys: dict[str, tuple[dict[str, Any], int]] = {}
        self.gone: set[int] = set()

    def _entry(
        self, template: str, *, failed: bool, date: dt.date, cost: int | None, comments: list[str]
    ) -> dict[str, Any]:
        usual, duration, by = TEMPLATES[template]
        return {
            "date": date,
            "cost": usual if cost is None else Decimal(cost),
            "duration": duration,
            "by": by,
            "failed": failed,
            "canceled": False,
            "evaluation": None,
            "comments": comments,
        }

    @rule(
        template=st.sampled_from(sorted(TEMPLATES)),
        failed=st.booleans(),
        ago=st.integers(-3, 40),
        cost=st.none() | st.integers(0, 99),
        words=st.lists(st.sampled_from(["busy", "à rappeler", "ok"]), max_size=2),
        keyed=st.booleans(),
    )
    def create(self, template: str, failed: bool, ago: int, cost: int | None, words: list[str], keyed: bool) -> None:
        date = self.today - dt.timedelta(ago)
        given: dict[str, Any] = {
            "contactNo": self.no,
            "templateCode": template,
            "attemptFailed": failed,
            "date": str(date),
            "comments": words,
        }
        input: dict[str, Any] = {"interaction": given if cost is None else given | {"cost": str(cost)}}
        if keyed:
            input["idempotencyKey"] = f"{self.no}-{len(self.keys)}"
        entry_no = self.api.mutate("createInteraction", input, ENTRY)["interactionLogEntry"]["entryNo"]
        assert entry_no not in self.logged | self.waiting
        assert entry_no not in self.gone, "a number was given twice"
        self.logged[entry_no] = self._entry(template, failed=failed, date=date, cost=cost, comments=words)
        if keyed:
            self.keys[input["idempotencyKey"]] = (input, entry_no)

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def send_again(self, data: Any) -> None:
        input, entry_no = self.keys[data.draw(st.sampled_from(sorted(self.keys)))]
        shown = self.api.mutate("createInteraction", input, ENTRY)["interactionLogEntry"]
        assert shown == (None if entry_no in self.gone else {"entryNo": entry_no})

    @rule(
        template=st.none() | st.sampled_from(sorted(TEMPLATES)),
        failed=st.booleans(),
        words=st.lists(st.just("later"), max_size=1),
    )
    def postpone(self, template: str | None, failed: bool, words: list[str]) -> None:
        given: dict[str, Any] = {"contactNo": self.no, "attemptFailed": failed, "comments": words}
        input = {"interaction": given if template is None else given | {"templateCode": template}}
        made = self.api.mutate("postponeInteraction", input, "postponedInteraction { entryNo }")[
            "postponedInteraction"
        ]["entryNo"]
        assert made not in self.gone
        self.waiting[made] = {"template": template, "cost": None, "version": 1, "resume_on": None, "comments": words}

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), cost=st.integers(0, 99), template=st.sampled_from(sorted(TEMPLATES)))
    def postpone_again(self, data: Any, cost: int, template: str) -> None:
        entry_no = data.draw(any_entry(self.waiting))
        self.api.mutate(
            "postponeInteraction",
            {"entryNo": entry_no, "interaction": {"templateCode": template, "cost": str(cost)}},
            "postponedInteraction { entryNo }",
        )
        self.waiting[entry_no] |= {"template": template, "cost": cost, "version": self.waiting[entry_no]["version"] + 1}

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), days=st.integers(1, 9))
    def snooze(self, data: Any, days: int) -> None:
        entry_no = data.draw(any_entry(self.waiting))
        self.api.mutate("snoozePostponedInteractions", {"postponed": {"entryNos": [entry_no]}, "days": days}, "changed")
        waiting = self.waiting[entry_no]
        waiting["resume_on"] = max(waiting["resume_on"] or self.today, self.today) + dt.timedelta(days)
        waiting["version"] += 1

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), failed=st.booleans(), stale=st.booleans())
    def resume(self, data: Any, failed: bool, stale: bool) -> None:
        entry_no = data.draw(any_entry(self.waiting))
        waiting = self.waiting[entry_no]
        input = {
            "entryNo": entry_no,
            "interaction": {"attemptFailed": failed},
            "expectedVersion": waiting["version"] - stale,
        }
        if stale:
            assert self.api.refusal_codes("resumeInteraction", input) == ["STALE_VERSION"]
        elif waiting["template"] is None:
            assert self.api.refusal_codes("resumeInteraction", input) == ["TEMPLATE_REQUIRED", "DESCRIPTION_REQUIRED"]
        else:
            assert self.api.mutate("resumeInteraction", input, ENTRY)["interactionLogEntry"]["entryNo"] == entry_no
            del self.waiting[entry_no]
            self.logged[entry_no] = self._entry(
                waiting["template"], failed=failed, date=self.today, cost=waiting["cost"], comments=waiting["comments"]
            )

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def delete_postponed(self, data: Any) -> None:
        entry_no = data.draw(any_entry(self.waiting))
        self.api.mutate("deletePostponedInteractions", {"entryNos": [entry_no]}, "deletedEntryNos")
        del self.waiting[entry_no]
        self.gone.add(entry_no)

    @precondition(lambda self: self.logged)
    @rule(data=st.data())
    def finished_interactions_are_not_postponed(self, data: Any) -> None:
        entry_no = data.draw(any_entry(self.logged))
        assert self.api.refusal_codes("resumeInteraction", {"entryNo": entry_no}) == ["NOT_POSTPONED"]
        assert self.api.refusal_codes("deletePostponedInteractions", {"entryNos": [entry_no]}) == ["NOT_POSTPONED"]

    @precondition(lambda self: self.logged)
    @rule(data=st.data(), canceled=st.booleans(), by_filter=st.booleans())
    def cancel(self, data: Any, canceled: bool, by_filter: bool) -> None:
        chosen = sorted(self.logged) if by_filter else [data.draw(any_entry(self.logged))]
        which = {"filter": {"contactNo": {"eq": self.no}}} if by_filter else {"entryNos": chosen}
        payload = self.api.mutate(
            "setInteractionsCanceled", {"interactions": which, "canceled": canceled}, "matched changed"
        )
        assert payload["matched"] == len(chosen)
        assert payload["changed"] == sum(self.logged[no]["canceled"] != canceled for no in chosen)
        for no in chosen:
            self.logged[no]["canceled"] = canceled

    @precondition(lambda self: self.logged)
    @rule(data=st.data(), evaluation=st.sampled_from([None, "POSITIVE", "VERY_NEGATIVE"]))
    def evaluate(self, data: Any, evaluation: str | None) -> None:
        entry_no = data.draw(any_entry(self.logged))
        self.api.mutate(
            "evaluateInteractions", {"interactions": {"entryNos": [entry_no]}, "evaluation": evaluation}, "changed"
        )
        self.logged[entry_no]["evaluation"] = evaluation

    @precondition(lambda self: self.logged)
    @rule(data=st.data())
    def comment(self, data: Any) -> None:
        entry_no = data.draw(any_entry(self.logged))
        self.api.mutate("commentInteraction", {"entryNo": entry_no, "comments": ["vu"]}, ENTRY)
        self.logged[entry_no]["comments"] = [*self.logged[entry_no]["comments"], "vu"]

    @rule()
    def delete_canceled(self) -> None:
        payload = self.api.mutate("deleteCanceledInteractions", {"filter": {"contactNo": {"eq": self.no}}}, "deleted")
        gone = {no for no, entry in self.logged.items() if entry["canceled"]}
        assert payload["deleted"] == len(gone)
        self.gone |= gone
        self.logged = {no: entry for no, entry in self.logged.items() if no not in gone}

    @invariant()
    def database_and_model_agree(self) -> None:
        if not hasattr(self, "no"):
            return
        shown = self.api.execute(STATE, no=self.no)["contact"]
        counting = [entry for entry in self.logged.values() if not entry["canceled"]]
        assert shown["statistics"] == {
            "interactions": len(counting),
            "cost": f"{sum((e['cost'] for e in counting), Decimal(0)):.2f}",
            "duration": sum(e["duration"] for e in counting),
        }
        until_today = [entry for entry in counting if entry["date"] <= self.today]
        assert shown["dateOfLastInteraction"] == _latest(e["date"] for e in until_today if not e["failed"])
        assert shown["lastDateAttempted"] == _latest(e["date"] for e in until_today if e["by"] == "US")
        assert shown["interactionLogEntries"]["nodes"] == [
            {
                "entryNo": no,
                "date": str(e["date"]),
                "cost": f"{e['cost']:.2f}",
                "duration": e["duration"],
                "attemptFailed": e["failed"],
                "canceled": e["canceled"],
                "evaluation": e["evaluation"],
                "comments": [{"comment": words} for words in e["comments"]],
            }
            for no, e in sorted(self.logged.items())
        ]
        assert shown["postponedInteractions"]["nodes"] == [
            {
                "entryNo": no,
                "version": w["version"],
                "resumeOn": None if w["resume_on"] is None else str(w["resume_on"]),
                "missingFields": [] if w["template"] else ["templateCode", "description"],
                "comments": [{"comment": words} for words in w["comments"]],
            }
            for no, w in sorted(self.waiting.items())
        ]


def _latest(dates: Any) -> str | None:
    found = max(dates, default=None)
    return None if found is None else str(found)


def test_interactions_agree_with_the_model_after_any_actions(api: Api) -> None:
    create_company(api)
    machine = type("InteractionsHere", (Interactions,), {"api": api})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=repetitions(8, 300),
            stateful_step_count=repetitions(25, 40),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
