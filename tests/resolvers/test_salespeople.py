"""Creating salespeople (A.3)."""

from persistence.salespeople import Salesperson
from resolvers import salespeople
from resolvers.work import Work
from tests import given
from tests.refusing import codes, refused


def test_a_salesperson_is_found_by_code_and_by_folded_name(work: Work) -> None:
    made = salespeople.create(work, " zo ", {"name": "Zoé Zola", "email": "zo@example.com", "blocked": None})

    zoe = given.the(work, Salesperson, code="ZO")
    assert (made.id, made.code) == (zoe.id, "ZO")
    assert (zoe.name, zoe.search_name, zoe.email, zoe.blocked) == ("Zoé Zola", "zoe zola", "zo@example.com", False)


def test_a_code_is_given_once_and_a_name_must_be_there(work: Work) -> None:
    given.a_salesperson(work, "JO")

    assert codes(salespeople.create, work, "jo", {"name": "Again"}) == ["DUPLICATE"]
    assert refused(salespeople.create, work, " ", {"job_title": "x" * 31}) == [
        ("INVALID", ("code",)), ("INVALID", ("salesperson", "name")), ("TOO_LONG", ("salesperson", "job_title")),
    ]
