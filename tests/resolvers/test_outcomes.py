"""Outcomes of rules are stored as JSON under idempotency keys, and restored for a client that sends again (K22)."""

import json
from dataclasses import dataclass, field, is_dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import get_type_hints

import resolvers
from persistence.enums import Evaluation
from resolvers.outcomes import IsDataclass, restored_outcome, stored_outcome
from resolvers.segments.rules import BlockedLines, CheckedLine, Logged, StepUndone
from resolvers.work import Work


def log(work: Work) -> Logged:
    """A rule of which only the return type matters."""
    raise NotImplementedError


LOGGED = Logged(
    1,
    7,
    [CheckedLine(3, "BLOCKED", [("TEMPLATE_REQUIRED", None), ("CONTACT_PRIVACY_BLOCKED", "C1")])],
    5,
    7,
    None,
    9,
    2,
    0,
)


def test_a_stored_outcome_is_restored_as_it_was_k22() -> None:
    stored = json.loads(json.dumps(stored_outcome(LOGGED)))

    restored = restored_outcome(log, stored)

    assert isinstance(restored, BlockedLines)
    assert json.dumps(stored_outcome(restored)) == json.dumps(stored_outcome(LOGGED))
    assert [type(line) for line in restored.blocked_lines] == [CheckedLine]


def test_missing_fields_of_an_outcome_of_an_earlier_version_are_zero_empty_or_null_k22() -> None:
    stored = {"logged_segment_entry_no": 5, "logged": 2, "closed_segment_id": 7, "no_longer_known": "x"}

    restored = restored_outcome(log, stored)

    assert restored == Logged(0, 0, [], 5, 7, None, None, 2, 0)


def test_enum_values_and_a_null_instead_of_an_object_are_restored_k22() -> None:
    @dataclass(frozen=True)
    class Evaluated:
        evaluation: Evaluation
        others: list[Evaluation] = field(default_factory=list)

    def evaluate(work: Work) -> Evaluated:
        raise NotImplementedError

    def undo(work: Work) -> StepUndone:
        raise NotImplementedError

    evaluate.__annotations__["return"] = Evaluated
    outcome = Evaluated(Evaluation.POSITIVE, [Evaluation.NEGATIVE])

    restored = restored_outcome(evaluate, json.loads(json.dumps(stored_outcome(outcome))))
    assert restored == outcome
    assert all(isinstance(each, Evaluation) for each in (restored.evaluation, *restored.others))
    assert restored_outcome(undo, {"segment_id": 7, "undone": None}) == StepUndone(7, None)
    assert restored_outcome(undo, {"segment_id": 7, "undone": {"step_no": 1}}) == StepUndone(7, {"step_no": 1})


def test_every_rule_that_returns_a_dataclass_declares_a_type_that_can_be_restored_k22() -> None:
    outcomes = {
        rule: returned
        for module in walk_packages(resolvers.__path__, "resolvers.")
        for rule in vars(import_module(module.name)).values()
        if callable(rule) and (returned := _outcome(rule)) is not None
    }

    assert len(outcomes) > 30
    for rule, outcome in outcomes.items():
        assert vars(restored_outcome(rule, {})).keys() == outcome.__dataclass_fields__.keys()


def _outcome(rule: object) -> type[IsDataclass] | None:
    """The dataclass that a rule, a function whose first argument is `work`, returns."""
    try:
        hints = get_type_hints(rule)
    except (NameError, TypeError):
        return None
    returned = hints.get("return")
    is_rule = list(hints)[:1] == ["work"] and isinstance(returned, type) and is_dataclass(returned)
    return returned if is_rule else None
