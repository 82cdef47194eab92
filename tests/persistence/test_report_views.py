"""The columns of the report views are a promise, their values are those of the API, and the guide's examples run."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate
from sqlalchemy import inspect, text
from sqlmodel import Session

from persistence.database import Database
from persistence.migrations import views_0016
from schema.root import schema
from tests.schema.a_small_company import build

GUIDE = Path(__file__).parents[2] / ".github" / "guides" / "reporting.md"
OF_INTERACTION = (
    "contact_no contact_name contact_type company_no company_name city post_code country_code territory_code template_code "
    "template_description group_code group_description salesperson_code salesperson_name campaign_no campaign_description "
    "campaign_target campaign_response information_flow initiated_by correspondence_type language_code evaluation "
    "evaluation_points attempt_failed cost duration"
)
COLUMNS = {
    "report_interactions": f"entry_no date time_of_interaction description subject {OF_INTERACTION} segment_no "
    "logged_segment_entry_no canceled imported user_id logged_at",
    "report_postponed_interactions": f"entry_no resume_on reason date time_of_interaction description {OF_INTERACTION} "
    "user_id postponed_at",
    "report_comments": "entry_no line_no date comment user_id postponed",
    "report_contacts": "no type name company_no company_name job_title address city post_code country_code territory_code "
    "language_code phone_no mobile_phone_no email home_page correspondence_type salesperson_code salesperson_name "
    "exclude_from_segment privacy_blocked",
    "report_campaigns": "no description starting_date ending_date salesperson_code salesperson_name blocked interactions cost "
    "duration targets responses",
    "report_templates": "code description group_code group_description unit_cost unit_duration information_flow initiated_by "
    "correspondence_type_default language_code_default campaign_no campaign_target campaign_response blocked",
    "report_salespeople": "code name email job_title phone_no blocked",
    "report_segments": "no description date salesperson_code salesperson_name campaign_no campaign_description template_code "
    "template_description group_code group_description unit_cost unit_duration subject_default lines",
    "report_logged_segments": "entry_no segment_no description creation_date logged_at user_id canceled follow_up_of "
    "interactions",
}
"""Never remove or rename a column, nor change the order: add new ones at the end."""

TOTALS = {
    "report_interactions": "SELECT count(*), sum(cost), sum(duration) FROM interaction_log_entry",
    "report_postponed_interactions": "SELECT count(*), sum(cost), sum(duration) FROM postponed_interaction",
    "report_templates": "SELECT count(*), sum(unit_cost), sum(unit_duration) FROM interaction_template",
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company(request: pytest.FixtureRequest, empty_copy: Any, loop: asyncio.AbstractEventLoop) -> Iterator[Any]:
    """Runs a function over a session of the database of the small company."""
    opening = Database.at(empty_copy(request.param))
    database = loop.run_until_complete(opening.__aenter__())
    loop.run_until_complete(database.writing(build))
    yield lambda run: loop.run_until_complete(database.writing(run))
    loop.run_until_complete(opening.__aexit__(None, None, None))


def columns(session: Session) -> dict[str, str]:
    inspector = inspect(session.connection())
    names = [name for name in inspector.get_view_names() if name.startswith("report_")]
    return {name: " ".join(column["name"] for column in inspector.get_columns(name)) for name in names}


def test_the_columns_of_the_views_stay(company: Any) -> None:
    assert company(columns) == COLUMNS


def test_amounts_are_in_currency_and_every_row_is_there_once(company: Any) -> None:
    def totals(session: Session) -> list[Any]:
        cents = 100 if session.get_bind().dialect.name == "sqlite" else 1
        found = []
        for view, of_table in TOTALS.items():
            count, amount, duration = session.execute(text(of_table)).one()
            of_view = session.execute(text(of_table[: of_table.index("FROM")] + f"FROM {view}")).one()
            found.append(([count, float(amount) / cents, duration], [of_view[0], float(of_view[1]), of_view[2]]))
        return found

    for expected, shown in company(totals):
        assert expected[0] > 0
        assert shown == pytest.approx(expected)


def test_figures_of_campaigns_leave_out_canceled_interactions(company: Any) -> None:
    def figures(session: Session) -> tuple[list[Any], list[Any]]:
        shown = text("SELECT no, interactions, cost, duration, targets, responses FROM report_campaigns ORDER BY no")
        counted = text(
            "SELECT campaign_no, count(*), sum(cost), sum(duration), sum(CASE WHEN campaign_target THEN 1 ELSE 0 END), "
            "sum(CASE WHEN campaign_response THEN 1 ELSE 0 END) FROM report_interactions WHERE NOT canceled "
            "AND campaign_no IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        rows = [[row for row in session.execute(query) if row[1]] for query in (shown, counted)]
        return rows[0], rows[1]

    shown, counted = company(figures)
    assert shown
    assert [(row[0], *map(float, row[1:])) for row in shown] == [(row[0], *map(float, row[1:])) for row in counted]


def test_every_view_can_be_read_and_set_aside(company: Any) -> None:
    """Names beside codes are those of the cards."""

    def read(session: Session) -> list[Any]:
        return [session.execute(text(f"SELECT * FROM {view} ORDER BY 1")).all() for view in COLUMNS]

    def without_views(session: Session) -> dict[str, str]:
        with views_0016.set_aside(session.connection()):
            return columns(session)

    before = company(read)
    assert all(before)
    assert company(without_views) == {}
    assert (company(columns), company(read)) == (COLUMNS, before)


def test_the_examples_of_the_guide_run(company: Any) -> None:
    queries = re.findall(r"<!-- run: both -->\n```sql\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert len(queries) == 3
    by_month, silent, by_campaign = (
        company(lambda session, q=query: session.execute(text(q)).all()) for query in queries
    )
    assert by_month
    assert by_campaign
    assert silent == []


def test_the_documents_of_the_guide_are_valid_and_its_python_compiles() -> None:
    guide = GUIDE.read_text()
    documents = [*re.findall(r'= "({.*})"$', guide, re.MULTILINE), *re.findall(r"&query=({.*})$", guide, re.MULTILINE)]
    assert len(documents) == 3
    for document in documents:
        assert validate(schema._schema, parse(document)) == []
    for code in re.findall(r"```python\n(.*?)```", guide, re.DOTALL):
        compile(code, "reporting.md", "exec")


def test_an_analyst_keeps_the_right_to_read_views_that_are_set_aside(company: Any) -> None:
    def rights(session: Session) -> bool | None:
        if session.get_bind().dialect.name == "sqlite":
            return None
        session.execute(text("CREATE ROLE carnet_test_analyst"))
        session.execute(text("GRANT SELECT ON report_contacts TO carnet_test_analyst"))
        with views_0016.set_aside(session.connection()):
            pass
        session.execute(text("SET LOCAL ROLE carnet_test_analyst"))
        found: bool = session.execute(text("SELECT count(*) FROM report_contacts")).scalar_one() > 0
        session.execute(text("RESET ROLE"))
        session.execute(text("DROP OWNED BY carnet_test_analyst"))
        session.execute(text("DROP ROLE carnet_test_analyst"))
        return found

    assert company(rights) in (None, True)


def test_the_guide_names_every_view() -> None:
    assert set(re.findall(r"^\| `(report_\w+)`", GUIDE.read_text(), re.MULTILINE)) == set(COLUMNS)
