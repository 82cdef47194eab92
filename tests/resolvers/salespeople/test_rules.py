"""Salespeople (A.3, K6)."""

from collections.abc import Callable

import pytest

from persistence.salespeople import Salesperson
from persistence.segments import Segment
from resolvers.changes import statements
from resolvers.salespeople import rules as salespeople
from resolvers.work import Work
from tests import records
from tests.change_log import recorded_changes
from tests.refusals import refusal_codes, refusals_of


def test_a_salesperson_is_found_by_code_and_by_folded_name(work: Work) -> None:
    made = salespeople.create(work, " zo ", {"name": "Zoé Zola", "email": "zo@example.com", "blocked": None})

    zoe = records.stored(work, Salesperson, code="ZO")
    assert (made.id, made.code) == (zoe.id, "ZO")
    assert (zoe.name, zoe.search_name, zoe.email, zoe.blocked) == ("Zoé Zola", "zoe zola", "zo@example.com", False)


def test_a_code_is_unique_and_a_name_is_required(work: Work) -> None:
    records.insert_salesperson(work, "JO")

    assert refusal_codes(salespeople.create, work, "jo", {"name": "Again"}) == ["DUPLICATE"]
    assert refusals_of(salespeople.create, work, " ", {"job_title": "x" * 31}) == [
        ("INVALID", ("code",)),
        ("INVALID", ("salesperson", "name")),
        ("TOO_LONG", ("salesperson", "job_title")),
    ]


def test_given_fields_of_a_salesperson_change_and_the_others_stay(work: Work) -> None:
    records.insert_salesperson(work, "JO", email="jo@example.com", phone_no="1")

    changed_to = salespeople.update(
        work, " jo ", {"name": "Zoé", "phone_no": None, "blocked": True}, expected_version=1
    )

    jo = records.stored(work, Salesperson, code="JO")
    assert (changed_to.version, jo.version) == (2, 2)
    assert (jo.name, jo.search_name, jo.phone_no, jo.email, jo.blocked) == ("Zoé", "zoe", None, "jo@example.com", True)
    assert salespeople.update(work, "JO", {"blocked": True}).version == 2
    assert recorded_changes(work) == [
        ("JO", "UPDATED", {"name": ("Salesperson JO", "Zoé"), "phoneNo": ("1", None), "blocked": ("false", "true")})
    ]


def test_a_salesperson_needs_a_name_and_a_stale_version_is_refused(work: Work) -> None:
    records.insert_salesperson(work, "JO")

    assert refusals_of(salespeople.update, work, "JO", {"name": None}) == [("INVALID", ("salesperson", "name"))]
    assert refusal_codes(salespeople.update, work, "JO", {"name": "New"}, expected_version=7) == ["STALE_VERSION"]
    assert refusals_of(salespeople.update, work, "XX", {}) == [("SALESPERSON_NOT_FOUND", ("code",))]


@pytest.mark.parametrize("user", ["contact", "campaign", "setup", "entry", "postponed", "segment"])
def test_a_used_salesperson_is_not_deleted_k6(work: Work, user: str) -> None:
    records.insert_fixtures(work)
    records.insert_salesperson(work, "ZZ")
    uses: dict[str, Callable[[], object]] = {
        "contact": lambda: records.insert_contact(work, "C9", salesperson_code="ZZ"),
        "campaign": lambda: records.insert_campaign(work, "CP9", salesperson_code="ZZ"),
        "setup": lambda: records.change_setup(work, default_salesperson_code="ZZ"),
        "entry": lambda: records.insert_entry(work, contact="C1", salesperson_code="ZZ"),
        "postponed": lambda: records.insert_postponed_interaction(work, contact="C1", salesperson_code="ZZ"),
        "segment": lambda: records.insert(work, Segment(no="SM1", date=records.TODAY, salesperson_code="ZZ")),
    }
    uses[user]()

    assert refusals_of(salespeople.delete, work, "ZZ") == [("IN_USE", ("code",))]


def test_an_unused_salesperson_is_deleted_and_the_code_can_be_used_again(work: Work) -> None:
    first = records.insert_salesperson(work, "JO").id

    assert salespeople.delete(work, "jo").id == first
    assert salespeople.create(work, "JO", {"name": "Jonas"}).id != first
    assert refusal_codes(salespeople.delete, work, "XX") == ["SALESPERSON_NOT_FOUND"]


def test_the_change_log_of_each_card_is_written_with_statements_that_were_built_once(work: Work) -> None:
    built = (statements.creation, statements.change)
    for code in ("ANN", "BEA"):
        before = [cached.cache_info().misses for cached in built]
        salespeople.create(work, code, {"name": "Ann"})
        salespeople.update(work, code, {"name": "Bea", "job_title": "Advisor"}, expected_version=1)
        misses = [cached.cache_info().misses for cached in built]

    assert misses == before
    changes_of_ann, changes_of_bea = ([more for _, *more in recorded_changes(work, code)] for code in ("ANN", "BEA"))
    assert changes_of_bea == changes_of_ann != []
