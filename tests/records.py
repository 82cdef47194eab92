"""Inserts and changes rows directly, without the rules, as the starting point of tests: `records.insert_contact(work,
"CT1", salesperson_code="JO")`.

`insert_fixtures` inserts the records of the acceptance scenarios (D1-001 to D1-109).
"""

import datetime as dt
from decimal import Decimal
from typing import Any, TypeVar

from persistence.campaigns import Campaign
from persistence.columns import Table
from persistence.contacts import Contact
from persistence.entry_numbers import reserve
from persistence.enums import Role
from persistence.interactions import InteractionLogEntry, PostponedInteraction
from persistence.salespeople import Salesperson
from persistence.segments import Segment, SegmentLine
from persistence.setup import NumberSeries, NumberSeriesLine
from persistence.sql.folding import fold
from persistence.templates import InteractionGroup, InteractionTemplate, InteractionTemplateTranslation
from resolvers.contacts.fields import folded_columns, phone_columns
from resolvers.roles import ADMIN_ONLY
from resolvers.work import User, Work

Row = TypeVar("Row", bound=Table)

TODAY = dt.date(2026, 3, 18)
"""The current date in tests, see `NOW` in `tests.conftest`. The acceptance scenarios call it W."""


def insert_fixtures(work: Work) -> None:
    """Salespeople JO, PS; contacts C1, P1, P2, C2, P3; templates VISIT, CALLIN, CALLOUT, MAIL; campaigns CP1, CP2. The
    number series are those of a new company (K23).
    """
    insert_salesperson(work, "JO", name="John Roberts")
    insert_salesperson(work, "PS", name="Pat Silver")
    mail, phone = "info@example.com", "+33 1 23 45 67 89"
    insert_contact(work, "C1", name="Cannon Group", salesperson_code="JO", email=mail, phone_no=phone)
    insert_contact(work, "P1", company="C1", name="Pamela One", salesperson_code="JO", email="p1@example.com")
    insert_contact(work, "P2", company="C1", name="Peter Two", salesperson_code="PS")
    insert_contact(
        work, "C2", name="Deerfield Graphics", salesperson_code="PS", email=mail, correspondence_type="HARD_COPY"
    )
    insert_contact(work, "P3", type="PERSON", name="Paula Three")
    for code in ("MEET", "PHONE", "LETTER"):
        insert_group(work, code)
    out: dict[str, Any] = {"information_flow": "OUTBOUND", "initiated_by": "US"}
    into: dict[str, Any] = {"information_flow": "INBOUND", "initiated_by": "THEM"}
    insert_template(work, "VISIT", group="MEET", description="Visit", cost=45, minutes=180, **out)
    insert_template(work, "CALLIN", group="PHONE", description="Incoming call", cost=0, minutes=15, **into)
    insert_template(work, "CALLOUT", group="PHONE", description="Outgoing call", cost=1, minutes=15, **out)
    insert_template(
        work,
        "MAIL",
        group="LETTER",
        description="Letter by mail",
        cost=8,
        minutes=30,
        **out,
        correspondence_type_default="EMAIL",
        ignore_contact_correspondence_type=True,
    )
    insert_campaign(work, "CP1")
    insert_campaign(work, "CP2")


def insert_salesperson(work: Work, code: str, *, name: str | None = None, **values: Any) -> Salesperson:
    name = name or f"Salesperson {code}"
    return insert(work, Salesperson(code=code, name=name, search_name=fold(name), **values))


def insert_contact(
    work: Work, no: str, *, name: str | None = None, type: str | None = None, company: str | None = None, **values: Any
) -> Contact:
    """A company or, with `company`, a person of that company; `type="PERSON"` for one without a company."""
    values["name"] = name = name or f"Contact {no}"
    values["type"] = type = type or ("PERSON" if company else "COMPANY")
    values["company_no"] = no if type == "COMPANY" else company
    values["company_name"] = name if type == "COMPANY" else company and stored(work, Contact, no=company).name
    values |= {**folded_columns(values), **phone_columns(values)}
    return insert(work, Contact(no=no, **values))


def insert_group(work: Work, code: str, *, description: str | None = None) -> InteractionGroup:
    return insert(work, InteractionGroup(code=code, description=description or f"Group {code}"))


def insert_template(
    work: Work,
    code: str,
    *,
    group: str | None = None,
    cost: Decimal | int | str = 0,
    minutes: int = 0,
    description: str | None = None,
    languages: tuple[str, ...] = (),
    **values: Any,
) -> InteractionTemplate:
    """A template; for each of `languages` it has a translation, `Visit FRA` for instance."""
    description = description or f"Template {code}"
    made = insert(
        work,
        InteractionTemplate(
            code=code,
            group_code=group,
            description=description,
            unit_cost=Decimal(cost),
            unit_duration=minutes,
            **values,
        ),
    )
    for language in languages:
        insert(
            work,
            InteractionTemplateTranslation(
                template_code=code, language_code=language, description=f"{description} {language}"
            ),
        )
    return made


def insert_campaign(work: Work, no: str, *, description: str | None = None, **values: Any) -> Campaign:
    return insert(work, Campaign(no=no, description=description or f"Campaign {no}", **values))


def insert_number_series(
    work: Work,
    code: str,
    *,
    starting_no: str,
    default_nos: bool = True,
    manual_nos: bool = False,
    date_order: bool = False,
    **line: Any,
) -> NumberSeries:
    """A series with one line, whose other values are in `line`."""
    made = insert(
        work,
        NumberSeries(
            code=code, description=code, default_nos=default_nos, manual_nos=manual_nos, date_order=date_order
        ),
    )
    insert(work, NumberSeriesLine(series_code=code, line_no=1, starting_no=starting_no, **line))
    return made


def change_setup(work: Work, **values: Any) -> None:
    """Change the marketing setup, e.g. `segment_nos=None`."""
    for name, value in values.items():
        setattr(work.setup, name, value)
    work.session.flush()


def change_number_series(work: Work, code: str, **values: Any) -> None:
    """Change an existing series, e.g. `change_number_series(work, "SEGM", manual_nos=False)`."""
    series = stored(work, NumberSeries, code=code)
    for name, value in values.items():
        setattr(series, name, value)
    work.session.flush()


def insert_entry(work: Work, *, contact: str, **values: Any) -> InteractionLogEntry:
    """A finished interaction of JO with VISIT."""
    code = stored(work, Contact, no=contact).salesperson_code
    own = {"date": TODAY, "time_of_interaction": dt.time(9), "description": "Visit", "logged_at": work.now}
    own["contact_salesperson_code"] = code
    return insert(work, InteractionLogEntry(**_interaction(work, contact) | own | values))


def insert_postponed_interaction(work: Work, *, contact: str, **values: Any) -> PostponedInteraction:
    """A postponed interaction of JO with VISIT."""
    stored = {"date": TODAY, "time_of_interaction": dt.time(9), "description": "Visit", "postponed_at": work.now}
    return insert(work, PostponedInteraction(**_interaction(work, contact) | stored | values))


def insert_line(work: Work, segment: Segment, **values: Any) -> SegmentLine:
    """The first line of a segment."""
    assert segment.id is not None
    return insert(work, SegmentLine(segment_id=segment.id, line_no=1, date=TODAY, **values))


def block(work: Work, row: Table) -> None:
    """Block a salesperson, template or campaign (K10), or a contact for privacy (R-CON-11)."""
    column = "privacy_blocked" if isinstance(row, Contact) else "blocked"
    setattr(row, column, True)
    work.session.flush()


def as_user(work: Work, *roles: Role, salesperson: str | None = None, id: str = "tester") -> Work:
    """The same transaction with another user, an administrator unless other roles are given."""
    return Work(work.session, User(id, salesperson, frozenset(roles) or ADMIN_ONLY), work.now)


def at_time(work: Work, now: dt.datetime) -> Work:
    """The same transaction at another time."""
    return Work(work.session, work.user, now)


def stored(work: Work, table: type[Row], **key: Any) -> Row:
    """The row with this key as it is stored now. It must exist."""
    work.session.flush()
    work.session.expire_all()
    found = work.find(table, **key)
    assert found is not None, f"{table.__name__} {key}"
    return found


def insert(work: Work, row: Row) -> Row:
    work.session.add(row)
    work.session.flush()
    return row


def _interaction(work: Work, contact: str) -> dict[str, Any]:
    company_no = stored(work, Contact, no=contact).company_no
    return {
        "entry_no": reserve(work.session, 1)[0],
        "contact_no": contact,
        "company_no": company_no,
        "template_code": "VISIT",
        "group_code": "MEET",
        "salesperson_code": "JO",
        "information_flow": "OUTBOUND",
        "initiated_by": "US",
        "cost": Decimal(45),
        "duration": 180,
        "user_id": work.user.id,
    }
