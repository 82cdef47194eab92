"""The report views of version 0016, for analysts who read the database with SQL. Amounts are in currency.

Do not edit this module: the result of a migration must stay the same. A later version adds columns at the end of a
view; it neither removes nor renames any. `set_aside` is for migrations that change or rebuild tables under the views.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

POINTS = (
    "CASE {0}.evaluation WHEN 'VERY_POSITIVE' THEN 2 WHEN 'POSITIVE' THEN 1 WHEN 'NEUTRAL' THEN 0 "
    "WHEN 'NEGATIVE' THEN -1 WHEN 'VERY_NEGATIVE' THEN -2 END AS evaluation_points"
)
NAMES = (
    "{0}.contact_no, c.name AS contact_name, c.type AS contact_type, {0}.company_no, company.name AS company_name, "
    "c.city, c.post_code, c.country_code, c.territory_code, {0}.template_code, t.description AS template_description, "
    "{0}.group_code, g.description AS group_description, {0}.salesperson_code, s.name AS salesperson_name, "
    "{0}.campaign_no, campaign.description AS campaign_description, {0}.campaign_target, {0}.campaign_response, "
    "{0}.information_flow, {0}.initiated_by, {0}.correspondence_type, {0}.language_code, {0}.evaluation, "
) + POINTS
JOINS = (
    "LEFT JOIN contact c ON c.no = {0}.contact_no LEFT JOIN contact company ON company.no = {0}.company_no "
    "LEFT JOIN interaction_template t ON t.code = {0}.template_code "
    "LEFT JOIN interaction_group g ON g.code = {0}.group_code LEFT JOIN salesperson s ON s.code = {0}.salesperson_code "
    "LEFT JOIN campaign ON campaign.no = {0}.campaign_no"
)


def views(connection: sa.Connection) -> dict[str, str]:
    """The SELECT of each view. SQLite stores amounts as whole cents."""

    def amount(column: str) -> str:
        return column if connection.dialect.name == "postgresql" else f"({column} / 100.0)"

    of_campaign = "FROM interaction_log_entry e WHERE e.campaign_no = campaign.no AND NOT e.canceled"
    return {
        "report_interactions": (
            f"SELECT e.entry_no, e.date, e.time_of_interaction, e.description, e.subject, {NAMES.format('e')}, "
            f"e.attempt_failed, {amount('e.cost')} AS cost, e.duration, e.segment_no, e.logged_segment_entry_no, "
            f"e.canceled, e.imported, e.user_id, e.logged_at FROM interaction_log_entry e {JOINS.format('e')}"
        ),
        "report_postponed_interactions": (
            f"SELECT p.entry_no, p.resume_on, p.reason, p.date, p.time_of_interaction, p.description, "
            f"{NAMES.format('p')}, p.attempt_failed, {amount('p.cost')} AS cost, p.duration, p.user_id, p.postponed_at "
            f"FROM postponed_interaction p {JOINS.format('p')}"
        ),
        "report_comments": (
            "SELECT entry_no, line_no, date, comment, user_id, "
            "EXISTS (SELECT 1 FROM postponed_interaction p WHERE p.entry_no = interaction_comment.entry_no) "
            "AS postponed FROM interaction_comment"
        ),
        "report_contacts": (
            "SELECT c.no, c.type, c.name, c.company_no, c.company_name, c.job_title, c.address, c.city, c.post_code, "
            "c.country_code, c.territory_code, c.language_code, c.phone_no, c.mobile_phone_no, c.email, c.home_page, "
            "c.correspondence_type, c.salesperson_code, s.name AS salesperson_name, c.exclude_from_segment, "
            "c.privacy_blocked FROM contact c LEFT JOIN salesperson s ON s.code = c.salesperson_code"
        ),
        "report_campaigns": (
            "SELECT campaign.no, campaign.description, campaign.starting_date, campaign.ending_date, "
            "campaign.salesperson_code, s.name AS salesperson_name, campaign.blocked, "
            f"(SELECT count(*) {of_campaign}) AS interactions, "
            f"(SELECT {amount('coalesce(sum(e.cost), 0)')} {of_campaign}) AS cost, "
            f"(SELECT coalesce(sum(e.duration), 0) {of_campaign}) AS duration, "
            f"(SELECT count(*) {of_campaign} AND e.campaign_target) AS targets, "
            f"(SELECT count(*) {of_campaign} AND e.campaign_response) AS responses "
            "FROM campaign LEFT JOIN salesperson s ON s.code = campaign.salesperson_code"
        ),
        "report_templates": (
            "SELECT t.code, t.description, t.group_code, g.description AS group_description, "
            f"{amount('t.unit_cost')} AS unit_cost, t.unit_duration, t.information_flow, t.initiated_by, "
            "t.correspondence_type_default, t.language_code_default, t.campaign_no, t.campaign_target, "
            "t.campaign_response, t.blocked "
            "FROM interaction_template t LEFT JOIN interaction_group g ON g.code = t.group_code"
        ),
        "report_salespeople": "SELECT code, name, email, job_title, phone_no, blocked FROM salesperson",
        "report_segments": (
            "SELECT segment.no, segment.description, segment.date, segment.salesperson_code, "
            "s.name AS salesperson_name, segment.campaign_no, campaign.description AS campaign_description, "
            "segment.template_code, t.description AS template_description, "
            "segment.group_code, g.description AS group_description, "
            f"{amount('segment.unit_cost')} AS unit_cost, segment.unit_duration, segment.subject_default, "
            "(SELECT count(*) FROM segment_line l WHERE l.segment_id = segment.id) AS lines "
            "FROM segment LEFT JOIN salesperson s ON s.code = segment.salesperson_code "
            "LEFT JOIN campaign ON campaign.no = segment.campaign_no "
            "LEFT JOIN interaction_template t ON t.code = segment.template_code "
            "LEFT JOIN interaction_group g ON g.code = segment.group_code WHERE segment.logged_segment_entry_no IS NULL"
        ),
        "report_logged_segments": (
            "SELECT entry_no, segment_no, description, creation_date, logged_at, user_id, canceled, follow_up_of, "
            "(SELECT count(*) FROM interaction_log_entry e WHERE e.logged_segment_entry_no = logged_segment.entry_no) "
            "AS interactions FROM logged_segment"
        ),
    }


def create(connection: sa.Connection) -> None:
    """Create the views."""
    for name, select in views(connection).items():
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {select}")


def drop(connection: sa.Connection) -> None:
    """Drop the views."""
    for name in views(connection):
        connection.exec_driver_sql(f"DROP VIEW {name}")


@contextmanager
def set_aside(connection: sa.Connection) -> Iterator[None]:
    """Drop all report views while the block changes or rebuilds tables, and create them again as they were, with the
    rights that others have to read them.
    """
    kept = _definitions(connection)
    for name, _ in kept:
        connection.exec_driver_sql(f"DROP VIEW {name}")
    yield
    for _, statements in kept:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _definitions(connection: sa.Connection) -> list[tuple[str, list[str]]]:
    """The name of each report view, and the statements that create it."""
    if connection.dialect.name != "postgresql":
        found = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'view' AND name LIKE 'report_%'"
        )
        return [(name, [sql]) for name, sql in found]
    rights = connection.exec_driver_sql(
        "SELECT c.relname, acl.privilege_type, "
        "CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END "
        "FROM pg_class c CROSS JOIN aclexplode(c.relacl) acl WHERE c.relkind = 'v' AND c.relname LIKE 'report_%%' "
        "AND c.relnamespace = current_schema()::regnamespace AND acl.grantee <> c.relowner"
    ).all()
    found = connection.exec_driver_sql(
        "SELECT viewname, definition FROM pg_views WHERE schemaname = current_schema() AND viewname LIKE 'report_%%'"
    )
    return [
        (
            name,
            [
                f"CREATE VIEW {name} AS {definition.replace('%', '%%')}",
                *(f"GRANT {right} ON {view} TO {role}" for view, right, role in rights if view == name),
            ],
        )
        for name, definition in found
    ]
