"""The rules of `tests.citus_sql` find each form that Citus refuses, and nothing else."""

import pytest

from tests.citus_sql import fault_of


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO step (no, at) VALUES ((SELECT max(no) FROM step) + 1, $1)",
        "INSERT INTO entry (no, name) VALUES ($1, coalesce((SELECT name FROM contact), '')) RETURNING no",
        "WITH meant AS (SELECT no FROM contact) INSERT INTO line (no) SELECT no FROM meant",
        "  with meant AS (SELECT no FROM contact WHERE name = ')') insert into line (no) SELECT no FROM meant",
        "INSERT INTO line (day) SELECT CAST((value ->> 'day') AS DATE) FROM json_array_elements($1)",
        "INSERT INTO line (day) SELECT (value ->> 'day')::time FROM json_array_elements($1)",
        "INSERT INTO line (at) SELECT now() FROM contact",
        "INSERT INTO line (key) SELECT no || CAST(coalesce(date, '0001-01-01') AS VARCHAR) FROM entry",
        "INSERT INTO line (day) SELECT CURRENT_DATE FROM contact",
        "INSERT INTO line (hour) SELECT to_char(time, 'HH24') FROM entry",
        "WITH made AS (INSERT INTO line (name) SELECT concat(a, b) FROM contact RETURNING no) SELECT no FROM made",
        "CREATE TEMPORARY TABLE staged (no INTEGER)",
        "CREATE TEMP TABLE staged (no INTEGER)",
        "SELECT pg_relation_size('segment_line')",
    ],
)
def test_each_form_that_citus_refuses_is_found(sql: str) -> None:
    assert fault_of(sql) is not None


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO step (no, at) VALUES ($1, $2), ($3, $4)",
        "INSERT INTO step (no) SELECT max(no) + 1 FROM step",
        "WITH made AS (INSERT INTO line (no) SELECT no FROM contact RETURNING no) SELECT count(*) FROM made",
        "INSERT INTO line (no) SELECT no FROM (WITH meant AS (SELECT no FROM contact) SELECT no FROM meant) AS meant",
        "INSERT INTO line (day) SELECT DATE '1970-01-01' + CAST((value ->> 'day') AS INTEGER) FROM rows",
        "INSERT INTO line (day, name) SELECT $1::DATE, 'now()' FROM contact",
        "INSERT INTO line (key) SELECT no || lpad(extract(year FROM coalesce(date, '0001-01-01'))::text, 4, '0') FROM entry",
        "INSERT INTO line (key) SELECT CAST(CAST(update_no AS BIGINT) AS VARCHAR) FROM entry WHERE date > $1",
        "SELECT to_char(now(), 'HH24')",
        "CREATE UNLOGGED TABLE staged (no INTEGER)",
        "CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $$ BEGIN INSERT INTO a SELECT now(); END $$",
    ],
)
def test_forms_that_citus_takes_are_no_faults(sql: str) -> None:
    assert fault_of(sql) is None
