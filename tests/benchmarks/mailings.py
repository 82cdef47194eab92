"""Mailings in the log of the benchmark data: logged segments of 1,000 to 100,000 interactions on one day, each with its
campaign and template.
"""

from dataclasses import dataclass

SIZES = (3_000, 100_000, 1_000, 30_000, 10_000)
DAYS = 1095


@dataclass(frozen=True)
class Mailing:
    """A logged segment. The day counts from the first day of the log."""

    number: int
    lines: int
    day: int


def mailings(entries: int, share: float, contacts: int) -> list[Mailing]:
    """Mailings that have a `share` of the entries, on days that are spread over the log."""
    left, lines = round(entries * share), list[int]()
    while left:
        lines.append(min(SIZES[len(lines) % len(SIZES)], left, contacts))
        left -= lines[-1]
    return [Mailing(n, size, (2 * n + 1) * DAYS // (2 * len(lines))) for n, size in enumerate(lines)]


MAILING = (
    "INSERT INTO logged_segment (entry_no, segment_no, description, creation_date, logged_at, user_id, canceled)"
    " VALUES ({number} + 1, 'ML{number}', 'Mailing {number}', {date}, {moment}, 'bench', {no})",
    "INSERT INTO campaign_entry (entry_no, campaign_no, description, date, segment_no, user_id, canceled, logged_segment_entry_no)"
    " SELECT {number} + 1, 'CP' || {campaign}, 'Mailing {number}', {date}, 'ML{number}', 'bench', {no}, {number} + 1 FROM {numbers:1}",
    "INSERT INTO interaction_log_entry (entry_no, contact_no, company_no, date, time_of_interaction, description, template_code,"
    " group_code, salesperson_code, contact_salesperson_code, campaign_no, campaign_entry_no, campaign_target, campaign_response,"
    " information_flow, initiated_by, attempt_failed, cost, duration, segment_no, logged_segment_entry_no, canceled, user_id, logged_at)"
    " SELECT {before} + n + 1, c.no, c.company_no, {date}, {at}, t.description, t.code, t.group_code, c.salesperson_code,"
    " c.salesperson_code, 'CP' || {campaign}, {number} + 1, {yes}, {no}, 'OUTBOUND', 'US', n % 40 = 0, t.unit_cost, t.unit_duration,"
    " 'ML{number}', {number} + 1, {no}, 'bench', {moment}"
    " FROM {numbers:lines} JOIN contact c ON c.no = 'CT' || {mailed_contact}"
    " JOIN interaction_template t ON t.code = 'TPL' || {template} ORDER BY n",
)
"""The statements that log a mailing after `before` entries."""
