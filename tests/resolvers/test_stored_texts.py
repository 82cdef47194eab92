"""An invalid text that is stored does not prevent changes; a new invalid text is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text as sql

from resolvers.interactions import rules as interactions
from resolvers.number_series import rules as series_rules
from resolvers.segments import rules as segments
from resolvers.templates import groups
from resolvers.templates import rules as templates
from resolvers.work import Work
from tests import records
from tests.refusals import refusal_codes
from tests.segment_lines import create_segment, lines_of

OLD, NEW = "two\nlines", "two\nnew lines"
Change = Callable[[Work, str], Any]


def stored(work: Work, table: str, column: str, value: str = OLD) -> None:
    """Stores a text as an earlier version did."""
    work.session.flush()
    work.session.execute(sql(f"UPDATE {table} SET {column} = :value"), {"value": value})
    work.session.expire_all()


def segment_header(work: Work) -> Change:
    no = create_segment(work, "C1").no
    stored(work, "segment", "description")
    stored(work, "segment", "subject_default")
    return lambda work, words: segments.update(
        work, no, {"description": words, "subject_default": words, "unit_duration": 7}, update_lines=False
    )


def segment_lines(work: Work) -> Change:
    no = create_segment(work, "C1", "C2").no
    stored(work, "segment_line", "description")
    stored(work, "segment_line", "subject")
    return lambda work, words: segments.update_lines(
        work, no, [{"line_nos": [1, 2], "set": {"description": words, "subject": words, "duration": 7}}]
    )


def number_series(work: Work) -> Change:
    stored(work, "number_series_line", "starting_no", "S\n1")
    stored(work, "number_series_line", "last_no_used", "S\n5")
    return lambda work, words: series_rules.update(
        work,
        "CONT",
        {
            "description": "x",
            "lines": [{"starting_no": words.replace(OLD, "S\n1").replace(NEW, "S\n2"), "ending_no": None}],
        },
    )


def interaction_group(work: Work) -> Change:
    groups.update(work, "MEET", {"translations": [{"language_code": "FRC", "description": "x"}]})
    stored(work, "interaction_group_translation", "description")
    return lambda work, words: groups.update(
        work, "MEET", {"description": "Meet", "translations": [{"language_code": "FRC", "description": words}]}
    )


def interaction_template(work: Work) -> Change:
    templates.update(work, "VISIT", {"translations": [{"language_code": "FRC", "description": "x"}]})
    stored(work, "interaction_template_translation", "description")
    return lambda work, words: templates.update(
        work, "VISIT", {"unit_duration": 7, "translations": [{"language_code": "FRC", "description": words}]}
    )


def draft(work: Work, command: str) -> Change:
    made = interactions.postpone(work, {"contact_no": "C1", "template_code": "VISIT", "comments": ["x"]}, reason="x")
    stored(work, "postponed_interaction", "description")
    stored(work, "postponed_interaction", "reason", OLD.replace("\n", "\x07"))
    stored(work, "interaction_comment", "comment", OLD.replace("\n", "\x07"))

    def change(work: Work, words: str) -> Any:
        fields: Any = {"description": words, "comments": [words.replace("\n", "\x07")], "duration": 7}
        if command == "resume":
            return interactions.resume(work, made.entry_no, fields)
        return interactions.postpone(work, fields, entry_no=made.entry_no, reason=words.replace("\n", "\x07"))

    return change


CARDS: dict[str, Callable[[Work], Change]] = {
    "header": segment_header,
    "lines": segment_lines,
    "series": number_series,
    "group": interaction_group,
    "template": interaction_template,
    "postponed again": lambda work: draft(work, "postpone"),
    "resumed": lambda work: draft(work, "resume"),
}


@pytest.mark.parametrize("card", CARDS)
def test_an_invalid_stored_text_may_stay_and_a_new_one_is_refused(work: Work, card: str) -> None:
    records.insert_fixtures(work)
    change = CARDS[card](work)

    assert set(refusal_codes(change, work, NEW)) == {"INVALID"}
    change(work, OLD)


def test_an_invalid_stored_text_of_one_line_cannot_be_set_on_several_lines(work: Work) -> None:
    records.insert_fixtures(work)
    segment = create_segment(work, "C1", "C2")
    stored(work, "segment_line", "description")
    segments.update_lines(work, segment.no, [{"line_nos": [2], "set": {"description": "fine"}}])
    both: Any = [{"line_nos": [1, 2], "set": {"description": OLD}}]

    assert refusal_codes(segments.update_lines, work, segment.no, both) == ["INVALID"]
    assert lines_of(work, segment.id, "description") == [OLD, "fine"]
