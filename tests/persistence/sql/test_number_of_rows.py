"""All rows of a table are counted in the way that is the fastest in each database."""

import pytest
from sqlalchemy import literal_column, make_url, select

from persistence.sql.constructs import NumberOfRows


@pytest.mark.parametrize(
    ("url", "counted"), [("postgresql+asyncpg://", "count(t.no)"), ("sqlite+pysqlite://", "count(*)")]
)
def test_postgresql_counts_rows_in_the_index_of_the_key(url: str, counted: str) -> None:
    counting = select(NumberOfRows(literal_column("t.no")))

    assert counted in str(counting.compile(dialect=make_url(url).get_dialect()()))
