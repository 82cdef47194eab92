"""Figures equal the numbers of interactions in lists: those of every row, and in each document while clients change the
log.
"""

import asyncio
import itertools
import json
import random
from typing import Any

import pytest

from persistence.database import Database
from resolvers.statistics.refreshing import refresh_some
from schema.execution.engine import Caller, Engine, GraphQLRequest
from tests.conftest import NOW
from tests.day_sums import DAYS, day_no, prepare, wrong_sums
from tests.schema.queries import GRAPH
from tests.schema.statistics.conftest import Asking
from tests.schema.statistics.test_interaction_statistics import random_request
from tests.soaking import repetitions

CLIENTS = 16
CELLS = """query F($filter: InteractionLogEntryFilter, $groupBy: [InteractionGrouping!]) {
it: interactionStatistics(filter: $filter, groupBy: $groupBy, first: 1000) { rows { filter measures { interactions } } } }"""

LISTS = {
    "all": {},
    "visits": {"templateCode": {"eq": "VISIT"}},
    "meetings": {"groupCode": {"eq": "MEET"}},
    "johns": {"salespersonCode": {"eq": "JO"}},
    "ofCampaign": {"campaignNo": {"eq": "CP1"}},
    "positive": {"evaluation": {"eq": "POSITIVE"}},
    "firstDay": {"date": {"eq": day_no(0).isoformat()}},
    "positiveVisits": {"templateCode": {"eq": "VISIT"}, "evaluation": {"eq": "POSITIVE"}},
}
"""Lists to compare with figures, by the names of both in the document."""

FIGURES = {
    "visits": "TEMPLATE",
    "meetings": "GROUP",
    "johns": "SALESPERSON",
    "ofCampaign": "CAMPAIGN",
    "positive": "EVALUATION",
}
"""The groupings whose rows and totals are compared with lists."""

SUM = "rows { key measures { interactions } } totals { interactions }"
READ = f"""query R({", ".join(f"${name}: InteractionLogEntryFilter" for name in LISTS)}) {{
{" ".join(f"{name}: interactionLogEntries(filter: ${name}) {{ totalCount }}" for name in LISTS)}
{" ".join(f"{name}Rows: interactionStatistics(groupBy: [{{by: {key}}}]) {{ {SUM} }}" for name, key in FIGURES.items())}
days: interactionStatistics(groupBy: [{{date: DAY}}]) {{ {SUM} }}
pairs: interactionStatistics(groupBy: [{{by: TEMPLATE}}, {{by: EVALUATION}}]) {{ {SUM} }}
template: interactionTemplate(code: "VISIT") {{ statistics {{ interactions }} }}
campaign: campaign(no: "CP1") {{ statistics {{ interactions }} }} }}"""
ROWS = {"visits": "VISIT", "meetings": "MEET", "johns": "JO", "ofCampaign": "CP1", "positive": "POSITIVE"}


def test_the_filter_of_each_row_selects_as_many_interactions_as_it_counts(ask_figures: Asking) -> None:
    """Some random rows of random requests."""
    left, chance = repetitions(40, 10_000), random.Random(5)
    while left > 0:
        arguments = {name: value for name, value in random_request(chance).items() if name in ("filter", "groupBy")}
        for kind in ("sqlite", "postgresql"):
            rows = ask_figures(kind, CELLS, arguments)["data"]["it"]["rows"]
            chosen = chance.sample(rows, min(10, len(rows)))
            left -= len(chosen)
            variables = {f"f{place}": row["filter"] for place, row in enumerate(chosen)}
            declared = ", ".join(f"${name}: InteractionLogEntryFilter" for name in variables)
            lists = [f"{name}: interactionLogEntries(filter: ${name}) {{ totalCount }}" for name in variables]
            if not chosen:
                continue
            counts = ask_figures(kind, f"query C({declared}) {{ {' '.join(lists)} }}", variables)["data"]
            found = [each["totalCount"] for each in counts.values()]
            assert found == [row["measures"]["interactions"] for row in chosen], (kind, arguments)


@pytest.mark.slow
def test_figures_equal_the_lists_of_their_document_while_clients_change_the_log(
    database: Database, loop: asyncio.AbstractEventLoop
) -> None:
    """Sixteen clients create, evaluate, cancel, log and undo; the sums are refreshed meanwhile."""
    engine = Engine(GRAPH, database, clock=lambda: NOW)
    turns, logged, numbers = repetitions(3, 150), list[int](), itertools.count()

    async def send(text: str, variables: dict[str, Any]) -> Any:
        answer = json.loads((await engine.answer(GraphQLRequest(text, variables), Caller())).body)
        assert "errors" not in answer, answer
        return answer["data"]

    async def change(name: str, input: dict[str, Any], selection: str = "") -> Any:
        """The payload. A refusal is no failure: two clients may undo the same segment."""
        document = f"mutation M($input: {name[0].upper()}{name[1:]}Input!) {{ it: {name}(input: $input) {{ userErrors {{ code }} {selection} }} }}"
        return (await send(document, {"input": input}))["it"]

    async def client(seed: int) -> None:
        chance = random.Random(seed)
        for turn in range(turns):
            await changes[(seed + turn) % len(changes)](chance)

    async def create(chance: random.Random) -> None:
        day = day_no(chance.randrange(DAYS)).isoformat()
        draft = {"contactNo": chance.choice(["C1", "P1"]), "templateCode": "VISIT", "campaignNo": "CP1", "date": day}
        await change("createInteraction", {"interaction": {**draft, "evaluation": "POSITIVE"}})

    async def evaluate(chance: random.Random) -> None:
        day = {"date": {"eq": day_no(chance.randrange(DAYS)).isoformat()}}
        chosen = chance.choice(["POSITIVE", "NEGATIVE"])
        await change("evaluateInteractions", {"interactions": {"filter": day}, "evaluation": chosen})

    async def cancel(chance: random.Random) -> None:
        day = {"date": {"eq": day_no(chance.randrange(DAYS)).isoformat()}}
        await change("setInteractionsCanceled", {"interactions": {"filter": day}, "canceled": chance.random() < 0.5})

    async def log(_: random.Random) -> None:
        segment = {"description": "Mailing", "templateCode": "VISIT", "salespersonCode": "JO", "campaignNo": "CP1"}
        created = await change(
            "createSegment",
            {"segment": segment, "contactNos": ["C1", "P1", "C2"], "idempotencyKey": str(next(numbers))},
            "segment { no }",
        )
        found = await change("logSegment", {"segmentNo": created["segment"]["no"]}, "loggedSegment { entryNo }")
        logged.append(found["loggedSegment"]["entryNo"])

    async def undo(chance: random.Random) -> None:
        if logged:
            await change("undoLoggedSegment", {"entryNo": chance.choice(logged), "force": True})

    changes = (create, evaluate, cancel, log, undo)

    async def compare() -> None:
        variables = {name: {"and": [filter_, {"canceled": False}]} for name, filter_ in LISTS.items()}
        found = await send(READ, variables)
        counts = {name: found[name]["totalCount"] for name in LISTS}
        figures = {name: counted(found[f"{name}Rows"], key) for name, key in ROWS.items()}
        figures |= {
            "all": found["days"]["totals"]["interactions"],
            "firstDay": counted(found["days"], day_no(0).isoformat()),
            "positiveVisits": counted(found["pairs"], "VISIT|POSITIVE"),
        }
        assert figures == counts
        sums = {name: found[name]["totals"]["interactions"] for name in found if "totals" in found[name]}
        assert set(sums.values()) == {counts["all"]}, sums
        assert found["template"]["statistics"]["interactions"] == counts["visits"]
        assert found["campaign"]["statistics"]["interactions"] == counts["ofCampaign"]

    async def until(ended: asyncio.Event) -> int:
        compared = 0
        while not ended.is_set():
            await compare()
            await database.writing(refresh_some)
            compared += 1
        return compared

    async def run() -> tuple[int, list[str]]:
        await database.writing(prepare)
        ended = asyncio.Event()
        reader = asyncio.ensure_future(until(ended))
        await asyncio.gather(*(client(seed) for seed in range(CLIENTS)))
        ended.set()
        compared = await reader
        await compare()
        return compared, await database.querying(wrong_sums)

    compared, wrong = loop.run_until_complete(run())
    assert compared
    assert wrong == []
    assert logged


def counted(figures: Any, key: str) -> int:
    """The number of interactions in the row with this key."""
    return next((int(row["measures"]["interactions"]) for row in figures["rows"] if row["key"] == key), 0)
