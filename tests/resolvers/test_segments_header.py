"""R-SEG, R-HDR, R-HTMP under K11."""

import datetime as dt
from decimal import Decimal

import pytest

from persistence.segments import Segment, SegmentLine
from resolvers import segments
from resolvers.errors import Refused, UserErrorCode
from resolvers.work import Work
from tests import given

W = given.W


def test_d1_004_a_segment_takes_the_next_number_and_today(work: Work) -> None:
    given.a_number_series(work, "S", starting_no="SM00001", last_no_used="SM00010")
    given.the_setup(work, segment_nos="S")

    created = segments.create(work, {"description": "Spring"})

    segment = given.the(work, Segment, id=created.segment_id)
    assert (segment.no, segment.date, segment.version) == ("SM00011", W, 1)


def test_d1_075_a_line_takes_salesperson_and_campaign_from_the_header_else_the_contacts_salesperson(work: Work) -> None:
    given.the_fixtures(work)
    one = segments.create(work, {"salesperson_code": "PS", "campaign_no": "CP1"}, contact_nos=["C1"])
    other = segments.create(work, {}, contact_nos=["c1 "])

    assert values(work, one, "salesperson_code", "campaign_no") == [("PS", "CP1")]
    assert values(work, other, "salesperson_code", "campaign_no") == [("JO", None)]


def values(work: Work, of, *names: str):
    import sqlalchemy as sa
    work.session.flush()
    t = SegmentLine.__table__
    return [tuple(r) for r in work.session.execute(sa.select(*[t.c[n] for n in names]).where(t.c.segment_id == of.segment_id).order_by(t.c.line_no))]

def test_smoke(work: Work) -> None:
    given.the_fixtures(work)
    s = segments.create(work, {"description": "D", "template_code": "VISIT"}, contact_nos=["C1", "C2"])
    no = given.the(work, Segment, id=s.segment_id).no
    print(segments.add_contacts(work, no, matching=lambda c: c.c.type == "PERSON"))
    print(segments.add_lines(work, no, [{}, {"contact_no": "P1", "template_code": "CALLIN", "cost": Decimal("9.5"), "date": W, "time_of_interaction": dt.time(9,5), "attempt_failed": True}, {"contact_no": "C2", "template_code": None}]))
    print(segments.update(work, no, {"description": "E", "unit_cost": Decimal(7), "subject_default": "Sub", "salesperson_code": None}))
    print(segments.update_lines(work, no, [{"line_nos": [1, 2], "set": {"template_code": "MAIL", "cost": Decimal(1)}}, {"line_nos": [3], "set": {"contact_no": "C1", "template_code":"CALLIN", "evaluation": "POSITIVE"}}, {"matching": lambda l: l.c.line_no == 7, "reset_to_segment": True}], dry_run=False))
    print(segments.update(work, no, {"template_code": "CALLOUT"}))
    print(segments.remove_lines(work, no, line_nos=[2]))
    for r in values(work, s, *[c.name for c in SegmentLine.__table__.columns]): print(r)
