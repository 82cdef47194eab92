"""Collects the refusals of a rule: `refusals_of(lambda: interactions.create(work, {})) == [("CONTACT_REQUIRED", ...)]`."""

from collections.abc import Callable
from typing import Any

import pytest

from resolvers.errors import Refused


def refusals_of(rule: Callable[..., Any], *arguments: Any, **choices: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Code and field of every refusal, in order. The rule must be refused, each time with a message in both languages."""
    with pytest.raises(Refused) as caught:
        rule(*arguments, **choices)
    for refusal in caught.value.refusals:
        english, french = refusal.message("EN"), refusal.message("FR")
        assert english.endswith(".")
        assert french.endswith(".")
        assert english != french
    return [(str(refusal.code), refusal.field) for refusal in caught.value.refusals]


def refusal_codes(rule: Callable[..., Any], *arguments: Any, **choices: Any) -> list[str]:
    """The codes of all refusals, in order."""
    return [code for code, _ in refusals_of(rule, *arguments, **choices)]
