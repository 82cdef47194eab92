"""The statement with which Carnet finds out whether it can serve requests."""

from persistence.dialects.interface import SETUP_TABLE

READINESS = f"SELECT (SELECT count(*) FROM (SELECT 1 FROM {SETUP_TABLE} LIMIT 1) AS one)" + "".join(
    f" + (SELECT count(*) FROM {table} WHERE {key} = 0)"
    for table, key in (
        ("contact", "id"),
        ("interaction_log_entry", "entry_no"),
        ("segment", "id"),
        ("segment_line", "segment_id"),
        ("access_token", "id"),
        ("change_feed_item", "no"),
    )
)
"""Reads a row, and looks for a key in each of the other tables. This takes microseconds, however large they are. It
fails if one of them is missing or damaged, or if the role may not read it.
"""
