"""How values are written as parts of JSON on SQLite, which does so itself."""

from persistence.dialects.sql_writer import SqlWriter

KEEPS_JSON = ("json_object(", "json_array(", "json_group_array(", "json_remove(", "json(")
"""The functions whose results SQLite treats as JSON."""


class SqliteJsonValuesWriter(SqlWriter):
    """The part of the writer about values."""

    def json_or_null(self, json: str) -> str:
        return json

    def json_of_json(self, value: str) -> str:
        """The value of a subquery is plain text for SQLite, even if it was JSON inside."""
        return value if value.startswith(KEEPS_JSON) else f"json({value})"

    def json_of_boolean(self, value: str) -> str:
        return f"json({self.text_of_boolean(value)})"

    def json_of_integer(self, value: str) -> str:
        return value

    def json_of_text(self, value: str) -> str:
        return value

    def json_of_plain_text(self, value: str) -> str:
        return value

    def json_of_date_or_time(self, value: str) -> str:
        return value

    def json_of_other(self, value: str) -> str:
        return value
