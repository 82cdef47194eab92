"""Compares figures by one key, which are read from stored sums, with a plain GROUP BY over the interactions.

    python -m tests.benchmarks.stored_sums sqlite:///million.db    # or PostgreSQL; written by tests.benchmarks.data

Both are executed in each round, one after the other, without HTTP; the medians are printed. With a million interactions
figures should be 10 times faster on PostgreSQL and 6 times on SQLite, those by campaign, whose sums are a fifth of the
rows, 5 times. The exit status is 1 if they are not.
"""

import json
import statistics
import time

from persistence.database import Database
from persistence.versions import migrate
from schema.execution.engine import Caller, Engine, GraphQLRequest
from schema.root import schema
from tests.benchmarks.command_line import compare_one
from tests.benchmarks.growth import SUMS, statistics_of

COLUMNS = {
    "TEMPLATE": "template_code",
    "GROUP": "group_code",
    "SALESPERSON": "salesperson_code",
    "CAMPAIGN": "campaign_no",
    "EVALUATION": "evaluation",
}
POINTS = (
    "CASE evaluation WHEN 'VERY_POSITIVE' THEN 2 WHEN 'POSITIVE' THEN 1 WHEN 'NEGATIVE' THEN -1 "
    "WHEN 'VERY_NEGATIVE' THEN -2 ELSE 0 END"
)
PLAIN = f"""SELECT count(*) AS n, sum(cost) AS cost, sum(duration) AS duration, count(*) FILTER (WHERE NOT attempt_failed) AS succeeded,
count(evaluation) AS evaluated, sum({POINTS}) AS points, count(*) FILTER (WHERE campaign_response) AS responses
FROM interaction_log_entry WHERE NOT canceled GROUP BY %s"""
AS_JSON = {
    "postgresql": "SELECT json_agg(each)::text FROM ({}) AS each",
    "sqlite": "SELECT json_group_array(json_array(n, cost, duration, succeeded, evaluated, points, responses)) FROM ({})",
}


async def compare(url: str, *, rounds: int) -> bool:
    """Print the milliseconds, and return whether all goals are reached."""
    reached = True
    async with Database.at(url, read_timeout=120) as database:
        await migrate(database)
        engine = Engine(schema._schema, database)
        print(f"{'ms':14}{'figures':>10}{'GROUP BY':>10}{'times':>8}")
        for key, column in COLUMNS.items():
            document = statistics_of(key, SUMS)
            plain = AS_JSON[database.dialect.name].format(PLAIN % column)
            times: list[list[float]] = [[], []]
            for number in range(rounds + 1):
                began = time.perf_counter()
                answer = await engine.answer(GraphQLRequest(document), Caller())
                answered = time.perf_counter()
                (rows,) = await database.reader.run([(plain, ())])
                if number:  # the first round makes the plans
                    times[0].append((answered - began) * 1000)
                    times[1].append((time.perf_counter() - answered) * 1000)
                assert json.loads(answer.body)["data"]["interactionStatistics"]["noOfRows"] == len(
                    json.loads(str(rows))
                )
            figures, grouped = map(statistics.median, times)
            goal = 5 if key == "CAMPAIGN" else 10 if database.dialect.name == "postgresql" else 6
            missed = grouped < goal * figures
            reached = reached and not missed
            print(
                f"{key:14}{figures:10.1f}{grouped:10.1f}{grouped / figures:8.1f}{f' goal {goal}' * missed}", flush=True
            )
    return reached


if __name__ == "__main__":
    compare_one(compare, __doc__, rounds=7)
